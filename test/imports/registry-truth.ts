import fc from 'fast-check';
import { Client } from 'pg';
import pino from 'pino';
import { inTransaction } from '../../src/database/transaction.js';
import { listConflicts } from '../../src/imports/conflicts/conflict-cases.js';
import { decideConflict } from '../../src/imports/conflicts/decide-conflict.js';
import { fetchCriteria } from '../../src/imports/fetch.js';
import { findImportRun, type ImportRun } from '../../src/imports/import-run.js';
import { applyPreview, previewCriteria } from '../../src/imports/preview/preview-run.js';
import { type ImportContext } from '../../src/imports/run-kind.js';
import { runPages } from '../../src/imports/run-pages.js';
import { createSearchCriteria, enableFetching } from '../../src/imports/search-criteria.js';
import { undoRun } from '../../src/imports/undo/undo-run.js';
import { ALL_FIELDS } from '../../src/record/fields.js';
import { type IndividualRecord, peopleNamed } from '../../src/record/individual-record.js';
import { Problem } from '../../src/record/problem.js';
import { deletePerson, lockPersonTraces } from '../../src/registry/erase-individual.js';
import { mergePeople } from '../../src/registry/merge/merge-people.js';
import { undoMerge } from '../../src/registry/merge/undo-merge.js';
import { createRevisionLoaders } from '../../src/registry/revisions/revision-loaders.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { DECISIONS } from '../../src/registry/write-sources/decisions.js';
import { addErasures } from '../../src/security/erasure/erasures.js';
import { deleteWaitingRecords } from '../../src/security/erasure/waiting-records.js';
import { createDataSource } from '../../src/sources/data-sources.js';
import { desk } from '../registry/desk.js';
import { erased } from '../registry/erased.js';
import { named, said } from '../registry/said-records.js';
import { operator } from '../security/operator.js';
import { reversingSeal } from '../sources/reversing-seal.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { REGISTRY, registryState } from './registry-state.js';

const PAGE_SIZE = 2;
const SOURCES = ['plain', 'trusted'] as const;
type SourceName = (typeof SOURCES)[number];

/** What people do to a registry that imports, one after the other. Numbers choose among what there is then. */
type Act =
  | { readonly act: 'import' | 'import-twice' | 'import-and-undo' | 'preview-and-apply'; readonly of: SourceName }
  | { readonly act: 'undo' | 'undo-merge' | 'erase'; readonly which: number }
  | { readonly act: 'merge'; readonly which: number; readonly other: number }
  | {
      readonly act: 'decide';
      readonly which: number;
      readonly decision: (typeof DECISIONS)[number];
      readonly whom: number;
    }
  | { readonly act: 'enter'; readonly which: number; readonly values: Readonly<Record<string, unknown>> };

type Step = Act & { readonly records: readonly IndividualRecord[] };

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const numbers = (...all: string[]) =>
  fc.subarray(all, { minLength: 1, maxLength: 2 }).map((chosen) => chosen.join(' '));
const name = fc
  .tuple(fc.constantFrom('Ana', 'Rui', null), fc.constantFrom('Lima', 'Dias', null))
  .map(([given, family]) => named(given, family));
const day = fc.constantFrom('2024-01-02', '2024-03-04').map((date) => ({ date, precision: 'day' as const }));
const sex = fc.constantFrom('female' as const, 'male' as const);
const parent = (...ids: string[]) =>
  maybe(
    fc
      .tuple(fc.oneof({ weight: 4, arbitrary: numbers(...ids) }, fc.constant('')), maybe(name))
      .map(([chosen, called]) => ({ ids: chosen, ...(called ? { name: called } : {}) })),
  );
