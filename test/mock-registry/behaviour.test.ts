import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import {
  byNumber,
  type Criteria,
  everything,
  fetchToken,
  postSearch,
  range,
  readAll,
  recordsOf,
  search,
  searchMessage,
  send,
  tokenAddress,
  type WireRecord,
} from './client.js';

const BIRTHS = 300;
let registry: MockRegistry;
let token: string;
let births: WireRecord[];

beforeAll(async () => {
  registry = await startMockRegistry({ births: BIRTHS, seed: 1 });
  token = await fetchToken(registry);
  births = await readAll(registry, BIRTHS);
});
afterAll(() => registry.close());

function predicate(...query: readonly object[]): Criteria {
  return { query_type: 'predicate', query, pagination: { page_size: BIRTHS } };
}

function lone(operator: string, value: string, attribute = 'birthdate'): object {
  return { expression1: { attribute_name: attribute, operator, attribute_value: value } };
}

async function datesOf(...query: readonly object[]): Promise<string[]> {
  return recordsOf(await search(registry, token, predicate(...query))).map(({ birthDate }) => birthDate);
}

const bornWithin = (first: string, last: string) =>
  births.map(({ birthDate }) => birthDate).filter((date) => date >= first && date <= last);

describe('a search of the mock register', () => {
  test('without pagination answers the first five of all', async () => {
    const answer = await search(registry, token, { query_type: 'predicate', query: [] });
    expect(recordsOf(answer)).toEqual(births.slice(0, 5));
    expect(answer.message.search_response[0]?.pagination).toEqual({
      page_number: 1,
      page_size: 5,
      total_count: BIRTHS,
    });
    expect(answer.header.total_count).toBe(5);
  });

  test('beyond the last page looks like no match', async () => {
    const beyond = await search(registry, token, everything(100, 4));
    const noMatch = await search(registry, token, predicate(range('gt', '1800-01-01', 'lt', '1801-01-01')));
    expect(beyond.message.search_response).toEqual([]);
    expect(noMatch.message.search_response).toEqual([]);
  });

  test('takes gt and lt to the day, without the bounds, and ge and le with them', async () => {
    const [first, last] = ['2022-01-10', '2023-06-20'];
    expect(bornWithin(first, last).length).toBeGreaterThan(10);
    expect(await datesOf(range('ge', first, 'le', last))).toEqual(bornWithin(first, last));
    expect(await datesOf(range('gt', '2022-01-09', 'lt', '2023-06-21'))).toEqual(bornWithin(first, last));
    expect(await datesOf(range('gt', '2022-01-09', 'lt', '2022-01-10'))).toEqual([]);
    expect(await datesOf(range('ge', last, 'le', first))).toEqual([]);
  });

  test('finds one day with eq only where a second expression stands', async () => {
    const day = births[10]?.birthDate ?? '';
    expect(await datesOf(range('eq', day, 'eq', day))).toEqual(bornWithin(day, day));
    expect(await datesOf(lone('eq', day))).toHaveLength(BIRTHS);
  });

  test('turns a timestamp into UTC before it takes the day', async () => {
    expect(await datesOf(range('ge', '2022-01-11T00:00:00+03:00', 'le', '2023-06-19T23:00:00-05:00'))).toEqual(
      bornWithin('2022-01-10', '2023-06-20'),
    );
  });

  test.each([
    ['a lone lower bound', [lone('gt', '2024-12-31')]],
    ['a lone upper bound', [lone('lt', '2019-12-31')]],
    ['bounds in swapped order', [range('lt', '2020-01-01', 'gt', '2019-01-01')]],
    ['no criterion', []],
  ])('silently matches everything for %s', async (_, query) => {
    expect(await datesOf(...query)).toHaveLength(BIRTHS);
  });

  test('lets the last of two ranges win', async () => {
    const query = [range('ge', '2019-01-01', 'le', '2019-12-31'), range('ge', '2023-01-01', 'le', '2023-12-31')];
    expect(await datesOf(...query)).toEqual(bornWithin('2023-01-01', '2023-12-31'));
  });

  test.each([
    ['a date that is none', range('gt', 'yesterday', 'lt', 'tomorrow')],
    ['30 February', range('gt', '2023-02-30', 'lt', '2023-03-30')],
    ['half a range', range('gt', '2023-01-01', 'eq', '2023-01-02')],
  ])('fails with 500 for %s', async (_, query) => {
    const answer = await postSearch(registry, token, searchMessage(predicate(query)));
    expect(answer.status).toBe(500);
    expect(answer.json).toEqual({ error: { code: 500, message: 'Internal Server Error' } });
  });

  test('fails with 500 for a sort by anything but the declaration', async () => {
    const sort = [{ attribute_name: 'birthdate', sort_order: 'asc' }];
    expect((await postSearch(registry, token, searchMessage({ ...predicate(), sort }))).status).toBe(500);
  });

  test('takes the birth place for the place of declaration: a facility matches nothing, its district much', async () => {
    const { json } = await send(`${registry.url}/.well-known/locations.json`);
    const { locations } = json as {
      locations: { identifier: { identifier: string }[]; containedInPlace: string | null; additionalType: string }[];
    };
    const idOf = (place: (typeof locations)[number] | undefined) => place?.identifier[0]?.identifier ?? '';
    const country = locations.find(({ containedInPlace }) => containedInPlace === null);
    const office = locations.find(
      ({ additionalType, containedInPlace }) => additionalType === 'CRVS_OFFICE' && containedInPlace !== idOf(country),
    );
    const district = locations.find((place) => idOf(place) === office?.containedInPlace);
    const facility = locations.find(
      ({ additionalType, containedInPlace }) =>
        additionalType === 'HEALTH_FACILITY' && containedInPlace === idOf(district),
    );
    const count = async (id: string, ...others: object[]) =>
      (await datesOf(lone('gt', id, 'birthplace'), ...others)).length;
    expect(births.some(({ birthPlace }) => birthPlace.identifier === idOf(facility))).toBe(true);
    expect(await count(idOf(facility))).toBe(0);
    expect(await count(idOf(office))).toBeGreaterThan(0);
    expect(await count(idOf(district))).toBe(await count(idOf(office)));
    expect(await count(idOf(country))).toBe(BIRTHS);
    expect(await count(district?.containedInPlace ?? '')).toBeGreaterThan(await count(idOf(district)));
    expect(await count(idOf(country), range('ge', '2023-01-01', 'le', '2023-12-31'))).toBe(
      bornWithin('2023-01-01', '2023-12-31').length,
    );
  });

  test('finds each birth by its number, in any case of letters', async () => {
    for (const record of births) {
      const number = record.identifier.find(({ name }) => name === 'BRN')?.identifier;
      if (number === undefined) continue;
      expect(recordsOf(await search(registry, token, byNumber('BRN', number.toLowerCase())))).toEqual([record]);
    }
  });

  test('finds by a national number the child, the mother and the father alike', async () => {
    const shows = (record: WireRecord, number: string) =>
      [record, ...record.relations].some(({ identifier }) => identifier.some((one) => one.identifier === number));
    const numbers = new Set(
      births
        .flatMap((record) => [record, ...record.relations])
        .flatMap(({ identifier }) => identifier)
        .filter(({ name }) => name === 'NID')
        .map(({ identifier }) => identifier),
    );
    for (const number of numbers) {
      const found = await search(registry, token, { ...byNumber('NID', number), pagination: { page_size: 50 } });
      expect(recordsOf(found)).toEqual(births.filter((record) => shows(record, number)));
    }
  });

  test.each([
    ['BRN', '2023BZZZZZZ'],
    ['BRN', 'nonsense'],
    ['NID', '0000000000'],
    ['NID', 'nonsense'],
    ['OPENCRVS_RECORD_ID', 'nonsense'],
    ['DRN', '2023D000000'],
  ])('finds nothing for the unknown %s %s', async (type, value) => {
    expect((await search(registry, token, byNumber(type, value))).message.search_response).toEqual([]);
  });

  test('answers several requests at once and leaves out those without match', async () => {
    const number = births[0]?.identifier[0]?.identifier ?? '';
    const answer = await search(
      registry,
      token,
      byNumber('BRN', '2023BZZZZZZ'),
      byNumber('BRN', number),
      predicate(range('ge', '1800-01-01', 'le', '1800-01-02')),
      { ...predicate(), reg_type: 'ocrvs:registry_type:death' },
    );
    expect(answer.message.search_response.map(({ reference_id: reference }) => reference)).toEqual([
      'reference-1',
      'reference-3',
    ]);
    expect(answer.header.total_count).toBe(1 + registry.truth.deaths);
  });

  test('finds deaths by number and date of birth, refuses half a range of them, and ignores dates of marriages', async () => {
    const deaths = { ...predicate(), reg_type: 'ocrvs:registry_type:death' };
    const [death] = recordsOf(await search(registry, token, deaths));
    const number = death?.identifier.find(({ name }) => name === 'DRN')?.identifier ?? '';
    expect(recordsOf(await search(registry, token, byNumber('DRN', number, deaths.reg_type)))).toEqual([death]);
    const half = searchMessage({ ...deaths, query: [lone('gt', '1960-01-01')] });
    expect((await postSearch(registry, token, half)).status).toBe(500);
    const marriages = {
      ...predicate(range('ge', '1800-01-01', 'le', '1800-01-02')),
      reg_type: 'ocrvs:registry_type:marriage',
    };
    expect(recordsOf(await search(registry, token, marriages))).toHaveLength(registry.truth.marriages);
  });

  test('with a window fails where a page reaches beyond it', async () => {
    const small = await startMockRegistry({ births: 100, window: 60 });
    try {
      const ownToken = await fetchToken(small);
      const statusOf = async (page: number) =>
        (await postSearch(small, ownToken, searchMessage(everything(20, page)))).status;
      expect([await statusOf(3), await statusOf(4)]).toEqual([200, 500]);
    } finally {
      await small.close();
    }
  });
});

