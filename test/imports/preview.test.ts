import { findDifferences, openDifferences } from '../../src/imports/preview/preview-items.js';
import { applyPreview, previewCriteria } from '../../src/imports/preview/preview-run.js';
import { type ImportItem, listImportItems } from '../../src/imports/import-items.js';
import { type ImportRun } from '../../src/imports/import-run.js';
import { createSearchCriteria, enableFetching } from '../../src/imports/search-criteria.js';
import { type Difference } from '../../src/registry/write-sources/differences.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { syncLocations } from '../../src/sources/location-sync.js';
import { ALWAYS, countPeople, type ImportRig, openRig } from './import-rig.js';
import { reversingSeal } from '../sources/reversing-seal.js';

const BIRTHS = 80;

let rig: ImportRig;
let register: MockRegistry;
let criteriaMade = 0;

beforeEach(async () => {
  rig = await openRig();
  register = await startMockRegistry({ births: BIRTHS, seed: 7 });
  await rig.addSource({
    baseUrl: register.url,
    clientId: register.clientId,
    clientSecret: register.clientSecret,
    pageSize: 15,
    timeoutMs: 5_000,
  });
  await syncLocations({ pool: rig.database.pool, client: rig.client }, 'crvs');
  rig.startWorkers();
});
afterEach(async () => {
  await rig.close();
  await register.close();
});

async function newCriteria(): Promise<string> {
  criteriaMade += 1;
  const { pool } = rig.database;
  return (await createSearchCriteria(pool, { name: `Births ${String(criteriaMade)}`, dataSource: 'crvs', ...ALWAYS }))
    .id;
}

async function preview(criteriaId: string): Promise<ImportRun> {
  const { pool } = rig.database;
  return await rig.ended((await previewCriteria({ pool, jobs: rig.jobs }, criteriaId, 'operator')).id);
}

async function apply(previewId: string, refetch = false): Promise<ImportRun> {
  const { pool } = rig.database;
  const run = await applyPreview({ pool, jobs: rig.jobs }, previewId, { refetch, requestedBy: 'operator' });
  return await rig.ended(run.id);
}

async function itemsOf(run: ImportRun, outcome?: ImportItem['outcome']): Promise<readonly ImportItem[]> {
  return (await listImportItems(rig.database.pool, { importRunId: run.id, outcome, first: 500 })).items;
}

async function differencesOf(items: readonly ImportItem[]): Promise<(readonly Difference[])[]> {
  const ids = items.map(({ id }) => id);
  const found = await findDifferences(rig.database.pool, ids);
  return ids.map((id) => openDifferences(reversingSeal, found.get(id) ?? null));
}

/** What every table holds, but those of runs and of what they exchanged. */
async function checksums(): Promise<Record<string, string>> {
  const { pool } = rig.database;
  const tables = await pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r'
       and c.relname !~ '^(import_|preview_|exchanges)' order by 1`,
  );
  const sums: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ sum: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as sum from ${name} t`,
    );
    sums[name] = rows[0]?.sum ?? '';
  }
  return sums;
}

const OVERLAY = ['preview_people', 'preview_identifiers', 'preview_ties', 'preview_memberships', 'preview_said'];

describe('a preview', () => {
  test('lists what an import would do and writes nothing else; its apply comes to just that', async () => {
    const criteria = await newCriteria();
    const before = await checksums();
    const previewed = await preview(criteria);
    expect(await checksums()).toEqual(before);
    const { truth } = register;
    expect(previewed).toMatchObject({
      kind: 'preview',
      state: 'succeeded',
      recordsDone: truth.records,
      individualsCreated: truth.individuals,
      unidentifiedParents: truth.unidentifiedParents,
      outcomes: { skipped: truth.skipped, conflict: truth.conflicts, failed: 0 },
    });
    for (const table of OVERLAY) expect(await rig.number(`select count(*) from ${table}`)).toBe(0);

    const applied = await apply(previewed.id);
    expect(applied).toMatchObject({ kind: 'apply', state: 'succeeded', ofRunId: previewed.id });
    const counts = ({
      outcomes,
      individualsCreated,
      individualsUpdated,
      groupsCreated,
      unidentifiedParents,
    }: ImportRun) => ({
      outcomes,
      individualsCreated,
      individualsUpdated,
      groupsCreated,
      unidentifiedParents,
    });
    expect(counts(applied)).toEqual(counts(previewed));
    const places = (items: readonly ImportItem[]) =>
      items.map(({ page, ordinal, outcome, reasonCode }) => ({ page, ordinal, outcome, reasonCode }));
    expect(places(await itemsOf(applied))).toEqual(places(await itemsOf(previewed)));
    expect(await countPeople(rig)).toMatchObject({
      mothers: truth.mothers,
      people: truth.individuals,
      families: truth.families,
      unidentifiedMothers: truth.unidentifiedMothers,
    });
  });
});