const record = fc
  .record({
    ids: numbers('BRN:1', 'BRN:2', 'BRN:3', 'NID:1', 'NID:2', 'TAX:M1'),
    name: maybe(name),
    sex: maybe(sex),
    birthDate: maybe(day),
    deathDate: maybe(day),
    mother: parent('NID:M1', 'TAX:M1', 'NID:M2'),
    father: parent('NID:F1', 'UIN:F1'),
    some: maybe(parent('NID:F1', 'TAX:M1')),
    married: maybe(fc.constantFrom('NID:S1', 'NID:M1')),
  })
  .map(({ ids, mother, father, some, married, ...values }) =>
    said({
      ids,
      ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
      ...(mother ? { mother } : {}),
      ...(father ? { father } : {}),
      ...(some ? { some: [some] } : {}),
      ...(married ? { marriages: [{ marriedOn: '2020-02-02', spouse: said({ ids: married }) }] } : {}),
    }),
  );
const records = fc.array(record, { minLength: 1, maxLength: 5 });
const which = fc.nat(11);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constantFrom('import', 'import-twice', 'import-and-undo', 'preview-and-apply'),
      of: fc.constantFrom(...SOURCES),
      records,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constantFrom('undo', 'undo-merge'), which, records: fc.constant([]) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('erase'), which, records: fc.constant([]) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('merge'), which, other: which, records: fc.constant([]) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('decide'),
      which,
      whom: which,
      decision: fc.constantFrom(...DECISIONS),
      records: fc.constant([]),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('enter'),
      which,
      values: fc.constantFrom<Readonly<Record<string, unknown>>[]>(
        { givenName: 'Eva' },
        { sex: null },
        { familyName: null, deceased: true },
        { emails: ['a@example.org'] },
      ),
      records: fc.constant([]),
    }),
  },
);

/** What is done to a registry, from an empty one on. */
const history = fc.array(step, { minLength: 3, maxLength: 9 });

/** The tables of the registry, whole, and what is written with them. */
const WRITTEN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(REGISTRY).map((table) => [table, 'to_jsonb(t)'])),
  individual_revisions: 'to_jsonb(t)',
  changes: 'to_jsonb(t)',
};

const WITHOUT_SAID = Object.fromEntries(Object.entries(WRITTEN).filter(([table]) => table !== 'source_records'));

/** Each answers a row for everything that must never be. */
const NEVER: Readonly<Record<string, string>> = {
  'an identifier of two people': `
    select type, value_key from identifiers group by 1, 2 having count(distinct individual_id) > 1`,
  'a child in two families': `
    select m.individual_id from memberships m join groups g on g.id = m.group_id and g.kind = 'family'
    where m.ended_on is null and m.role is distinct from 'head' group by 1 having count(*) > 1`,
  'a child with two mothers or two fathers, or more than two parents': `
    select target_id from relationships where type in ('mother_of', 'father_of', 'parent_of') group by 1
    having count(*) filter (where type = 'mother_of') > 1 or count(*) filter (where type = 'father_of') > 1
      or count(distinct source_id) > 2`,
  'somebody who is twice in a family': `
    select individual_id, group_id from memberships where ended_on is null group by 1, 2 having count(*) > 1`,
  'a tie, a membership or a marriage of nobody': `
    select id from relationships where source_id not in (select id from individuals)
      or target_id not in (select id from individuals)
    union all select id from memberships where individual_id not in (select id from individuals)
      or group_id not in (select id from groups)
    union all select id from marriages where individual_id not in (select id from individuals)`,
  'a family of nobody': `
    select id from groups g where not exists (select from memberships m where m.group_id = g.id)`,
  'somebody with a date of death who lives': `select id from individuals where death_date is not null and not deceased`,
  'a record of a source that is about nobody': `
    select record_key from source_records where individual_id not in (select id from individuals)`,
  'an item that leads to nobody': `
    select id from import_items where coalesce(individual_id, mother_id, father_id) is not null
      and coalesce(individual_id, mother_id, father_id) not in (select id from individuals)`,
  'a run whose counts are not those of its items': `
    select r.id from import_runs r
    where r.state = 'succeeded' and array[r.created_count, r.updated_count, r.unchanged_count, r.skipped_count,
        r.conflict_count, r.failed_count, r.removed_count, r.restored_count, r.refused_count] <> array(
      select count(t.id)::integer
      from unnest(array['created', 'updated', 'unchanged', 'skipped', 'conflict', 'failed', 'removed', 'restored',
        'refused']) with ordinality as o (outcome, place)
      left join import_items t on t.import_run_id = r.id and t.outcome = o.outcome
      group by o.place order by o.place)`,
  'a person whose newest version has no revision': `
    select i.id from individuals i where i.row_version is distinct from (
      select max(v.row_version) from individual_revisions v where v.individual_id = i.id)`,
  'a losing id that leads to nobody, or is somebody': `
    select m.id from individual_merges m where m.undone_at is null and (
      m.winner_id not in (select id from individuals) or m.losing_id in (select id from individuals))`,
};

