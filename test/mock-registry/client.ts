import { type MockRegistry } from '../../src/mock-registry/start.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** A search answer as far as these tests look at it. */
export interface SearchAnswer {
  readonly header: { readonly total_count: number };
  readonly message: {
    readonly search_response: readonly {
      readonly reference_id: string;
      readonly data: { readonly reg_type: string; readonly reg_records: readonly WireRecord[] };
      readonly pagination: { readonly page_number: number; readonly page_size: number; readonly total_count: number };
    }[];
  };
}

export interface WireIdentifier {
  readonly name: string;
  readonly identifier: string;
}

export interface WireRecord {
  readonly identifier: readonly WireIdentifier[];
  readonly birthDate: string;
  readonly givenName: string;
  readonly familyName: string | null;
  readonly sex: string | null;
  readonly birthPlace: { readonly additionalType: string; readonly identifier?: string; readonly address?: string };
  readonly relations: readonly {
    readonly '@type': string;
    readonly identifier: readonly WireIdentifier[];
    readonly homeLocation?: string;
  }[];
}

export type Criteria = Readonly<Record<string, unknown>>;

/** Sends one request and reads the answer whole; JSON where it is JSON. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: readJson(text) };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function tokenAddress(
  { url, clientId, clientSecret }: MockRegistry,
  changes: Record<string, string> = {},
): string {
  const parameters = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, ...changes };
  return `${url}/oauth2/client/token?${new URLSearchParams(parameters).toString()}`;
}

export async function fetchToken(registry: MockRegistry): Promise<string> {
  const { json } = await send(tokenAddress(registry), { method: 'POST' });
  return (json as { access_token: string }).access_token;
}

export function searchMessage(...criteria: readonly Criteria[]): object {
  const now = new Date().toISOString();
  return {
    header: {
      version: '1.0.0',
      message_id: 'message-1',
      message_ts: now,
      action: 'search',
      sender_id: 'spp.example.org',
      receiver_id: 'crvs.example.org',
      total_count: criteria.length,
      is_msg_encrypted: false,
    },
    message: {
      transaction_id: 'transaction-1',
      search_request: criteria.map((one, number) => ({
        reference_id: `reference-${String(number)}`,
        timestamp: now,
        search_criteria: { version: '1.0.0', reg_type: 'ocrvs:registry_type:birth', ...one },
        locale: 'eng',
      })),
    },
  };
}

export function postSearch(registry: MockRegistry, token: string, body: unknown): Promise<Answer> {
  return send(`${registry.url}/registry/sync/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Asks one or more questions and expects an answer. */
export async function search(registry: MockRegistry, token: string, ...criteria: Criteria[]): Promise<SearchAnswer> {
  const answer = await postSearch(registry, token, searchMessage(...criteria));
  expect(answer.status).toBe(200);
  return answer.json as SearchAnswer;
}

export function everything(pageSize: number, pageNumber: number, order: 'asc' | 'desc' = 'desc'): Criteria {
  return {
    query_type: 'predicate',
    query: [range('ge', '0001-01-01', 'le', '9999-12-31')],
    sort: [{ attribute_name: 'dateOfDeclaration', sort_order: order }],
    pagination: { page_size: pageSize, page_number: pageNumber },
  };
}

export function range(lowerOperator: string, lower: string, upperOperator: string, upper: string): object {
  return {
    expression1: { attribute_name: 'birthdate', operator: lowerOperator, attribute_value: lower },
    condition: 'and',
    expression2: { attribute_name: 'birthdate', operator: upperOperator, attribute_value: upper },
  };
}

export function byNumber(type: string, value: string, regType = 'ocrvs:registry_type:birth'): Criteria {
  return { reg_type: regType, query_type: 'idtype-value', query: { type, value } };
}

/** The records of a search with one question. */
export function recordsOf(answer: SearchAnswer): readonly WireRecord[] {
  return answer.message.search_response[0]?.data.reg_records ?? [];
}

/** Every birth, page by page until an empty one. */
export async function readAll(
  registry: MockRegistry,
  pageSize: number,
  order: 'asc' | 'desc' = 'desc',
): Promise<WireRecord[]> {
  const token = await fetchToken(registry);
  const all: WireRecord[] = [];
  for (let page = 1; ; page += 1) {
    const records = recordsOf(await search(registry, token, everything(pageSize, page, order)));
    if (records.length === 0) return all;
    all.push(...records);
  }
}
