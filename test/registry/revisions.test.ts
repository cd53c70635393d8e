import { inTransaction } from '../../src/database/transaction.js';
import { ALL_FIELDS, FieldSet } from '../../src/record/fields.js';
import { type IndividualRecord } from '../../src/record/individual-record.js';
import { deletePerson, lockPersonTraces } from '../../src/registry/erase-individual.js';
import { findIdByIdentifier } from '../../src/registry/find-by-identifier.js';
import { historyOf } from '../../src/registry/revisions/history.js';
import { createRevisionLoaders, type PastValues } from '../../src/registry/revisions/revision-loaders.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { writePage } from '../../src/registry/write-sources/write-page.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { erased } from './erased.js';
import { onPage } from './on-page.js';
import { bornOn, named, said } from './said-records.js';

/** One registry for all: each test has people of its own. */
let database: TestDatabase;
let source: string;
let run: string;
let pagesWritten = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const { rows } = await database.pool.query<{ source: string; run: string }>(`
    with source as (
      insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://127.0.0.1:9', 'spdci-1.0')
      returning id
    ), criteria as (insert into search_criteria (data_source_id, name) select id, 'All' from source returning id
    ), run as (insert into import_runs (search_criteria_id, requested_by) select id, 'operator' from criteria returning id)
    select source.id as source, run.id as run from source, run`);
  ({ source, run } = rows[0] ?? { source: '', run: '' });
});
afterAll(() => database.close());

/** The page of the run that it was. */
async function tell(...records: IndividualRecord[]): Promise<number> {
  pagesWritten += 1;
  const writer = { dataSourceId: source, origin: 'import', importRunId: run, page: pagesWritten, erased };
  await inTransaction(database.pool, (client) => writePage(client, { ...writer, records: onPage(records) }));
  return pagesWritten;
}

/** A record that stands at that place of its page. */
function standing(record: IndividualRecord, index: number, pointers: Record<string, string>): IndividualRecord {
  return { ...record, told: { at: `/records/${String(index)}`, saidAt: '2024-05-06T00:00:00.000Z', pointers } };
}

async function idOf(type: string, value: string): Promise<string> {
  return (await findIdByIdentifier(database.pool, { type, value })) ?? '';
}

async function rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await database.pool.query<Row>(sql, values)).rows;
}

async function changesOf(individualId: string, fields = ALL_FIELDS) {
  const { items } = await historyOf(database.pool, individualId, fields, { first: 50 });
  return items.map(({ version, isFirst, changes }) => ({ version, isFirst, changes }));
}

function pastOf(individualId: string, at: Date, fields = ALL_FIELDS): Promise<PastValues | null> {
  return createRevisionLoaders(database.pool, fields).pastValues.load({ individualId, at });
}

