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

const BIRTHS = 40;

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
    pageSize: 9,
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

  test('tells of each change the field, what is held, what would be and why', async () => {
    const { pool } = rig.database;
    const criteria = await newCriteria();
    await apply((await preview(criteria)).id);
    // A child whose sex is not known, and one whose family name is written otherwise here.
    const child = (index: number): string =>
      `(select individual_id from import_items where outcome = 'created' and individual_id is not null
        order by page, ordinal offset ${String(index)} limit 1)`;
    await pool.query(`update individuals set sex = null where id = ${child(0)}`);
    await pool.query(`update individuals set family_name = 'Otherwise' where id = ${child(1)}`);
    await pool.query('delete from source_records');

    const again = await preview(criteria);
    expect(again.outcomes).toMatchObject({ created: 0, updated: 2, failed: 0 });
    const items = await itemsOf(again, 'updated');
    const [first, second] = await differencesOf(items);
    const { individualId } = items[0] ?? {};
    expect(first).toHaveLength(1);
    expect(first?.[0]).toMatchObject({ about: 'subject', individualId, field: 'sex', old: null, reason: 'not_known' });
    expect(first?.[0]?.new).toMatch(/^(fe)?male$/u);
    expect(second).toEqual([
      expect.objectContaining({ field: 'familyName', old: 'Otherwise', reason: 'source_differs' }),
    ]);
    const unchanged = await itemsOf(again, 'unchanged');
    expect((await differencesOf(unchanged)).flat()).toEqual([]);

    await enableFetching(pool, criteria);
    expect((await apply(again.id)).outcomes).toMatchObject({
      created: 0,
      updated: 2,
      conflict: register.truth.conflicts,
    });
    expect(await rig.number("select count(*) from individuals where family_name = 'Otherwise'")).toBe(0);
  });

  test('of a person who would be made tells all values, and leads to nobody', async () => {
    const previewed = await preview(await newCriteria());
    const items = await itemsOf(previewed, 'created');
    const [differences = []] = await differencesOf(items.slice(0, 1));
    expect(differences.find(({ about, field }) => about === 'subject' && field === 'identifier')).toMatchObject({
      individualId: null,
      old: null,
      reason: 'new_person',
    });
    expect(
      items.every(({ individualId, motherId, groupId }) => individualId ?? motherId ?? groupId) || null,
    ).toBeNull();
    // What is kept of people is sealed.
    const { rows } = await rig.database.pool.query<{ text: string }>(
      `select string_agg(t::text, '') as text from (select p::text from preview_items p union all
       select t::text from import_items t) t`,
    );
    const names = differences.flatMap(({ field, new: now }) => (field === 'familyName' ? (now ?? []) : []));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(rows[0]?.text).not.toContain(name);
  });

  test('of marriages and deaths is applied to just what it showed, page after page', async () => {
    const { pool } = rig.database;
    const events = await startMockRegistry({ births: 200, seed: 7 });
    try {
      const { url, clientId, clientSecret } = events;
      await rig.addSource({ code: 'events', name: 'Events', baseUrl: url, clientId, clientSecret, pageSize: 4 });
      for (const event of ['marriage', 'death'] as const) {
        const asked = { name: `All of ${event}`, dataSource: 'events', event, bornFrom: null, bornUntil: null };
        const previewed = await preview((await createSearchCriteria(pool, asked)).id);
        expect(previewed.recordsDone).toBeGreaterThan(2);
        const applied = await apply(previewed.id);
        expect({ ...applied.outcomes, people: applied.individualsCreated }).toEqual({
          ...previewed.outcomes,
          people: previewed.individualsCreated,
        });
      }
      expect(await rig.number('select count(*) from marriages')).toBe(2 * (events.truth.marriages ?? 0));
    } finally {
      await events.close();
    }
  });
});