const LOOK_FOR_FAULTS = Object.entries(NEVER)
  .map(([fault, text]) => `select '${fault}' as fault where exists (${text})`)
  .join(' union all ');

const OWN_VALUES = `jsonb_strip_nulls(jsonb_build_object('givenName', i.given_name, 'familyName', i.family_name,
  'sex', i.sex, 'birthDate', i.birth_date, 'deathDate', i.death_date, 'deceased', nullif(i.deceased, false)))`;

/** Where each value is said to come from, beside the value and the values that other revisions found. */
const SELECT_TOLD = `
  select i.id, f.key as field, f.value as value, t.import_run_id as "runId", t.page, t.ordinal, t.origin
  from individuals i cross join lateral jsonb_each_text(${OWN_VALUES}) f
  left join individual_values_told t on t.individual_id = i.id and t.field = f.key`;

interface ToldValue {
  readonly id: string;
  readonly field: string;
  readonly value: string;
  readonly runId: string | null;
  readonly page: number | null;
  readonly ordinal: number | null;
  readonly origin: string | null;
}

interface Snapshot {
  readonly at: Date;
  readonly people: ReadonlyMap<string, unknown>;
}

/** A truncation of as many tables takes longer than all that is done to the registry after it. */
const CLEAR = ['groups', 'individuals', 'import_runs', 'search_criteria', 'data_sources', 'changes', 'erasures']
  .map((table) => `delete from ${table};`)
  .join(' ');

/** A registry to which things are done, and which is held against what must be so after each. */
class Registry {
  readonly #database: TestDatabase;
  readonly #context: ImportContext;
  readonly #criteria = new Map<SourceName, string>();
  readonly #snapshots: Snapshot[] = [];
  /** Of each run, what the source gave it. */
  readonly #given = new Map<string, readonly IndividualRecord[]>();
  #records: readonly IndividualRecord[] = [];

  constructor(database: TestDatabase) {
    this.#database = database;
    this.#context = {
      pool: database.pool,
      jobs: { send: () => Promise.resolve() },
      client: {
        search: (_source, { page = { number: 1, size: PAGE_SIZE } }) =>
          Promise.resolve({
            records: this.#records.slice((page.number - 1) * page.size, page.number * page.size),
            pagination: { ...page, total: this.#records.length },
            residual: null,
            warnings: [],
          }),
      },
      log: pino({ level: 'silent' }),
      erased,
      keys: reversingSeal,
      desk,
    };
  }

