import type { Pool } from 'pg';
import { type EndpointPath, endpoints } from '../../src/partners/reception/endpoints.js';
import type { Handler } from '../../src/partners/reception/endpoint.js';
import { type ReceptionConfig, receptionRoutes } from '../../src/partners/reception/reception.js';
import { syncSearch } from '../../src/partners/search/sync-search.js';
import { wellKnownRoutes } from '../../src/partners/well-known.js';
import { CORE_CATALOGUE } from '../../src/record/catalogue.js';
import type { Ledger } from '../../src/security/audit/ledger.js';
import { type Parts, startTestGateway, type TestGateway } from '../security/test-gateway.js';
import { testLedger } from './test-ledger.js';

export const MAX_PAGE_SIZE = 50;
export const MAX_BODY_BYTES = 1_048_576;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: SearchAnswer;
}

/** As much of an answer as the tests look at. */
export interface SearchAnswer {
  readonly header: Readonly<Record<string, unknown>>;
  readonly message: {
    readonly transaction_id: string;
    readonly correlation_id: string;
    readonly search_response: readonly ItemAnswer[];
    readonly ack_status?: string;
  };
  readonly errors?: readonly { code: string; message: string }[];
  readonly error?: { code: string | number; message: string };
}

export interface ItemAnswer {
  readonly reference_id: string;
  readonly status: string;
  readonly status_reason_code?: string;
  readonly status_reason_message?: string;
  readonly data: { readonly reg_records: readonly PersonAnswer[] };
  readonly pagination?: { readonly page_size: number; readonly page_number: number; readonly total_count: number };
}

type IdentifierAnswer = { readonly identifier_type: string; readonly identifier_value: string };

export interface PersonAnswer {
  readonly identifier?: readonly IdentifierAnswer[];
  /** Of a member of a social registry. */
  readonly member_identifier?: readonly IdentifierAnswer[];
  readonly [field: string]: unknown;
}

export interface PartnerGateway extends TestGateway {
  /** Posts any body with the partner's token, or with the headers given instead. */
  post(body: unknown, headers?: Record<string, string>, path?: string): Promise<Answer>;
  /** Posts a message of these items. */
  search(...items: readonly unknown[]): Promise<Answer>;
  /** The UINs that a single query finds, in order. */
  find(queryType: string, query: unknown, criteria?: Record<string, unknown>): Promise<string[]>;
  readonly partnerToken: string;
}

export const SENDER_ID = 'gateway.example.org';

export const RECEPTION: ReceptionConfig = {
  registries: ['social', 'crvs', 'fr', 'dr', 'ibr'],
  receiverIds: [],
  signaturePlaceholders: ['unsigned', 'unsigned-stub'],
  partnerRequestsPerSecond: 200,
  answerSeconds: 10,
  maxPageSize: MAX_PAGE_SIZE,
  maxBodyBytes: MAX_BODY_BYTES,
};

/** What a test changes of the gateway. */
export interface PartnerGatewayOptions {
  readonly config?: Partial<ReceptionConfig>;
  /** Beside the synchronous search. */
  readonly ledger?: (real: Ledger) => Pick<Ledger, 'disclose' | 'note'>;
  readonly handlers?: (parts: Parts) => Partial<Record<EndpointPath, Handler>>;
}

/** A gateway with the partners' routes, six people, and a partner who speaks the standard. */
export async function startPartnerGateway(
  dialect = 'spdci-1.0',
  options: PartnerGatewayOptions = {},
): Promise<PartnerGateway> {
  const config = { ...RECEPTION, ...options.config };
  const gateway = await startTestGateway((app, parts) => {
    const { database, bearer, keys, log, url, partnerKeys } = parts;
    const { pool } = database;
    const senderId = () => SENDER_ID;
    const ledger = options.ledger?.(testLedger(pool, keys)) ?? testLedger(pool, keys);
    app.use(wellKnownRoutes({ pool, keys, issuer: () => url, senderId: () => 'gateway.example.org' }));
    app.use(
      receptionRoutes({
        endpoints: endpoints({
          '/sync/search': syncSearch({ pool, keys, ledger, config, log, senderId, catalogue: () => CORE_CATALOGUE }),
          ...options.handlers?.(parts),
        }),
        bearer,
        config,
        log,
        senderId,
        keys,
        partnerKeys,
      }),
    );
  });
  await seed(gateway.database.pool);
  const partnerToken = await gateway.token(await gateway.createClient({ name: 'Ministry', dialect }));

  const post: PartnerGateway['post'] = async (body, headers = {}, path = '/registry/sync/search') => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${partnerToken}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: JSON.parse(text) as SearchAnswer,
    };
  };
  const search: PartnerGateway['search'] = (...items) => post(message(items));
  return {
    ...gateway,
    partnerToken,
    post,
    search,
    async find(queryType, query, criteria) {
      const { status, text, body } = await search(item('r', queryType, query, criteria));
      const [only] = body.message.search_response;
      if (status !== 200 || only?.status !== 'succ') throw new Error(text);
      return only.data.reg_records.map(uin);
    },
  };
}

