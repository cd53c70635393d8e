import { type Filter } from '../../src/record/filter.js';
import { type IndividualRecord } from '../../src/record/individual-record.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { describeWithSamples, readSample, readSampleFile } from '../samples.js';
import { type Bench, openBench, readSearchBody, SEARCH } from './dci-peer.js';
import { type PeerAnswer, raw } from './local-peer.js';

/** The captured answer as if it had been given to the question that we asked. */
function replay(name: string): PeerAnswer {
  const { request: asked, response: answer } = readSample(name);
  return (request, response) => {
    const ours = readSearchBody(request.body).message.search_request;
    const theirs = readSearchBody(asked.body).message.search_request;
    const body = theirs.reduce(
      (text, { reference_id: id }, index) => text.replaceAll(id, ours[index]?.reference_id ?? id),
      answer.body,
    );
    raw(body, answer.status, { 'content-type': 'application/json; charset=utf-8' })(request, response);
  };
}

const between = (after: string, before: string): Filter => ({
  kind: 'and',
  filters: [
    { kind: 'compare', attribute: 'birth_date', operator: 'gt', values: [after] },
    { kind: 'compare', attribute: 'birth_date', operator: 'lt', values: [before] },
  ],
});
const RANGE = between('2018-12-31', '2026-01-01');

interface Expected {
  readonly 'births_in_range_gt_2018-12-31_lt_2026-01-01': {
    readonly registrations: number;
    readonly sex: Record<string, number>;
    readonly identifiers: { readonly records_without_identifiers: number; readonly distinct_brn: number };
    readonly relations: Record<string, number>;
  };
}

describeWithSamples('the captured answers of OpenCRVS', () => {
  let database: TestDatabase;
  let bench: Bench;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    bench = await openBench(database, { dialect: 'opencrvs-1.0', timeoutMs: 30_000 });
  });
  afterEach(() => bench.close());

  const ask = async (name: string, filter: Filter = RANGE) => {
    bench.peer.on(SEARCH, replay(name));
    return await bench.client.search(bench.source, { filter, page: { size: 100, number: 1 } });
  };

  test('all pages of the range come to the true numbers, and the page after the last is empty', async () => {
    const records: IndividualRecord[] = [];
    for (let number = 1; number <= 25; number += 1) {
      bench.peer.on(SEARCH, replay(`sync-range-page-${String(number).padStart(2, '0')}`));
      const page = await bench.client.search(bench.source, { filter: RANGE, page: { size: 100, number } });
      expect(page.residual).toBeNull();
      expect(page.pagination).toEqual(number === 25 ? null : { size: 100, number, total: 2341 });
      records.push(...page.records);
    }
    const expected = (readSampleFile('expected.json') as Expected)['births_in_range_gt_2018-12-31_lt_2026-01-01'];
    expect(records).toHaveLength(expected.registrations);
    expect(records.filter(({ identifiers }) => identifiers.length === 0)).toHaveLength(
      expected.identifiers.records_without_identifiers,
    );
    const numbers = records.flatMap(({ identifiers }) => identifiers.filter(({ type }) => type === 'BRN'));
    expect(new Set(numbers.map(({ value }) => value)).size).toBe(expected.identifiers.distinct_brn);
    for (const [sex, count] of Object.entries(expected.sex)) {
      expect([sex, records.filter((record) => record.sex === sex).length]).toEqual([sex, count]);
    }
    const withParent = (role: string) =>
      records.filter(({ parents }) => parents.some((parent) => parent.role === role));
    expect(withParent('mother')).toHaveLength(expected.relations.records_with_mother ?? -1);
    expect(withParent('father')).toHaveLength(expected.relations.records_with_father ?? -1);
    expect(records.every((record) => record.birthDate?.precision === 'day')).toBe(true);
  });

  test('a home birth keeps the district that contains it', async () => {
    const { records } = await ask('sync-home-birth');
    expect(records[0]?.birthPlace).toMatchObject({
      type: 'PRIVATE_HOME',
      containedInExternalId: 'c6a6a78e-e2ae-4035-84dd-63c7db4ba767',
    });
  });

  test('a page beyond the last and no match are both no records', async () => {
    for (const name of ['sync-no-match', 'sync-page-beyond-last']) {
      expect(await ask(name)).toMatchObject({ records: [], pagination: null });
    }
  });

  test('of two questions in one message, of which one has no match, each gets its own answer', async () => {
    bench.peer.on(SEARCH, replay('sync-two-search-requests'));
    const brn = (value: string): Filter => ({ kind: 'identifier', type: 'BRN', values: [value] });
    const results = await bench.client.searchMany(bench.source, [
      { filter: brn('2023BYTVB30') },
      { filter: brn('2023BZZZZZZ') },
    ]);
    expect(results.map(({ records }) => records.length)).toEqual([1, 0]);
  });

  test.each([
    ['sync-invalid-query-missing-value', 'SOURCE_REJECTED_REQUEST', '400: Validation error'],
    ['sync-bad-bearer', 'SOURCE_REFUSED_CREDENTIALS', '401: Unauthorized in gateway'],
    ['sync-daily-quota', 'SOURCE_RATE_LIMITED', '429: OpenCRVS Search API daily quota exceeded'],
    ['sync-record-without-name', 'SOURCE_FAILED', '500: Internal Server Error'],
    ['sync-core-down', 'SOURCE_FAILED', '500: Internal Server Error'],
  ])('%s is told as %s with what was said', async (name, code, message) => {
    await expect(ask(name)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});
