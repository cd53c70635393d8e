import {
  type Fault,
  type MockRegistry,
  PROFILE_NAMES,
  type ProfileName,
  startMockRegistry,
} from '../../src/mock-registry/start.js';
import { FAULT_NAMES, readFault } from '../../src/mock-registry/fault-names.js';
import { type Answer, send } from './client.js';

type Json = Readonly<Record<string, unknown>>;

const registers = new Map<ProfileName, MockRegistry>();
const tokens = new Map<ProfileName, string>();

const CAVAGE = (): string => {
  const now = Math.floor(Date.now() / 1000);
  return `namespace="dci", kidId="spmis|key|rs256", algorithm="rs256", created="${now}", expires="${now + 300}", headers="(created) (expires) digest", signature="c2lnbmVk"`;
};
const JWS = `${Buffer.from('{"alg":"RS256","kid":"key"}').toString('base64url')}..c2lnbmVk`;

beforeAll(async () => {
  for (const profile of PROFILE_NAMES) {
    const register = await startMockRegistry({ profile, births: 30 });
    registers.set(profile, register);
    tokens.set(profile, await tokenOf(profile, register));
  }
});
afterEach(() => registers.forEach((register) => register.setFaults([])));
afterAll(() => Promise.all([...registers.values()].map((register) => register.close())));

function registerOf(profile: ProfileName): MockRegistry {
  const register = registers.get(profile);
  if (register === undefined) throw new Error('there is no such register');
  return register;
}

type Place = 'query' | 'form' | 'json';
const PLACES: Readonly<Record<ProfileName, readonly Place[]>> = {
  'opencrvs-1.0': ['query'],
  'opencrvs-1.9': ['query', 'form'],
  'openspp-17': ['json'],
  'openspp-2': ['form', 'json'],
  openg2p: [],
  'spdci-1.0': ['form'],
};

async function askToken({ url, clientId, clientSecret }: MockRegistry, place: Place, more: Json = {}): Promise<Answer> {
  const parameters = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, ...more };
  const form = new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  const address = `${url}/oauth2/client/token`;
  if (place === 'query') return await send(`${address}?${form}`, { method: 'POST' });
  const type = place === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  const body = place === 'json' ? JSON.stringify(parameters) : form;
  return await send(address, { method: 'POST', headers: { 'content-type': type }, body });
}

async function tokenOf(profile: ProfileName, register: MockRegistry): Promise<string> {
  const [place] = PLACES[profile];
  if (place === undefined) return '';
  const { json } = await askToken(register, place, { db_name: 'spp' });
  return (json as { access_token: string }).access_token;
}

const range = (attribute_name: string): Json[] => [
  { expression1: { attribute_name, operator: 'ge', attribute_value: '1900-01-01' } },
  { expression1: { attribute_name, operator: 'le', attribute_value: '2099-01-01' } },
];
const expression = (query: Json): Json => ({
  query_type: 'expression',
  query: { type: 'ns:org:QueryType:expression', value: { expression: { query } } },
});
const page = (page_size: number): Json => ({ pagination: { page_size, page_number: 1 } });

/** A question that each product answers, with its path and its signature. */
const GOOD: Readonly<Record<ProfileName, { path: string; signature?: () => string; criteria: Json }>> = {
  'opencrvs-1.0': {
    path: '/registry/sync/search',
    criteria: {
      reg_type: 'ocrvs:registry_type:birth',
      query_type: 'predicate',
      query: [
        {
          expression1: { attribute_name: 'birthdate', operator: 'ge', attribute_value: '1900-01-01' },
          condition: 'and',
          expression2: { attribute_name: 'birthdate', operator: 'le', attribute_value: '2099-01-01' },
        },
      ],
    },
  },
  'opencrvs-1.9': {
    path: '/registry/sync/search',
    criteria: {
      reg_event_type: 'birth',
      ...expression({ dateOfEvent: { type: 'range', gte: '1900-01-01', lte: '2099-01-01' } }),
    },
  },
  'openspp-17': {
    path: '/registry/sync/search',
    criteria: { reg_type: 'SPP:RegistryType:Individual', query_type: 'predicate', query: range('birthdate') },
  },
  'openspp-2': {
    path: '/dci_api/v1/social/registry/sync/search',
    signature: CAVAGE,
    criteria: { query_type: 'expression', query: { seq: [{ attribute: 'is_group', operator: '=', value: false }] } },
  },
  openg2p: {
    path: '/dci/registry/sync/search',
    signature: () => JWS,
    criteria: {
      reg_type: 'Individual',
      reg_record_type: 'Person',
      ...expression({ $and: [{ birth_date: { $gte: '1900-01-01' } }] }),
    },
  },
  'spdci-1.0': {
    path: '/registry/sync/search',
    criteria: { query_type: 'predicate', query: range('birth_date') },
  },
};