describe('applying a preview', () => {
  test('leaves out whom somebody changed here since, and what would no longer do as shown', async () => {
    const { pool } = rig.database;
    const criteria = await newCriteria();
    await apply((await preview(criteria)).id);
    await enableFetching(pool, criteria);
    // Everything is to be told anew of five children.
    const children = await pool.query<{ id: string }>(
      `select distinct on (t.individual_id) t.individual_id as id from import_items t
       where t.outcome = 'created' and t.individual_id is not null order by t.individual_id limit 5`,
    );
    const [changed, gone, taken, blank, other] = children.rows.map(({ id }) => id);
    await pool.query(`update individuals set given_name = 'Before' where id = any ($1)`, [
      children.rows.map(({ id }) => id),
    ]);
    await pool.query('delete from source_records');
    const previewed = await preview(criteria);
    expect(previewed.outcomes.updated).toBe(5);

    await pool.query(`update individuals set home_place_text = 'Moved', row_version = row_version + 1 where id = $1`, [
      changed,
    ]);
    await pool.query('delete from individuals where id = $1', [gone]);
    // Somebody gave the child a name here in the meantime: the record would change something else than was shown.
    await pool.query(`update individuals set given_name = 'Since' where id = $1`, [taken]);
    const applied = await apply(previewed.id);
    expect(applied.state).toBe('succeeded');
    const stale = (await itemsOf(applied, 'conflict')).filter(({ reasonCode }) => reasonCode === 'STALE');
    expect(stale.map(({ individualId }) => individualId).sort()).toEqual([changed, taken, null].sort());
    const names = await pool.query<{ id: string; given_name: string }>(
      'select id, given_name from individuals where id = any ($1)',
      [[changed, taken, blank, other]],
    );
    const nameOf = new Map(names.rows.map((row) => [row.id, row.given_name]));
    expect([nameOf.get(changed ?? ''), nameOf.get(taken ?? '')]).toEqual(['Before', 'Since']);
    expect([nameOf.get(blank ?? ''), nameOf.get(other ?? '')]).not.toContain('Before');
  });

  test('makes nobody a second time whom somebody entered since', async () => {
    const { pool } = rig.database;
    const previewed = await preview(await newCriteria());
    const [item] = await itemsOf(previewed, 'created');
    const [differences = []] = await differencesOf(item === undefined ? [] : [item]);
    const identifier = differences.find(({ about, field }) => about === 'subject' && field === 'identifier')?.new ?? '';
    const [type = '', value = ''] = identifier.split(' ');
    await pool.query(
      `with person as (insert into individuals (given_name) values ('Entered') returning id)
       insert into identifiers (individual_id, type, value, value_key) select id, $1, $2, upper($2) from person`,
      [type, value],
    );
    const applied = await apply(previewed.id);
    const stale = (await itemsOf(applied, 'conflict')).filter(({ reasonCode }) => reasonCode === 'STALE');
    expect(stale.map(({ page, ordinal }) => ({ page, ordinal }))).toContainEqual({
      page: item?.page,
      ordinal: item?.ordinal,
    });
    expect(await rig.number("select count(*) from individuals where given_name = 'Entered'")).toBe(1);
    expect(await rig.number('select count(*) from identifiers where value = $1', [value])).toBe(1);
  });

  test('asks the source again where that is wanted, and writes nothing where it says anything else', async () => {
    const { pool } = rig.database;
    const criteria = await newCriteria();
    const before = await checksums();
    const previewed = await preview(criteria);
    await pool.query(
      `update preview_items set record_digest = sha256('other') where (import_run_id, page, ordinal) in
       (select import_run_id, page, ordinal from preview_items where import_run_id = $1 limit 2)`,
      [previewed.id],
    );
    const refused = await apply(previewed.id, true);
    expect(refused).toMatchObject({ state: 'failed', errorCode: 'SOURCE_HAS_CHANGED', pagesDone: 0 });
    expect(refused.errorMessage).toMatch(/differ: 2; that it no longer gives: 2/u);
    expect(await checksums()).toEqual(before);
  });

  test('writes the whole preview where the source still says the same', async () => {
    const previewed = await preview(await newCriteria());
    const asked = register.asked.search;
    const applied = await apply(previewed.id, true);
    expect(applied).toMatchObject({ state: 'succeeded', outcomes: previewed.outcomes });
    expect(register.asked.search - asked).toBe(asked);
  });

  test('is done once, of a preview that has ended, is kept and may be imported', async () => {
    const { pool } = rig.database;
    const criteria = await newCriteria();
    const previewed = await preview(criteria);
    const applied = await apply(previewed.id);
    await expect(apply(previewed.id)).rejects.toMatchObject({ code: 'PREVIEW_APPLIED' });
    await expect(apply(applied.id)).rejects.toMatchObject({ code: 'RUN_IS_NO_PREVIEW' });
    await expect(apply('6f0c9d4e-0000-7000-8000-000000000000')).rejects.toMatchObject({ code: 'IMPORT_RUN_UNKNOWN' });
    await expect(apply('rubbish')).rejects.toMatchObject({ code: 'IMPORT_RUN_UNKNOWN' });

    const second = await preview(criteria);
    await expect(apply(second.id)).rejects.toMatchObject({ code: 'CRITERIA_LOCKED' });
    await enableFetching(pool, criteria);
    await pool.query("update import_runs set state = 'failed' where id = $1", [second.id]);
    await expect(apply(second.id)).rejects.toMatchObject({ code: 'PREVIEW_NOT_FINISHED' });
    await pool.query("update import_runs set state = 'succeeded' where id = $1", [second.id]);
    await pool.query('delete from import_items where import_run_id = $1', [second.id]);
    await expect(apply(second.id)).rejects.toMatchObject({ code: 'PREVIEW_EXPIRED' });
  });

  test('does not bring back whom an erasure took out of the preview', async () => {
    const { pool } = rig.database;
    const previewed = await preview(await newCriteria());
    await pool.query(
      `delete from import_records where (import_run_id, page, ordinal) in
       (select import_run_id, page, ordinal from import_items where outcome = 'created' order by page, ordinal limit 1)`,
    );
    const [first] = await itemsOf(previewed, 'created');
    expect(await differencesOf(first === undefined ? [] : [first])).toEqual([[]]);
    const applied = await apply(previewed.id);
    expect((await itemsOf(applied, 'skipped')).map(({ reasonCode }) => reasonCode)).toContain('PERSON_ERASED');
  });
});