describe('a page of a run', () => {
  test('leaves a revision of whom it makes or alters, with where each value stood', async () => {
    const child = said({ ids: 'BRN:R1', name: named('Ann', 'B'), mother: { ids: 'NID:R1M', sex: 'female' } });
    const page = await tell(
      standing(child, 0, { givenName: '/name/given_name', familyName: '/name/surname', identifiers: '/identifier' }),
      said({ ids: 'NID:R1M', sex: 'female' }),
    );
    const [made] = await rows(
      `select row_version, origin, actor, import_run_id, data_source_id, page, ordinal, ordinals, fields, record_pointer,
         pointers, said_at, before
       from individual_revisions where individual_id = $1`,
      [await idOf('BRN', 'R1')],
    );
    expect(made).toEqual({
      row_version: 1,
      origin: 'import',
      actor: null,
      import_run_id: run,
      data_source_id: source,
      page,
      ordinal: 1,
      ordinals: [],
      fields: ['identifiers', 'givenName', 'familyName'],
      record_pointer: '/records/0',
      pointers: ['/identifier', '/name/given_name', '/name/surname'],
      said_at: new Date('2024-05-06T00:00:00Z'),
      before: null,
    });
  });

  test('tells of each value which record it came from, where several told of a person', async () => {
    await tell(said({ ids: 'BRN:R2' }));
    await tell(
      standing(said({ ids: 'BRN:R2', sex: 'male' }), 0, { sex: '/sex' }),
      standing(said({ ids: 'BRN:R2', birthDate: bornOn('2020-02-03') }), 1, { birthDate: '/birthdate' }),
    );
    const id = await idOf('BRN', 'R2');
    const told = await createRevisionLoaders(database.pool, ALL_FIELDS).provenanceByIndividual.load(id);
    expect(told.map(({ field, ordinal, pointer, source: code }) => [field, ordinal, pointer, code])).toEqual([
      ['birthDate', 2, '/records/1/birthdate', 'crvs'],
      ['identifiers', 1, null, 'crvs'],
      ['sex', 1, '/records/0/sex', 'crvs'],
    ]);
  });

  test('notes the other rows that it made, and what its records said before', async () => {
    await tell(said({ ids: 'NID:R3X', sex: 'female' }));
    await tell(said({ ids: 'BRN:R3', name: named('A', 'B') }));
    const page = await tell(
      said({ ids: 'BRN:R3', name: named('A', 'C'), mother: { ids: 'NID:R3X' }, father: { ids: 'NID:R3Y' } }),
    );
    const [noted] = await rows<Record<string, unknown[]>>('select * from import_pages where page = $1', [page]);
    expect(noted).toMatchObject({
      identifiers: [expect.any(String)],
      relationships: [expect.any(String), expect.any(String)],
      groups: [expect.any(String)],
      memberships: [expect.any(String), expect.any(String)],
      retyped: [],
      told_of: [],
      said_keys: [expect.any(Buffer)],
      said_digests: [expect.any(Buffer)],
      said_individuals: [await idOf('BRN', 'R3')],
    });
  });

  test('that says what was said before writes no row of anything', async () => {
    const records = [
      said({ ids: 'BRN:R4', name: named('A', 'B'), mother: { ids: 'NID:R4M', name: named('M', 'B') } }),
      said({ ids: 'NID:R4M', sex: 'female' }),
    ];
    await tell(...records);
    const before = await rowsOfEverything();
    const page = await tell(...records);
    expect(await rowsOfEverything()).toEqual(before);
    expect(await rows('select from import_pages where page = $1', [page])).toEqual([]);
  });
});

