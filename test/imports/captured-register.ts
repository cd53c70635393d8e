import { type ServerResponse } from 'node:http';
import { readPartnerBirths, readSample } from '../samples.js';
import { type LocalPeer, type PeerRequest, raw, startLocalPeer } from '../sources/local-peer.js';
import { LOCATIONS, SEARCH, TOKENS } from '../sources/dci-peer.js';

interface SearchBody {
  readonly header: Record<string, unknown>;
  readonly message: {
    readonly transaction_id: string;
    readonly search_request: readonly {
      readonly reference_id: string;
      readonly search_criteria: {
        readonly query: readonly {
          readonly expression1: { readonly attribute_value: string };
          readonly expression2: { readonly attribute_value: string };
        }[];
        readonly pagination?: { readonly page_size: number; readonly page_number: number };
      };
    }[];
  };
}

const readBody = (request: PeerRequest): SearchBody => JSON.parse(request.body) as SearchBody;

async function start(search: (body: SearchBody, response: ServerResponse) => void): Promise<LocalPeer> {
  const peer = await startLocalPeer();
  const token = readSample('token-query-string').response;
  peer.on(TOKENS, raw(token.body, token.status, { 'content-type': 'application/octet-stream' }));
  peer.on(LOCATIONS, raw(readSample('locations').response.body, 200, { 'content-type': 'application/json' }));
  peer.on(SEARCH, (request, response) => search(readBody(request), response));
  return peer;
}

/** Answers each page with the exact bytes that the OpenCRVS server gave; beyond the captures there is no match. */
export async function startCapturedPages(): Promise<LocalPeer> {
  return await start(({ message }, response) => {
    const number = message.search_request[0]?.search_criteria.pagination?.page_number ?? 1;
    const captured = readSample(`sync-range-page-${String(Math.min(number, 25)).padStart(2, '0')}`).response;
    const sent: unknown = JSON.parse(captured.body);
    // Item and answer are paired by the ids of the question, which were other ones when this was captured.
    const paired = withIds(sent, message.transaction_id, message.search_request[0]?.reference_id ?? '');
    response.writeHead(captured.status, { 'content-type': 'application/json' }).end(JSON.stringify(paired));
  });
}

function withIds(sent: unknown, transactionId: string, referenceId: string): unknown {
  const answer = sent as { message: { transaction_id: string; search_response: { reference_id: string }[] } };
  answer.message.transaction_id = transactionId;
  for (const item of answer.message.search_response) item.reference_id = referenceId;
  return answer;
}

/** A register of all captured births, which pages and filters by birth date as the captured one does. */
export async function startAllBirths(): Promise<LocalPeer> {
  const births = readPartnerBirths().reg_records as { birthDate: string }[];
  return await start(({ header, message }, response) => {
    const search_response = message.search_request.flatMap(({ reference_id, search_criteria }) => {
      const [range] = search_criteria.query;
      const after = range?.expression1.attribute_value ?? '';
      const before = range?.expression2.attribute_value ?? '';
      const { page_size, page_number } = search_criteria.pagination ?? { page_size: 5, page_number: 1 };
      const found = births.filter(({ birthDate }) => birthDate > after && birthDate < before);
      const reg_records = found.slice(page_size * (page_number - 1), page_size * page_number);
      if (reg_records.length === 0) return [];
      return {
        reference_id,
        timestamp: '2026-01-01T00:00:00.000Z',
        status: 'succ',
        data: { reg_record_type: 'person', reg_type: 'ocrvs:registry_type:birth', reg_records },
        pagination: { page_size, page_number, total_count: found.length },
        locale: 'eng',
      };
    });
    const body = {
      header: { ...header, action: 'on-search', status: 'succ' },
      message: { transaction_id: message.transaction_id, correlation_id: 'c', search_response },
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
}