describe('the token of the mock register', () => {
  const form = (address: string) => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URL(address).search.slice(1),
  });

  test('is given for credentials in the query string alone, as JSON under another name', async () => {
    const address = tokenAddress(registry);
    const answer = await send(address, { method: 'POST' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.json).toEqual({ access_token: expect.any(String) as string, token_type: 'Bearer' });
    expect((await send(`${registry.url}/oauth2/client/token`, form(address))).status).toBe(400);
  });

  test.each([
    ['form', [400, 200]],
    ['any', [200, 200]],
  ] as const)('is given where the option says %s', async (tokenCredentials, statuses) => {
    const other = await startMockRegistry({ births: 0, tokenCredentials });
    try {
      const address = tokenAddress(other);
      const fromQuery = await send(address, { method: 'POST' });
      const fromForm = await send(`${other.url}/oauth2/client/token`, form(address));
      expect([fromQuery.status, fromForm.status]).toEqual(statuses);
    } finally {
      await other.close();
    }
  });

  test('is refused for a wrong secret, a foreign client and another grant', async () => {
    for (const [changes, status, error] of [
      [{ client_secret: 'wrong' }, 401, 'invalid_client'],
      [{ client_id: 'nobody' }, 401, 'invalid_client'],
      [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
      [{ client_secret: '' }, 400, 'invalid_request'],
    ] as const) {
      const answer = await send(tokenAddress(registry, changes), { method: 'POST' });
      expect(answer.status).toBe(status);
      expect(answer.json).toMatchObject({ error });
    }
  });

  test('is not accepted after its end, nor from another register', async () => {
    const other = await startMockRegistry({ births: 10, tokenLifetimeSeconds: -1 });
    try {
      const expired = await postSearch(other, await fetchToken(other), searchMessage(predicate()));
      expect(expired.status).toBe(401);
      expect(expired.json).toEqual({ error: { code: 401, message: 'Unauthorized in gateway' } });
      expect((await postSearch(registry, await fetchToken(other), searchMessage(predicate()))).status).toBe(401);
    } finally {
      await other.close();
    }
  });
});

