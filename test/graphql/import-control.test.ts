import { Client } from 'pg';
import {
  CancelImportRunDocument,
  CreateDataSourceDocument,
  CreateSearchCriteriaDocument,
  DataSourceByCodeDocument,
  FetchDocument,
  ResumeImportRunDocument,
  RetryImportRunDocument,
  UpdateDataSourceDocument,
} from '../../schema/generated/graphql.js';
import { globalId } from '../../src/graphql/global-id.js';
import { expectMade } from '../end-to-end/ask.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

let graph: TestGraph;
let importRunId: string;
beforeAll(async () => {
  graph = await openTestGraph();
  const input = { code: 'crvs', name: 'CRVS', baseUrl: 'http://127.0.0.1:9', authType: 'NONE' } as const;
  await graph.run(CreateDataSourceDocument, { input });
  const bounds = { bornFrom: { date: '1900-01-01' }, bornUntil: { date: '2099-12-31' } };
  const { createSearchCriteria } = await graph.run(CreateSearchCriteriaDocument, {
    input: { name: 'Everybody', dataSource: 'crvs', ...bounds },
  });
  const searchCriteriaId = expectMade(createSearchCriteria, 'SearchCriteria').id;
  const { fetch } = await graph.run(FetchDocument, { searchCriteriaId });
  importRunId = expectMade(fetch, 'ImportRun').id;
});
afterAll(() => graph.close());

const notes = async (action: string): Promise<unknown[]> => {
  const { rows } = await graph.database.pool.query<{ detail: unknown }>(
    'select detail from audit_entries where action = $1',
    [action],
  );
  return rows.map(({ detail }) => detail);
};

test('a run is cancelled, stays so, and is resumed; both are in the ledger', async () => {
  for (let time = 0; time < 2; time += 1) {
    const { cancelImportRun } = await graph.run(CancelImportRunDocument, { importRunId });
    const run = expectMade(cancelImportRun, 'ImportRun');
    expect(run).toMatchObject({ id: importRunId, kind: 'IMPORT', state: 'CANCELLED', pausedUntil: null });
    expect(run.cancelRequestedAt).toEqual(expect.any(String));
  }
  const { resumeImportRun } = await graph.run(ResumeImportRunDocument, { importRunId });
  expect(resumeImportRun).toMatchObject({ state: 'QUEUED', cancelRequestedAt: null });
  const run = expect.stringMatching(/^[0-9a-f-]{36}$/u) as string;
  expect(await notes('import.cancelled')).toContainEqual({ run });
  expect(await notes('import.resumed')).toEqual([{ run }]);
});

test('a run that wrote all it read has nothing to retry, and what is no run is refused', async () => {
  const { retryImportRun } = await graph.run(RetryImportRunDocument, { importRunId });
  expect(retryImportRun).toMatchObject({ __typename: 'Refusal', code: 'NOTHING_TO_RETRY', field: 'importRunId' });
  const { errors } = await graph.ask(CancelImportRunDocument, { importRunId: 'rubbish' });
  expect(errors).toHaveLength(1);
});

test('whoever may only read neither cancels nor retries', async () => {
  graph.callAs({ scopes: ['graph.read', 'graph.personal'] });
  for (const document of [CancelImportRunDocument, RetryImportRunDocument, ResumeImportRunDocument]) {
    const { errors } = await graph.ask(document, { importRunId });
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  }
  graph.callAs({});
});

test('a source is given limits of requests, which null takes away again', async () => {
  const given = { requestsPerSecond: 2.5, requestsPerDay: 1000 };
  const changed = await graph.run(UpdateDataSourceDocument, { code: 'crvs', input: given });
  expect(expectMade(changed.updateDataSource, 'DataSource')).toMatchObject({ code: 'crvs' });
  const limits = () =>
    graph.ask<{ dataSource: unknown }>('{ dataSource(code: "crvs") { requestsPerSecond requestsPerDay } }');
  expect((await limits()).data).toEqual({ dataSource: given });
  const none = { requestsPerSecond: null, requestsPerDay: null };
  await graph.run(UpdateDataSourceDocument, { code: 'crvs', input: none });
  expect((await limits()).data).toEqual({ dataSource: none });
  const wrong = await graph.run(UpdateDataSourceDocument, { code: 'crvs', input: { requestsPerSecond: -1 } });
  expect(wrong.updateDataSource).toMatchObject({ __typename: 'Refusal', field: 'requestsPerSecond' });
  expect((await graph.run(DataSourceByCodeDocument, { code: 'crvs' })).dataSource).toMatchObject({ code: 'crvs' });
});

describe('an act on a run that cannot be written down', () => {
  let owner: Client;
  beforeAll(async () => {
    owner = new Client({ connectionString: graph.database.ownerUrl });
    await owner.connect();
    await owner.query(`
      create function refuse_entry() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$;
      create trigger refuse_entry before insert on audit_entries for each row when (new.action like 'import.%')
        execute function refuse_entry()`);
  });
  afterAll(async () => {
    await owner.query('drop function refuse_entry cascade');
    await owner.end();
  });

  const ids = async (sql: string, values: unknown[] = []): Promise<string[]> =>
    (await graph.database.pool.query<{ id: string }>(sql, values)).rows.map(({ id }) => id);
  const state = async (): Promise<unknown[]> =>
    Promise.all(
      ['import_runs', 'search_criteria', 'import_schedules'].map(
        async (table) => (await graph.database.pool.query<object>(`select * from ${table} order by 1`)).rows,
      ),
    );

  test.each([
    ['cancelled', 'cancelImportRun', 'queued'],
    ['resumed', 'resumeImportRun', 'cancelled'],
    ['retried', 'retryImportRun', 'succeeded'],
    ['taken back', 'undoImportRun', 'succeeded'],
    ['applied', 'applyPreview', 'succeeded'],
    ['started', 'fetch', 'cancelled'],
    ['previewed', 'previewFetch', 'cancelled'],
    ['enabled', 'enableFetching', 'succeeded'],
    ['scheduled', 'setImportSchedule', 'succeeded'],
  ] as const)('is none: nothing is %s', async (_what, mutation, runState) => {
    const { pool } = graph.database;
    await pool.query('delete from import_runs');
    const [criteria = ''] = await ids('select id from search_criteria');
    await pool.query('update search_criteria set locked_at = $1', [mutation === 'enableFetching' ? new Date() : null]);
    const kind = mutation === 'applyPreview' ? 'preview' : 'import';
    const [run = ''] = await ids(
      `insert into import_runs (search_criteria_id, requested_by, kind, state) values ($1, 'x', $2, $3) returning id`,
      [criteria, kind, runState],
    );
    await pool.query(`insert into import_items (import_run_id, page, ordinal, outcome) values ($1, 1, 1, 'failed')`, [
      run,
    ]);
    await pool.query(
      `insert into import_records (import_run_id, page, ordinal, record_sealed, marks) values ($1, 1, 1, 'x', '{}')`,
      [run],
    );
    const before = await state();
    const [argument, type, id] = /fetch|Schedule/iu.test(mutation)
      ? (['searchCriteriaId', 'SearchCriteria', criteria] as const)
      : (['importRunId', 'ImportRun', run] as const);
    const further = mutation === 'setImportSchedule' ? ', schedule: { cron: "0 3 * * *" }' : '';
    const { data, errors } = await graph.ask(
      `mutation { ${mutation}(${argument}: "${globalId(type, id)}"${further}) { __typename ... on Refusal { code } } }`,
    );
    expect([data, errors?.length]).toEqual([null, 1]);
    expect(await state()).toEqual(before);
  });
});