/** How many rows each table has, and the last transaction that wrote one. */
async function rowsOfEverything(): Promise<unknown> {
  const tables = await rows<{ name: string }>(
    `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
  );
  const texts = tables.map(
    ({ name }) => `select '${name}' as name, count(*) as count, max(xmin::text::bigint) as last from ${name}`,
  );
  return rows(`${texts.join(' union all ')} order by name`);
}

describe('the past of a person', () => {
  test('is what was held at each moment, whoever wrote since', async () => {
    const before = new Date();
    await tell(
      said({ ids: 'BRN:P1', name: named('Ann', 'Banda'), birthDate: { date: '2020-01-01', precision: 'year' } }),
    );
    const made = new Date();
    await tell(said({ ids: 'BRN:P1', birthDate: bornOn('2020-05-06'), sex: 'female' }));
    const corrected = new Date();
    const identifiers = [{ type: 'BRN', value: 'P1' }];
    await inTransaction(database.pool, (client) =>
      writeRecords(
        client,
        [
          {
            kind: 'individual',
            identifiers,
            familyName: 'Phiri',
            emails: ['ann@example.org'],
            attributes: { occupation: 'teacher' },
            marriages: [{ marriedOn: '2040-01-01', divorcedOn: null }],
          },
        ],
        { origin: 'mutation clerk', actor: 'clerk', erased },
      ),
    );
    const id = await idOf('BRN', 'P1');
    expect(await pastOf(id, before)).toBeNull();
    expect(await pastOf(id, made)).toMatchObject({
      familyName: 'Banda',
      sex: null,
      birthDate: { date: '2020-01-01', precision: 'year' },
    });
    expect(await pastOf(id, corrected)).toMatchObject({
      familyName: 'Banda',
      sex: 'female',
      birthDate: { date: '2020-05-06', precision: 'day' },
      emails: [],
    });
    expect(await pastOf(id, new Date())).toMatchObject({ familyName: 'Phiri', emails: ['ann@example.org'] });
    expect(await changesOf(id)).toEqual([
      {
        version: 3,
        isFirst: false,
        changes: [
          { field: 'familyName', old: 'Banda', new: 'Phiri' },
          { field: 'emails', old: [], new: ['ann@example.org'] },
          { field: 'attributes', old: {}, new: { occupation: 'teacher' } },
          { field: 'marriages', old: [], new: [{ marriedOn: '2040-01-01', divorcedOn: null }] },
        ],
      },
      {
        version: 2,
        isFirst: false,
        changes: [
          { field: 'sex', old: null, new: 'female' },
          {
            field: 'birthDate',
            old: { date: '2020-01-01', precision: 'year' },
            new: { date: '2020-05-06', precision: 'day' },
          },
        ],
      },
      {
        version: 1,
        isFirst: true,
        changes: [
          { field: 'identifiers', old: null, new: [{ type: 'BRN', value: 'P1' }] },
          { field: 'givenName', old: null, new: 'Ann' },
          { field: 'familyName', old: null, new: 'Banda' },
          { field: 'birthDate', old: null, new: { date: '2020-01-01', precision: 'year' } },
        ],
      },
    ]);
    const [written] = await rows(
      'select origin, actor from individual_revisions where individual_id = $1 and row_version = 3',
      [id],
    );
    expect(written).toEqual({ origin: 'mutation clerk', actor: 'clerk' });
  });

  test('tells nothing of what is not shown', async () => {
    await tell(said({ ids: 'BRN:P2', name: named('Ann', 'Banda'), sex: 'male' }));
    await tell(said({ ids: 'BRN:P2', name: named('Anna', 'Banda'), sex: 'female' }));
    const id = await idOf('BRN', 'P2');
    const fields = new FieldSet([{ never: ['individual.name', 'individual.identifier'] }]);
    expect(await changesOf(id, fields)).toEqual([
      { version: 2, isFirst: false, changes: [{ field: 'sex', old: 'male', new: 'female' }] },
      { version: 1, isFirst: true, changes: [{ field: 'sex', old: null, new: 'male' }] },
    ]);
    const past = await pastOf(id, new Date(), fields);
    expect(past).toMatchObject({ sex: 'female' });
    expect(past).not.toHaveProperty('givenName');
    const told = await createRevisionLoaders(database.pool, fields).provenanceByIndividual.load(id);
    expect(told.map(({ field }) => field)).toEqual(['sex']);
  });

  test('goes with the person, and so does what a page noted of what was said of the person', async () => {
    const page = await tell(said({ ids: 'BRN:P3', name: named('Ann', 'Banda') }), said({ ids: 'BRN:P3B' }));
    const id = await idOf('BRN', 'P3');
    await inTransaction(database.pool, async (client) => {
      const traces = await lockPersonTraces(client, id);
      if (traces !== null) await deletePerson(client, traces);
    });
    expect(await rows('select from individual_revisions where individual_id = $1', [id])).toEqual([]);
    const [noted] = await rows('select said_keys, said_digests, said_individuals from import_pages where page = $1', [
      page,
    ]);
    expect(noted).toEqual({ said_keys: [expect.any(Buffer)], said_digests: [null], said_individuals: [null] });
  });

  test('a value that an undo took back comes from where it came before', async () => {
    await tell(said({ ids: 'BRN:P4', sex: 'male' }));
    const id = await idOf('BRN', 'P4');
    await rows(
      `with second as (
         insert into import_runs (search_criteria_id, requested_by, state)
         select search_criteria_id, 'operator', 'succeeded' from import_runs where id = $2 returning id, search_criteria_id
       ), undone as (
         insert into import_runs (search_criteria_id, requested_by, state, kind, of_run_id)
         select search_criteria_id, 'operator', 'succeeded', 'undo', id from second returning id, of_run_id
       )
       insert into individual_revisions (individual_id, row_version, origin, import_run_id, page, ordinal, fields, before)
       select $1::uuid, 2, 'import', of_run_id, 1, 1, '{sex}'::text[], '{"sex": "male"}'::jsonb from undone
       union all select $1, 3, 'undo', id, 1, null, '{sex}', '{"sex": "female"}' from undone`,
      [id, run],
    );
    const told = await createRevisionLoaders(database.pool, ALL_FIELDS).provenanceByIndividual.load(id);
    expect(told.find(({ field }) => field === 'sex')).toMatchObject({ importRunId: run, source: 'crvs' });
  });
});