describe('the mock register as a server', () => {
  test('keeps a log of requests without parameters', async () => {
    const lines: string[] = [];
    const other = await startMockRegistry({ births: 10, log: (line) => lines.push(line) });
    try {
      const ownToken = await fetchToken(other);
      await search(other, ownToken, everything(5, 1));
      await search(other, ownToken, everything(5, 2));
      await send(`${other.url}/.well-known/locations.json`);
      expect(other.asked).toEqual({ token: 1, search: 2, locations: 1 });
      expect(other.requests.map(({ method, path, status }) => `${method} ${path} ${String(status)}`)).toEqual(lines);
      expect(other.searches).toHaveLength(2);
      expect(lines.join(' ')).not.toContain(other.clientSecret);
      expect(JSON.stringify(other.requests)).not.toContain(other.clientSecret);
    } finally {
      await other.close();
    }
  });

  test('survives rubbish and refuses a body beyond a megabyte', async () => {
    expect((await postSearch(registry, token, 'x'.repeat(2_000_000))).status).toBe(413);
    expect((await postSearch(registry, token, '[]')).status).toBe(400);
    expect((await postSearch(registry, token, 'null')).status).toBe(400);
    expect((await send(`${registry.url}//`)).status).toBe(404);
    expect((await send(`${registry.url}/?a=%E0%A4%A`)).status).toBe(200);
  });

  test('keeps its credentials when it is started again with the same seed, and differs with another', async () => {
    const again = await startMockRegistry({ births: 0, seed: 1 });
    const other = await startMockRegistry({ births: 0, seed: 2 });
    await Promise.all([again.close(), other.close()]);
    expect(again).toMatchObject({ clientId: registry.clientId, clientSecret: registry.clientSecret });
    expect(other.clientSecret).not.toBe(registry.clientSecret);
  });

  test('refuses to start on a port that is taken, or with an impossible number of births', async () => {
    const port = Number(new URL(registry.url).port);
    await expect(startMockRegistry({ port, births: 0 })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(startMockRegistry({ births: -1 })).rejects.toThrow(RangeError);
    await expect(startMockRegistry({ births: 2_000_000 })).rejects.toThrow('from 0 to 1000000');
  });
});
