import { setTimeout as delay } from 'node:timers/promises';
import { withChanges } from '../../src/cli/import-preview.js';
import { listImportItems } from '../../src/imports/import-items.js';
import { Ledger } from '../../src/security/audit/ledger.js';
import { createSearchCriteria } from '../../src/imports/search-criteria.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { globalId, readGlobalId } from '../../src/graphql/global-id.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import { FieldSet } from '../../src/record/fields.js';
import { createDataSource } from '../../src/sources/data-sources.js';
import { operator } from '../security/operator.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

let graph: TestGraph;
let register: MockRegistry;
let criteria: string;

beforeAll(async () => {
  graph = await openTestGraph({ workers: true });
  register = await startMockRegistry({ births: 12, seed: 7 });
  const { pool } = graph.database;
  await createDataSource(
    pool,
    graph.keys,
    {
      code: 'crvs',
      name: 'CRVS',
      dialect: 'opencrvs-1.0',
      baseUrl: register.url,
      clientId: register.clientId,
      clientSecret: register.clientSecret,
      credentialLocation: 'query',
    },
    operator(pool),
  );
  const bornFrom = { date: '1900-01-01', inclusive: true };
  const bornUntil = { date: '2099-12-31', inclusive: true };
  criteria = globalId(
    'SearchCriteria',
    (await createSearchCriteria(pool, { name: 'Births', dataSource: 'crvs', bornFrom, bornUntil })).id,
  );
});
afterAll(async () => {
  await graph.close();
  await register.close();
});
beforeEach(() => graph.callAs({}));

interface Run {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly outcomes: Readonly<Record<string, number>>;
}
interface Started {
  readonly started: Partial<Run> & { readonly code?: string; readonly field?: string };
}
interface Change {
  readonly about: string;
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly reason: string;
  readonly individual: { readonly id: string } | null;
}
interface Items {
  readonly importRun: {
    readonly items: { readonly nodes: readonly { readonly differences: readonly Change[] | null }[] };
  };
}

const RUN = '... on ImportRun { id kind state } ... on Refusal { code field }';
const PREVIEW = `mutation ($id: ID!) { started: previewFetch(searchCriteriaId: $id) { ${RUN} } }`;
const APPLY = `mutation ($id: ID!, $refetch: Boolean) { started: applyPreview(importRunId: $id, refetch: $refetch) { ${RUN} } }`;
const WATCH = `query ($id: ID!) { importRun(id: $id) { id kind state
  outcomes { created updated unchanged skipped conflict failed } } }`;
const CHANGES = `query ($id: ID!) { importRun(id: $id) { items(first: 50) { nodes {
  differences { about field old new reason individual { id } } } } } }`;

async function ended(id: string): Promise<Run> {
  for (const until = Date.now() + 30_000; Date.now() < until; await delay(20)) {
    const { data } = await graph.ask<{ importRun: Run }>(WATCH, { id });
    if (data?.importRun.state === 'SUCCEEDED') return data.importRun;
  }
  throw new Error('the run did not end in time');
}

async function start(mutation: string, variables: object): Promise<Started['started']> {
  const { data, errors } = await graph.ask<Started>(mutation, variables);
  if (!data) throw new Error(JSON.stringify(errors));
  return data.started;
}

async function changesOf(id: string): Promise<Change[]> {
  const { data, errors } = await graph.ask<Items>(CHANGES, { id });
  if (!data) throw new Error(JSON.stringify(errors));
  return data.importRun.items.nodes.flatMap(({ differences }) => differences ?? []);
}

test('a preview is started, looked through and applied, and the ledger knows', async () => {
  const { id = '', kind } = await start(PREVIEW, { id: criteria });
  expect(kind).toBe('PREVIEW');
  const previewed = await ended(id);
  const changes = await changesOf(id);
  expect(changes.some(({ about, field }) => about === 'SUBJECT' && field === 'givenName')).toBe(true);
  expect(changes.some(({ about, reason }) => about === 'MOTHER' && reason === 'NEW_PERSON')).toBe(true);
  expect(changes.every(({ individual, old }) => individual === null && old === null)).toBe(true);

  const applied = await start(APPLY, { id, refetch: true });
  expect(applied.kind).toBe('APPLY');
  expect((await ended(applied.id ?? '')).outcomes).toEqual(previewed.outcomes);
  expect(await changesOf(applied.id ?? '')).toEqual([]);

  expect(await start(APPLY, { id })).toEqual({ code: 'PREVIEW_APPLIED', field: 'importRunId' });
  expect(await start(APPLY, { id: applied.id })).toMatchObject({ code: 'RUN_IS_NO_PREVIEW' });
  const { rows } = await graph.database.pool.query<{ action: string }>(
    `select action from audit_entries where action in ('import.previewed', 'import.applied') order by id`,
  );
  expect(rows.map(({ action }) => action)).toEqual(['import.previewed', 'import.applied']);
});

