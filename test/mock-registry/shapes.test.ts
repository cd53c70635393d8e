import { request } from 'undici';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { describeWithSamples, readPartnerBirths, readSample, type Sample, sampleNames } from '../samples.js';
import {
  byNumber,
  type Criteria,
  fetchToken,
  postSearch,
  readAll,
  search,
  searchMessage,
  tokenAddress,
} from './client.js';

/**
 * Captured exchanges that the mock does not imitate, and why: each would need something behind the server that it does
 * not have, or a part of the protocol that the gateway does not use.
 */
const NOT_IMITATED: Readonly<Record<string, string>> = {
  'sync-signed-tampered': 'signatures of requests are not checked',
  'sync-encrypted-protected-header': 'encryption is not imitated',
  'sync-missing-scope': 'there is one client, and it has the scope',
  'sync-record-without-location': 'every registration has a place',
  'sync-record-without-name': 'every registration has a name',
  'sync-page-window-over-10000': 'only with the option window; see behaviour.test.ts',
};
/** Captured while something was out of order: the mock needs the same fault for it. */
const WITH_FAULT: Readonly<Record<string, Parameters<MockRegistry['setFaults']>[0]>> = {
  'sync-core-down': [{ kind: 'server-error' }],
  'sync-daily-quota': [{ kind: 'too-many-requests' }],
  'token-core-down': [{ kind: 'server-error', status: 502, at: 'token' }],
  'locations-core-down': [{ kind: 'server-error', at: 'locations' }],
  'locations-core-back-up': [{ kind: 'server-error', at: 'locations' }],
};
/** Headers in which an answer must agree, in value or in absence. */
const HEADERS_COMPARED = [
  'content-type',
  'vary',
  'cache-control',
  'access-control-expose-headers',
  'accept-ranges',
  'transfer-encoding',
  'content-encoding',
];
/** Of the 25 captured pages of one search, one with records and the empty one. */
const PAGES_COMPARED = new Set(['sync-range-page-10', 'sync-range-page-25']);
/** Headers that only the mock sends, by exchange. */
const EXTRA_HEADERS: Readonly<Record<string, readonly string[]>> = { 'sync-daily-quota': ['retry-after'] };

/** Every place in a value as `path: type`; all entries of a list share one path. */
function shapeOf(value: unknown, path = '$', into = new Set<string>()): Set<string> {
  if (Array.isArray(value)) {
    into.add(`${path}: list`);
    for (const entry of value) shapeOf(entry, `${path}[]`, into);
  } else if (typeof value === 'object' && value !== null) {
    into.add(`${path}: object`);
    for (const [key, entry] of Object.entries(value)) shapeOf(entry, `${path}.${key}`, into);
  } else {
    into.add(`${path}: ${value === null ? 'null' : typeof value}`);
  }
  return into;
}

/** The shape of an answer without the inside of its records, which differ from birth to birth. */
function envelopeOf(body: string): Set<string> {
  const shape = shapeOf(JSON.parse(body));
  return new Set([...shape].filter((place) => !place.includes('reg_records[]')));
}

/** The words that a field of records takes, e.g. the kinds of place. */
function wordsIn(records: readonly unknown[], key: string): Set<string> {
  const words = new Set<string>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, entry] of Object.entries(value)) {
        if (name === key && typeof entry === 'string') words.add(entry);
        look(entry);
      }
    }
  };
  look(records);
  return words;
}

