import { EVERYBODY, type Filter } from '../../src/record/filter.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { registrySearch } from './live.js';
import { syncLocations } from '../../src/sources/location-sync.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { type Bench, openBench } from './dci-peer.js';

let database: TestDatabase;
let mock: MockRegistry;
let bench: Bench;
beforeAll(async () => {
  [database, mock] = await Promise.all([createTestDatabase(), startMockRegistry({ births: 120, seed: 5 })]);
  bench = await openBench(database, {
    dialect: 'opencrvs-1.0',
    baseUrl: mock.url,
    clientId: mock.clientId,
    clientSecret: mock.clientSecret,
    credentialLocation: 'query',
  });
});
afterAll(async () => {
  await Promise.all([bench.close(), mock.close()]);
  await database.close();
});
afterEach(() => mock.setFaults([]));

const searched = () => mock.asked.search;
const everyPage = async (size: number) => {
  const records = [];
  for (let number = 1; ; number += 1) {
    const page = await bench.client.search(bench.source, { filter: EVERYBODY, page: { size, number } });
    if (page.records.length === 0) return records;
    records.push(...page.records);
  }
};

describe('the mock civil register', () => {
  test('is read to its last page with one token', async () => {
    const tokens = mock.asked.token;
    const records = await everyPage(50);
    expect(records).toHaveLength(mock.truth.records);
    expect(records.filter(({ identifiers }) => identifiers.length === 0)).toHaveLength(mock.truth.skipped);
    expect(mock.asked.token - tokens).toBeLessThanOrEqual(1);
  });

  test('is searched live by number and by a range of birth dates with both bounds', async () => {
    const [someone] = (await everyPage(200)).filter(({ identifiers }) =>
      identifiers.some(({ type }) => type === 'BRN'),
    );
    const number = someone?.identifiers.find(({ type }) => type === 'BRN')?.value ?? '';
    const byNumber: Filter = { kind: 'identifier', type: 'BRN', values: [number] };
    expect((await registrySearch(bench.client, bench.source, byNumber)).records).toEqual([someone]);

    const day = someone?.birthDate?.date ?? '';
    const bound = (operator: 'ge' | 'le'): Filter => ({
      kind: 'compare',
      attribute: 'birth_date',
      operator,
      values: [day],
    });
    const thatDay = await registrySearch(bench.client, bench.source, {
      kind: 'and',
      filters: [bound('ge'), bound('le')],
    });
    expect(thatDay.records.length).toBeGreaterThan(0);
    expect(thatDay.records.every((record) => record.birthDate?.date === day)).toBe(true);
  });

  test('a live search for a number finds its holder, not the children of its holder', async () => {
    const mothers = (await everyPage(200)).flatMap(({ parents }) => parents.filter(({ role }) => role === 'mother'));
    const nid = mothers.flatMap(({ record }) => record.identifiers).find(({ type }) => type === 'NID')?.value ?? '';
    const filter: Filter = { kind: 'identifier', type: 'NID', values: [nid] };
    const wide = await bench.client.search(bench.source, { filter });
    expect(wide.records.length).toBeGreaterThan(0);
    expect(wide.residual).toEqual(filter);
    expect((await registrySearch(bench.client, bench.source, filter)).records).toEqual(
      wide.records.filter(({ identifiers }) => identifiers.some(({ value }) => value === nid)),
    );
  });

  test('its places become our tree', async () => {
    const result = await syncLocations({ pool: database.pool, client: bench.client }, 'crvs');
    expect(result).toMatchObject({
      total: mock.truth.locations,
      created: mock.truth.locations,
      roots: mock.truth.rootLocations,
      orphans: [],
      problems: [],
    });
  });

  test.each([
    [{ kind: 'html', times: 1 } as const],
    [{ kind: 'half-body', times: 1 } as const],
    [{ kind: 'reset', times: 1 } as const],
    [{ kind: 'not-json', times: 1 } as const],
    [{ kind: 'too-many-requests', times: 1, retryAfterSeconds: 0 } as const],
    [{ kind: 'server-error', times: 1 } as const],
    [{ kind: 'token-expired', times: 1 } as const],
  ])('is read all the same after %p', async (fault) => {
    const before = searched();
    mock.setFaults([fault]);
    const { records } = await bench.client.search(bench.source, { filter: EVERYBODY, page: { size: 5, number: 1 } });
    expect(records).toHaveLength(5);
    expect(searched() - before).toBe(2);
  });
});