test('what would change of somebody held is shown by fields, and told to the ledger', async () => {
  const { pool } = graph.database;
  await pool.query(`update individuals set family_name = 'Otherwise', birth_location_id = null where id in
    (select individual_id from import_items where outcome = 'created' and individual_id is not null order by page, ordinal limit 1)`);
  await pool.query('delete from source_records');
  // A locked criteria may be looked at.
  const { id = '' } = await start(PREVIEW, { id: criteria });
  await ended(id);
  const changes = await changesOf(id);
  expect(changes).toContainEqual(
    expect.objectContaining({ about: 'SUBJECT', field: 'familyName', old: 'Otherwise', reason: 'SOURCE_DIFFERS' }),
  );
  expect(changes.every(({ individual }) => individual !== null)).toBe(true);
  const told = await pool.query("select from disclosures where 'individual.name' = any (fields)");
  expect(told.rowCount).toBe(1);
  // On the command line as well.
  const run = readGlobalId('ImportRun', id, 'id');
  const { items } = await listImportItems(pool, { importRunId: run, first: 3 });
  const ledger = new Ledger({ pool, keys: graph.keys, disclosureRetentionDays: 1, evidenceRetentionDays: 1 });
  await withChanges({ pool, keys: graph.keys, ledger, actor: 'operator:tests' }, run, items);
  const noted = await pool.query("select detail from audit_entries where action = 'preview.read'");
  expect(noted.rows).toEqual([{ detail: { run, items: expect.any(Number) as number } }]);

  graph.callAs({ access: { ...FULL_ACCESS, fields: new FieldSet([{ never: ['individual.name'] }]) } });
  expect((await changesOf(id)).filter(({ field }) => field.endsWith('Name'))).toEqual([]);
  expect(await start(APPLY, { id })).toMatchObject({ code: 'CRITERIA_LOCKED' });
});

test.each<[string, string, object]>([
  ['previewFetch', PREVIEW, { id: 'criteria' }],
  ['applyPreview', APPLY, { id: globalId('ImportRun', '6f0c9d4e-0000-7000-8000-000000000000') }],
])('%s needs the scope import.run', async (_name, mutation, variables) => {
  graph.callAs({ scopes: ['graph.read', 'graph.personal'] });
  const { errors } = await graph.ask(mutation, variables);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
});

test('what would change is shown to nobody without personal data or with a part of the registry only', async () => {
  const { data } = await graph.ask<{ importRuns: { nodes: { id: string; kind: string }[] } }>(
    '{ importRuns(first: 10) { nodes { id kind } } }',
  );
  const id = data?.importRuns.nodes.find(({ kind }) => kind === 'PREVIEW')?.id;
  for (const caller of [
    { scopes: ['graph.read', 'import.run'] as const },
    { access: { ...FULL_ACCESS, rows: { kind: 'from_source' as const, codes: ['crvs'] } } },
  ]) {
    graph.callAs(caller);
    const { errors } = await graph.ask(CHANGES, { id });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  }
});

test.each<[string, string, object]>([
  ['an id of another type', PREVIEW, { id: globalId('ImportRun', '6f0c9d4e-0000-7000-8000-000000000000') }],
  ['rubbish', APPLY, { id: 'rubbish' }],
])('%s is refused as input', async (_what, mutation, variables) => {
  const { errors } = await graph.ask(mutation, variables);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
});

test('a criteria and a preview that nobody knows are refused by name', async () => {
  const unknown = '6f0c9d4e-0000-7000-8000-000000000000';
  expect(await start(PREVIEW, { id: globalId('SearchCriteria', unknown) })).toMatchObject({
    code: 'SEARCH_CRITERIA_UNKNOWN',
  });
  expect(await start(APPLY, { id: globalId('ImportRun', unknown) })).toMatchObject({ code: 'IMPORT_RUN_UNKNOWN' });
});