function message(profile: ProfileName, change: { header?: Json; criteria?: Json; item?: Json; top?: Json } = {}): Json {
  const now = new Date().toISOString();
  const { signature, criteria } = GOOD[profile];
  return {
    ...(signature === undefined ? {} : { signature: signature() }),
    header: {
      version: '1.0.0',
      message_id: 'm-1',
      message_ts: now,
      action: 'search',
      sender_id: 'spmis',
      receiver_id: 'registry',
      total_count: 1,
      is_msg_encrypted: false,
      ...change.header,
    },
    message: {
      transaction_id: 't-1',
      search_request: [
        {
          reference_id: 'r-1',
          timestamp: now,
          search_criteria: { ...criteria, ...change.criteria },
          locale: 'eng',
          ...change.item,
        },
      ],
    },
    ...change.top,
  };
}

function post(
  profile: ProfileName,
  body: unknown,
  authorization = `Bearer ${tokens.get(profile) ?? ''}`,
): Promise<Answer> {
  return send(`${registerOf(profile).url}${GOOD[profile].path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === '' ? {} : { authorization }) },
    body: JSON.stringify(body),
  });
}

interface Item {
  readonly status: string;
  readonly data: { readonly reg_records: readonly Json[] };
  readonly pagination?: { readonly page_size: number; readonly total_count: number };
}

function itemsOf({ json }: Answer): readonly Item[] {
  return (json as { message: { search_response: readonly Item[] } }).message.search_response;
}

const everyProfile = PROFILE_NAMES.map((profile) => [profile] as const);

describe('each product', () => {
  test.each(everyProfile)('%s reads credentials where the real one does, and nowhere else', async (profile) => {
    for (const place of ['query', 'form', 'json'] as const) {
      const { status } = await askToken(registerOf(profile), place, { db_name: 'spp' });
      expect([place, status === 200]).toEqual([place, PLACES[profile].includes(place)]);
    }
  });

  test.each<[ProfileName, number | null]>([
    ['opencrvs-1.0', 5],
    ['opencrvs-1.9', 20],
    ['openspp-17', null],
    ['openspp-2', 20],
    ['openg2p', 10],
    ['spdci-1.0', 20],
  ])('%s has pages of %p by default, and larger ones for whoever asks', async (profile, size) => {
    const [item] = itemsOf(await post(profile, message(profile)));
    expect(item?.pagination?.page_size ?? null).toBe(size);
    if (size === null) {
      expect(item?.data.reg_records).toHaveLength(registerOf(profile).truth.records);
      return;
    }
    expect(item?.data.reg_records.length).toBeLessThanOrEqual(size);
    const [larger] = itemsOf(await post(profile, message(profile, { criteria: page(25) })));
    expect(larger?.data.reg_records.length).toBeGreaterThan(size);
  });

  test.each(everyProfile)('%s lets nobody in without a token, where it gives tokens', async (profile) => {
    const { status } = await post(profile, message(profile), '');
    expect(status).toBe(PLACES[profile].length === 0 ? 200 : 401);
  });

  test.each<[string, ProfileName, Parameters<typeof message>[1], number | 'rjct' | 'empty', RegExp]>([
    ['no event', 'opencrvs-1.9', { criteria: { reg_event_type: undefined } }, 400, /reg_event_type/u],
    ['half a page', 'opencrvs-1.9', { criteria: { pagination: { page_size: 5 } } }, 400, /page_number/u],
    [
      'an identifier of another type',
      'opencrvs-1.9',
      { criteria: { query_type: 'idtype-value', query: { type: 'NID', value: '1' } } },
      400,
      /Validation/u,
    ],
    [
      'an attribute that it has not',
      'opencrvs-1.9',
      { criteria: expression({ birthdate: { type: 'range', gte: 'a', lte: 'b' } }) },
      400,
      /birthdate/u,
    ],
    ['no total count', 'openspp-17', { header: { total_count: undefined } }, 400, /missing/u],
    [
      'another register',
      'openspp-17',
      { criteria: { reg_type: 'ocrvs:registry_type:birth' } },
      'empty',
      /"search_response":\[\]/u,
    ],
    ['no signature', 'openspp-2', { top: { signature: undefined } }, 401, /signature/u],
    ['a signature of another form', 'openspp-2', { top: { signature: JWS } }, 401, /signature/u],
    ['no receiver', 'openspp-2', { header: { receiver_id: undefined } }, 400, /receiver_id/u],
    [
      'a predicate',
      'openspp-2',
      { criteria: { query_type: 'predicate', query: range('birth_date') } },
      'rjct',
      /rjct\.filter\.invalid/u,
    ],
    [
      'a civil register',
      'openspp-2',
      { criteria: { reg_type: 'ns:org:RegistryType:Civil' } },
      'rjct',
      /SOCIAL_REGISTRY/u,
    ],
    ['no signature', 'openg2p', { top: { signature: '' } }, 'rjct', /signature/u],
    ['no record type', 'openg2p', { criteria: { reg_record_type: undefined } }, 422, /reg_record_type/u],
    ['a predicate', 'openg2p', { criteria: { query_type: 'predicate', query: range('birth_date') } }, 422, /query/u],
    [
      'a register that it has not',
      'openg2p',
      { criteria: { reg_type: 'ns:org:RegistryType:Civil' } },
      'rjct',
      /not found/u,
    ],
    ['a locale of two letters', 'spdci-1.0', { item: { locale: 'en' } }, 400, /locale/u],
    ['a wrong count', 'spdci-1.0', { header: { total_count: 3 } }, 400, /total_count/u],
    [
      'an attribute that it has not',
      'spdci-1.0',
      { criteria: { query: range('poverty') } },
      'rjct',
      /search_criteria/u,
    ],
  ])('%s is not taken by %s', async (_, profile, change, outcome, words) => {
    const answer = await post(profile, message(profile, change));
    expect(answer.status).toBe(typeof outcome === 'number' ? outcome : 200);
    expect(answer.text).toMatch(words);
    if (outcome === 'rjct') expect(answer.text).toContain('"status":"rjct"');
  });

  test.each<[ProfileName, RegExp]>([
    ['opencrvs-1.0', /^\{"error":\{"code":429,"message"/u],
    ['opencrvs-1.9', /^\{"error":\{"code":429,"message"/u],
    ['openspp-17', /^\{"error":\{"code":429,"message"/u],
    ['openspp-2', /^\{"message":\{"ack_status":"ERR"/u],
    ['openg2p', /^\{"detail"/u],
    ['spdci-1.0', /^\{"errors":\[\{"code"/u],
  ])('%s says in its own way that it is too much', async (profile, words) => {
    registerOf(profile).setFaults([{ kind: 'too-many-requests', times: 1 }]);
    const answer = await post(profile, message(profile));
    expect(answer.status).toBe(429);
    expect(answer.text).toMatch(words);
    expect((await post(profile, message(profile))).status).toBe(200);
  });

  test('OpenSPP 2 leaves out who has no number, and counts them; groups come to whoever does not ask for people', async () => {
    const register = await startMockRegistry({ profile: 'openspp-2', births: 200 });
    try {
      const ask = async (criteria: Json): Promise<Item | undefined> => {
        const token = await tokenOf('openspp-2', register);
        const answer = await send(`${register.url}${GOOD['openspp-2'].path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify(message('openspp-2', { criteria: { ...criteria, ...page(2000) } })),
        });
        return itemsOf(answer)[0];
      };
      const people = await ask({});
      expect(people?.data.reg_records).toHaveLength(register.truth.individuals);
      expect(people?.pagination?.total_count).toBeGreaterThan(register.truth.individuals);
      const all = await ask({ query: { seq: [] } });
      expect(JSON.stringify(all?.data.reg_records)).toContain('"@type":"Group"');
    } finally {
      await register.close();
    }
  });
});