  /** Empties it, and gives it its two sources. */
  async begin(owner: { query(text: string): Promise<unknown> }): Promise<void> {
    await owner.query(CLEAR);
    this.#snapshots.length = 0;
    this.#given.clear();
    const { pool } = this.#database;
    for (const code of SOURCES) {
      const source = {
        code,
        name: code,
        baseUrl: 'http://localhost:1',
        dialect: 'spdci-1.0',
        authType: 'none',
        pageSize: PAGE_SIZE,
        ...(code === 'trusted'
          ? { trustRank: 200, fieldPolicies: { familyName: 'ask', givenName: 'fill_blank' } }
          : {}),
      } as const;
      await createDataSource(pool, reversingSeal, source, operator(pool));
      const criteria = await createSearchCriteria(pool, {
        name: code,
        dataSource: code,
        bornFrom: { date: '1900-01-01', inclusive: true },
        bornUntil: { date: '2099-12-31', inclusive: true },
      });
      this.#criteria.set(code, criteria.id);
    }
  }

  /** Does it, and answers what of it is not as it must be. */
  async take(step: Step): Promise<string[]> {
    const faults: string[] = [];
    this.#records = step.records;
    try {
      await this.#do(step, faults);
    } catch (error) {
      // That it cannot be done is an answer, as long as it is one in our words.
      if (!(error instanceof Problem)) throw error;
    }
    return [...faults, ...(await this.#lookForFaults())];
  }

  async #do(step: Step, faults: string[]): Promise<void> {
    const { pool } = this.#database;
    switch (step.act) {
      case 'import':
        await this.#import(step.of);
        break;
      case 'import-twice': {
        const first = await this.#import(step.of);
        // What was refused and says what is held by now is remembered as said.
        const written = first.outcomes.conflict === 0 ? WRITTEN : WITHOUT_SAID;
        const before = await this.#digest(written);
        const second = await this.#import(step.of);
        const { unchanged, skipped, conflict } = second.outcomes;
        const isIdle = unchanged + skipped + conflict === second.recordsDone;
        if (isIdle && before !== (await this.#digest(written)))
          faults.push('an import that changed nothing wrote rows');
        if (first.outcomes.conflict === 0 && this.#isConsistent() && !isIdle) {
          faults.push(`a repeated import changed something: ${JSON.stringify(second.outcomes)}`);
        }
        break;
      }
      case 'import-and-undo': {
        const before = await this.#digest(REGISTRY);
        const run = await this.#import(step.of);
        const undo = await undoRun(this.#context, run.id, 'operator');
        const undone = await this.#ended(undo.id);
        if (undone.outcomes.refused > 0) faults.push('the undo of the newest run refuses something');
        if (before !== (await this.#digest(REGISTRY))) faults.push('an import and its undo leave a trace');
        break;
      }
      case 'preview-and-apply': {
        const before = await this.#digest(WRITTEN);
        await enableFetching(pool, this.#criteriaOf(step.of));
        const preview = await previewCriteria(this.#context, this.#criteriaOf(step.of), 'operator');
        await this.#ended(preview.id);
        if (before !== (await this.#digest(WRITTEN))) faults.push('a preview wrote into the registry');
        const apply = await applyPreview(this.#context, preview.id, { refetch: true, requestedBy: 'operator' });
        this.#given.set(apply.id, step.records);
        await this.#ended(apply.id);
        const [said, done] = [await this.#outcomes(preview.id), await this.#outcomes(apply.id)];
        if (said !== done) faults.push(`the preview said ${said}, and it became ${done}`);
        break;
      }
      case 'undo': {
        const runs = await this.#ids(
          `select id from import_runs where kind in ('import', 'apply') order by created_at, id`,
        );
        const run = runs.at(-1 - (step.which % 4));
        if (run !== undefined) await this.#ended((await undoRun(this.#context, run, 'operator')).id);
        break;
      }
      case 'merge': {
        const people = await this.#people();
        const [winnerId, losingId] = [choose(people, step.which), choose(people, step.other)];
        if (winnerId === undefined || losingId === undefined) return;
        await inTransaction(pool, (client) =>
          mergePeople(client, reversingSeal, { winnerId, losingId, actor: 'operator' }),
        );
        break;
      }
      case 'undo-merge': {
        const merges = await this.#ids(
          'select id from individual_merges where undone_at is null order by merged_at, id',
        );
        const mergeId = choose(merges, step.which);
        if (mergeId === undefined) return;
        await inTransaction(pool, (client) => undoMerge(client, reversingSeal, { mergeId, actor: 'operator' }));
        break;
      }
      case 'decide': {
        const { items } = await listConflicts(pool, { state: 'open', first: 100 });
        const open = choose(items, step.which);
        if (open === undefined) return;
        const individualId = choose([...open.individualIds, null], step.whom) ?? null;
        const { decision } = step;
        await decideConflict(
          { pool, keys: reversingSeal, erased, desk },
          {
            caseId: open.id,
            decision,
            individualId,
            actor: 'operator',
          },
        );
        break;
      }
      case 'enter': {
        const id = choose(await this.#people(), step.which);
        if (id === undefined) return;
        await inTransaction(pool, (client) =>
          writeRecords(client, [{ kind: 'individual', id, ...step.values }], { origin: 'mutation', erased }),
        );
        break;
      }
      case 'erase': {
        const id = choose(await this.#people(), step.which);
        if (id !== undefined) await this.#erase(id);
        break;
      }
    }
  }

  async #import(of: SourceName): Promise<ImportRun> {
    const id = this.#criteriaOf(of);
    await enableFetching(this.#database.pool, id);
    const run = await fetchCriteria(this.#context, id, 'operator');
    this.#given.set(run.id, this.#records);
    return await this.#ended(run.id);
  }

  async #ended(runId: string): Promise<ImportRun> {
    await runPages(this.#context, runId, new AbortController().signal, { last: true });
    const run = await findImportRun(this.#database.pool, runId);
    if (run?.state !== 'succeeded') throw new Error(`the run is ${run?.state ?? 'gone'}: ${run?.errorMessage ?? ''}`);
    return run;
  }

  async #erase(individualId: string): Promise<void> {
    const marks = await inTransaction(this.#database.pool, async (client) => {
      const person = await lockPersonTraces(client, individualId);
      if (person === null) throw new Error('nobody is erased');
      await deleteWaitingRecords(client, erased, person);
      await deletePerson(client, person);
      return erased.marksOf(person);
    });
    const text = (mark: Buffer): string => mark.toString('base64url');
    await addErasures(this.#database.pool, [
      {
        id: individualId,
        erasedAt: new Date(),
        actor: 'operator',
        liftedAt: null,
        marks: marks.marks.map(text),
        childMarks: marks.childMarks.map(text),
      },
    ]);
  }

  /** Whether no two records speak of one person: else the one takes back what the other said. */
  #isConsistent(): boolean {
    const all = this.#records.flatMap(peopleNamed).flatMap(({ identifiers }) => identifiers);
    return new Set(all.map(({ type, value }) => `${type} ${value}`)).size === all.length;
  }

  async #lookForFaults(): Promise<string[]> {
    const { pool } = this.#database;
    const faults: string[] = [];
    const found = await pool.query<{ fault: string }>(LOOK_FOR_FAULTS);
    faults.push(...found.rows.map(({ fault }) => fault));
    const { rows } = await pool.query<ToldValue>(SELECT_TOLD);
    for (const told of rows) if (!this.#isTold(told)) faults.push(`not told so: ${JSON.stringify(told)}`);
    return [...faults, ...(await this.#lookIntoThePast())];
  }

  /** Whether the record that is named says what is held. */
  #isTold({ field, value, runId, page, ordinal, origin }: ToldValue): boolean {
    if (origin === null) return false;
    if (runId === null) return ['mutation', 'conflict'].includes(origin);
    const record = this.#given.get(runId)?.[((page ?? 1) - 1) * PAGE_SIZE + (ordinal ?? 0) - 1];
    return record !== undefined && peopleNamed(record).some((person) => valueOf(person, field) === value);
  }

  /** Every moment that was looked at is remembered as it was. */
  async #lookIntoThePast(): Promise<string[]> {
    const { pool } = this.#database;
    const { rows } = await pool.query<{ at: Date }>(
      `select date_trunc('milliseconds', clock_timestamp()) + interval '1 ms' as at, pg_sleep(0.002)`,
    );
    const people = await this.#people();
    const { pastValues } = createRevisionLoaders(pool, ALL_FIELDS);
    const at = rows[0]?.at ?? new Date();
    const held = await pool.query<{ id: string; values: Readonly<Record<string, unknown>> }>(
      `select i.id, ${OWN_VALUES} as values from individuals i`,
    );
    this.#snapshots.push({ at, people: new Map(held.rows.map(({ id, values }) => [id, values])) });
    const faults = await Promise.all(
      this.#snapshots.flatMap((snapshot, index) =>
        people.map(async (individualId) => {
          const past = await pastValues.load({ individualId, at: snapshot.at });
          const was = snapshot.people.get(individualId) ?? null;
          const said = past === null ? null : plain(past);
          if (was === null || JSON.stringify(sorted(was)) === JSON.stringify(sorted(said))) return [];
          return [
            `after step ${String(index + 1)} it was ${JSON.stringify(was)}, and is told as ${JSON.stringify(said)}`,
          ];
        }),
      ),
    );
    return faults.flat();
  }

  async #outcomes(runId: string): Promise<string> {
    const { rows } = await this.#database.pool.query(
      `select page, ordinal, outcome, reason_code as why from import_items where import_run_id = $1 order by 1, 2`,
      [runId],
    );
    return JSON.stringify(rows);
  }

  async #digest(tables: Readonly<Record<string, string>>): Promise<string> {
    return JSON.stringify(await registryState(this.#database.pool, tables));
  }

  async #people(): Promise<string[]> {
    return await this.#ids('select id from individuals order by created_at, id');
  }

  async #ids(text: string): Promise<string[]> {
    return (await this.#database.pool.query<{ id: string }>(text)).rows.map(({ id }) => id);
  }

  #criteriaOf(source: SourceName): string {
    const id = this.#criteria.get(source);
    if (id === undefined) throw new Error('the registry has no such source');
    return id;
  }
}

/** Does many things to a registry, one history after the other, and finds it true after each of them. */
export async function itStaysTrue(histories: number, seconds: number): Promise<void> {
  const database = await createTestDatabase();
  const owner = new Client({ connectionString: database.ownerUrl });
  try {
    await owner.connect();
    const registry = new Registry(database);
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        await registry.begin(owner);
        for (const step of steps) expect(await registry.take(step)).toEqual([]);
      }),
      // What was found is told in its shortest form so far, before the time of the test is over.
      { numRuns: histories, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: true },
    );
  } finally {
    await owner.end();
    await database.close();
  }
}

function choose<T>(all: readonly T[], place: number): T | undefined {
  return all.length === 0 ? undefined : all[place % all.length];
}

function valueOf({ name: called, sex: said, birthDate, deathDate }: IndividualRecord, field: string) {
  const values: Readonly<Record<string, string | null | undefined>> = {
    givenName: called?.given,
    familyName: called?.family,
    sex: said,
    birthDate: birthDate?.date,
    deathDate: deathDate?.date,
    deceased: deathDate === undefined ? null : 'true',
  };
  return values[field];
}

const LOOKED_AT = ['givenName', 'familyName', 'sex', 'birthDate', 'deathDate', 'deceased'];

function plain(values: object): Record<string, unknown> {
  const found = Object.entries<unknown>({ ...values }).flatMap(([field, value]) => {
    if (!LOOKED_AT.includes(field) || value === null || value === false) return [];
    return [[field, typeof value === 'object' && 'date' in value ? value.date : value] as const];
  });
  return Object.fromEntries(found);
}

function sorted(values: unknown): unknown {
  return typeof values === 'object' && values !== null ? Object.entries(values).sort() : values;
}