describeWithSamples('the mock register beside the captured exchanges', () => {
  let registry: MockRegistry;
  let token: string;
  /** Numbers and places of the mock that play the part of those in a captured request. */
  let stand: Record<string, string>;

  beforeAll(async () => {
    registry = await startMockRegistry({ births: 2350, seed: 3, sign: true });
    token = await fetchToken(registry);
    const births = await readAll(registry, 500);
    const withBoth = births.find(({ identifier }) => identifier.length === 2);
    const [brn, nid] = withBoth?.identifier.map(({ identifier }) => identifier) ?? [];
    const deaths = await recordsOf('death');
    const marriages = await recordsOf('marriage');
    const numberOf = (records: readonly unknown[], name: string) =>
      JSON.stringify(records).split(`{"name":"${name}","identifier":"`)[1]?.split('"')[0] ?? '';
    const places = JSON.parse(await (await fetch(`${registry.url}/.well-known/locations.json`)).text()) as {
      locations: { additionalType: string; identifier: { identifier: string }[]; containedInPlace: string | null }[];
    };
    const placeOf = (type: string, number: number) =>
      places.locations.filter(({ additionalType }) => additionalType === type)[number]?.identifier[0]?.identifier ?? '';
    stand = {
      BRN: brn ?? '',
      NID: nid ?? '',
      DRN: numberOf(deaths, 'DRN'),
      MRN: numberOf(marriages, 'MRN'),
      'NID death': numberOf(deaths, 'NID'),
      'NID marriage': numberOf(marriages, 'NID'),
      district: placeOf('ADMIN_STRUCTURE', 0),
      province: placeOf('ADMIN_STRUCTURE', 20),
      country: placeOf('ADMIN_STRUCTURE', 25),
      facility: placeOf('HEALTH_FACILITY', 0),
      office: placeOf('CRVS_OFFICE', 1),
    };
    expect(Object.values(stand)).not.toContain('');
  });
  afterAll(() => registry.close());
  afterEach(() => {
    registry.setFaults([]);
  });

  async function recordsOf(kind: string): Promise<readonly unknown[]> {
    const criteria = {
      reg_type: `ocrvs:registry_type:${kind}`,
      query_type: 'predicate',
      query: [],
      pagination: { page_size: 500 },
    };
    const answer = await search(registry, token, criteria);
    return answer.message.search_response[0]?.data.reg_records ?? [];
  }

  /** Puts numbers and places that the mock knows where the captured request has its own. */
  function adapt(name: string, body: string): string {
    const matches = (readSample(name).response.body.match(/"reg_records":\[\{/g) ?? []).length > 0;
    let message: unknown;
    try {
      message = JSON.parse(body);
    } catch {
      return body;
    }
    const requests =
      (message as { message?: { search_request?: { search_criteria?: Record<string, unknown> }[] } } | null)?.message
        ?.search_request ?? [];
    for (const [number, { search_criteria: criteria }] of requests.entries()) {
      // Of two requests in the captures only the first finds something, unless the name says that both do.
      if (criteria === undefined || !matches || (number > 0 && !name.endsWith('both-match'))) continue;
      const query = criteria.query as { type?: string; value?: string } | { expression1: Record<string, string> }[];
      if (Array.isArray(query)) {
        for (const { expression1 } of query) {
          if (expression1.attribute_name !== 'birthplace') continue;
          expression1.attribute_value = stand[/country|province|office/.exec(name)?.[0] ?? 'district'] ?? '';
        }
      } else if (query.value !== '') {
        const inDeaths = String(criteria.reg_type).endsWith('death');
        if (name.includes('both-match')) query.value = stand[inDeaths ? 'NID death' : 'NID'] ?? '';
        else if (query.type === 'NID' && /death|marriage/.test(name))
          query.value = stand[`NID ${/death|marriage/.exec(name)?.[0] ?? ''}`] ?? '';
        else if (name.includes('drn-infant')) query.value = stand.DRN ?? '';
        else if (query.type === 'OPENCRVS_RECORD_ID') Object.assign(query, { type: 'BRN', value: stand.BRN });
        else if (name.includes('lowercase')) query.value = stand.BRN?.toLowerCase() ?? '';
        else query.value = stand[query.type ?? ''] ?? '';
      }
    }
    return JSON.stringify(message);
  }

  /** Sends what was captured, with a token of the mock where the captured one was good. */
  async function ask(sample: Sample) {
    const address = new URL(sample.request.url);
    if (address.searchParams.get('client_id')?.startsWith('5c1a7e0e') === true) {
      address.searchParams.set('client_id', registry.clientId);
    }
    if (address.searchParams.get('client_secret')?.startsWith('made-up') === true) {
      address.searchParams.set('client_secret', registry.clientSecret);
    }
    const headers: Record<string, string> = {};
    for (const [header, value] of sample.request.headers) {
      if (/^(host|content-length|connection)$/i.test(header)) continue;
      headers[header.toLowerCase()] =
        header === 'Authorization' &&
        value.startsWith('Bearer ey') &&
        !/expired|bad-bearer|and-invalid/.test(sample.name)
          ? `Bearer ${token}`
          : value;
    }
    const body = sample.request.method === 'POST' ? adapt(sample.name, sample.request.body) : null;
    const answer = await request(`${registry.url}${address.pathname}${address.search}`, {
      method: sample.request.method === 'GET' ? 'GET' : 'POST',
      headers,
      body: body === '' ? null : body,
    });
    const packed = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers, packed };
  }

  const exchanges = ['sync-', 'token-', 'locations', 'health', 'jwks', 'not-found']
    .flatMap((beginning) => sampleNames(beginning))
    .filter((name) => !(name in NOT_IMITATED) && (!name.startsWith('sync-range-page-') || PAGES_COMPARED.has(name)));

  test('every captured search is compared or named as not imitated', () => {
    expect(exchanges.length + Object.keys(NOT_IMITATED).length).toBeGreaterThan(100);
    for (const name of Object.keys(NOT_IMITATED)) expect(sampleNames('sync-')).toContain(name);
  });

  test.each(exchanges)('%s: same status, headers and shape', async (name) => {
    const sample = readSample(name);
    registry.setFaults(WITH_FAULT[name] ?? []);
    const answer = await ask(sample);
    expect(answer.status).toBe(sample.response.status);

    const captured = new Map(sample.response.headers.map(([header, value]) => [header.toLowerCase(), value]));
    const shown = (header: string, value: string | string[] | undefined) =>
      value === undefined ? [] : [`header ${header}: ${String(value)}`];
    expect(HEADERS_COMPARED.flatMap((header) => shown(header, answer.headers[header]))).toEqual(
      HEADERS_COMPARED.flatMap((header) => shown(header, captured.get(header))),
    );
    expect(Object.keys(answer.headers).filter((header) => !captured.has(header))).toEqual(EXTRA_HEADERS[name] ?? []);

    const body =
      answer.headers['content-encoding'] === 'gzip' ? await unpack(answer.packed) : answer.packed.toString('utf8');
    expect(envelopeOf(body)).toEqual(envelopeOf(sample.response.body));
    if (sample.response.status >= 400 && !name.startsWith('token-')) compareRefusals(body, sample.response.body);
    else if (name.startsWith('token-') && sample.response.status >= 400)
      expect(JSON.parse(body)).toEqual(JSON.parse(sample.response.body));
  });

  /** The real server lists every branch of its schema; the mock only what is wrong in the branch that was meant. */
  function compareRefusals(body: string, captured: string): void {
    const message = (text: string) => (JSON.parse(text) as { error: { message: string } }).error.message;
    const [ours, theirs] = [message(body), message(captured)];
    const beginning = 'Validation error: ';
    if (!theirs.startsWith(beginning)) {
      expect(ours).toBe(theirs);
      return;
    }
    expect(ours.startsWith(beginning)).toBe(true);
    for (const issue of ours.slice(beginning.length).split('; ')) expect(theirs).toContain(issue);
  }

  async function unpack(packed: Buffer): Promise<string> {
    const { gunzipSync } = await import('node:zlib');
    return gunzipSync(packed).toString('utf8');
  }

  test('births have the same fields, types and words', async () => {
    const captured = readPartnerBirths().reg_records;
    const births = await readAll(registry, 500);
    expect([...shapeOf(births)].sort()).toEqual([...shapeOf(captured)].sort());
    for (const key of ['@type', 'additionalType', 'sex', 'name']) {
      expect([...wordsIn(births, key)].sort()).toEqual([...wordsIn(captured, key)].sort());
    }
    expect(JSON.stringify(Object.keys(births[0] ?? {}))).toBe(
      JSON.stringify(Object.keys(Object(captured[0]) as object)),
    );
  });

  test.each([
    ['death', 'sync-death-all'],
    ['marriage', 'sync-marriage-all'],
  ])('records of a %s have the same fields, types and words', async (kind, name) => {
    const answer = JSON.parse(readSample(name).response.body) as {
      message: { search_response: { data: { reg_records: unknown[] } }[] };
    };
    const captured = answer.message.search_response[0]?.data.reg_records ?? [];
    const records = await recordsOf(kind);
    expect([...shapeOf(records)].sort()).toEqual([...shapeOf(captured)].sort());
    for (const key of ['@type', 'name']) {
      expect([...wordsIn(records, key)].sort()).toEqual([...wordsIn(captured, key)].sort());
    }
  });

  test('a token and a signature carry what the captured ones carry', async () => {
    const parts = (jws: string) => jws.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'));
    const claims = (text: string) =>
      shapeOf(JSON.parse(parts((JSON.parse(text) as { access_token: string }).access_token)[1] ?? ''));
    const issued = await (await fetch(tokenAddress(registry), { method: 'POST' })).text();
    expect([...claims(issued)].sort()).toEqual([...claims(readSample('token-query-string').response.body)].sort());

    const signed = (text: string) => JSON.parse(text) as { signature: string; header: unknown; message: unknown };
    const theirs = signed(readSample('sync-idtype-brn').response.body);
    const { text } = await postSearch(registry, token, searchMessage(byNumber('BRN', stand.BRN ?? '')));
    const ours = signed(text);
    expect(shapeOf(JSON.parse(parts(ours.signature)[0] ?? ''))).toEqual(
      shapeOf(JSON.parse(parts(theirs.signature)[0] ?? '')),
    );
    for (const { signature, ...rest } of [theirs, ours]) expect(parts(signature)[1]).toBe(JSON.stringify(rest));
  });

  test('locations are not listed parents first and hang under one root, as in the captures', async () => {
    const criteria: Criteria = { query_type: 'predicate', query: [] };
    expect((await search(registry, token, criteria)).message.search_response).toHaveLength(1);
    interface Listed {
      readonly additionalType: string;
      readonly identifier: readonly { identifier: string }[];
      readonly containedInPlace: string | null;
    }
    const facts = (text: string) => {
      const { locations } = JSON.parse(text) as { locations: Listed[] };
      const seen = new Set<string>();
      let early = 0;
      for (const { identifier, containedInPlace } of locations) {
        if (containedInPlace !== null && !seen.has(containedInPlace)) early += 1;
        seen.add(identifier[0]?.identifier ?? '');
      }
      return {
        roots: locations.filter(({ containedInPlace }) => containedInPlace === null).length,
        someBeforeTheirParent: early > 0,
        typesInOrder: [...new Set(locations.map(({ additionalType }) => additionalType))],
      };
    };
    const ours = await (await fetch(`${registry.url}/.well-known/locations.json`)).text();
    expect(facts(ours)).toEqual(facts(readSample('locations').response.body));
  });
});