describe('faults by name', () => {
  test.each(FAULT_NAMES)('%s is a fault', (name) => {
    expect(readFault(name)).toMatchObject({ kind: name });
  });

  test('at each n-th request', async () => {
    expect(readFault('reset:4')).toEqual({ kind: 'reset', each: 4 });
    expect(['', 'nonsense', 'reset:0', 'reset:x', 'reset:1:2'].map(readFault)).toEqual(Array(5).fill(null));
    const fault: Fault = { kind: 'server-error', each: 3, times: 2 };
    registerOf('spdci-1.0').setFaults([fault]);
    const statuses: number[] = [];
    for (let count = 0; count < 9; count += 1) {
      statuses.push((await post('spdci-1.0', message('spdci-1.0'))).status);
    }
    expect(statuses).toEqual([200, 200, 500, 200, 200, 500, 200, 200, 200]);
  });

  test.each<[ProfileName, string]>([
    ['spdci-1.0', 'sex'],
    ['opencrvs-1.9', 'sex'],
    ['openg2p', 'gender'],
  ])('records of %s are spoilt under their own names', async (profile, name) => {
    registerOf(profile).setFaults([{ kind: 'sex-null' }, { kind: 'year-only-date' }]);
    const [item] = itemsOf(await post(profile, message(profile)));
    for (const record of item?.data.reg_records ?? []) {
      expect(record[name]).toBeNull();
      expect(record['birth_date']).toMatch(/^\d{4}$/u);
    }
  });
});