export function uin(person: PersonAnswer): string {
  const identifiers = person.identifier ?? person.member_identifier ?? [];
  const found = identifiers.find(({ identifier_type }) => identifier_type === 'UIN');
  return found?.identifier_value ?? '';
}

export function message(items: readonly unknown[], header: Record<string, unknown> = {}) {
  return {
    header: {
      version: '1.0.0',
      message_id: 'm-1',
      message_ts: '2026-01-15T10:30:00Z',
      action: 'search',
      sender_id: 'ministry.example.org',
      receiver_id: 'gateway.example.org',
      total_count: items.length,
      ...header,
    },
    message: { transaction_id: 't-1', search_request: items },
  };
}

export function item(referenceId: string, queryType: string, query: unknown, criteria: Record<string, unknown> = {}) {
  return {
    reference_id: referenceId,
    timestamp: '2026-01-15T10:30:00Z',
    locale: 'eng',
    search_criteria: {
      version: '1.0.0',
      reg_type: 'ns:org:RegistryType:Civil',
      query_type: queryType,
      query,
      ...criteria,
    },
  };
}

export const compare = (attribute: string, operator: string, value: unknown) => ({
  attribute_name: attribute,
  operator,
  attribute_value: value,
});

/** A predicate of one comparison. */
export const predicate = (attribute: string, operator: string, value: unknown) => [
  { seq_num: 1, expression1: compare(attribute, operator, value) },
];

/**
 * ANN (2000-05-05) and BOB (2001-12-31), children of MUM (1975) and born in a clinic of Lusaka; CLEO (2005-01-01);
 * DAWIT, of whom only the year 1990 is known; EVE, of whom nothing is known.
 */
async function seed(pool: Pool): Promise<void> {
  await pool.query(`
    with place as (
      insert into locations (id, name, type, parent_id) values
        ('00000000-0000-4000-8000-0000000000a1', 'Lusaka Province', 'province', null),
        ('00000000-0000-4000-8000-0000000000a2', 'Kanyama Clinic', 'facility', '00000000-0000-4000-8000-0000000000a1')
    ), above as (
      insert into location_ancestors (location_id, ancestor_id, depth) values
        ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000a1', 0),
        ('00000000-0000-4000-8000-0000000000a2', '00000000-0000-4000-8000-0000000000a2', 0),
        ('00000000-0000-4000-8000-0000000000a2', '00000000-0000-4000-8000-0000000000a1', 1)
    ), person (id, uin, given, family, sex, born, precision, place) as (values
      ('00000000-0000-4000-8000-000000000001'::uuid, 'ANN', 'Ann', 'Kabwe', 'female', '2000-05-05'::date, 'day', '00000000-0000-4000-8000-0000000000a2'::uuid),
      ('00000000-0000-4000-8000-000000000002', 'BOB', 'Bob', 'Kabwe', 'male', '2001-12-31', 'day', '00000000-0000-4000-8000-0000000000a2'),
      ('00000000-0000-4000-8000-000000000003', 'CLEO', 'Cleo', 'O''Hara', 'female', '2005-01-01', 'day', null),
      ('00000000-0000-4000-8000-000000000004', 'DAWIT', 'ዳዊት', 'ገብረ', 'male', '1990-01-01', 'year', null),
      ('00000000-0000-4000-8000-000000000005', 'EVE', null, null, null, null, null, null),
      ('00000000-0000-4000-8000-000000000006', 'MUM', 'Mary', 'Kabwe', 'female', '1975-07-07', 'day', null)
    ), people as (
      insert into individuals (id, given_name, family_name, sex, birth_date, birth_date_precision, birth_location_id)
      select id, given, family, sex, born, precision, place from person
    ), numbers as (
      insert into identifiers (individual_id, type, value, value_key)
      select id, 'UIN', uin, uin from person
      union all select id, 'BRN', 'B-' || uin, 'B-' || uin from person where uin in ('ANN', 'BOB')
    )
    insert into relationships (type, source_id, target_id) values
      ('mother_of', '00000000-0000-4000-8000-000000000006', '00000000-0000-4000-8000-000000000001'),
      ('mother_of', '00000000-0000-4000-8000-000000000006', '00000000-0000-4000-8000-000000000002')`);
}
