import { type PoolClient } from 'pg';
import { type RelationshipType } from '../../record/group.js';
import { type Queryable } from '../../database/pool.js';
import { type RunKind } from '../import-run.js';

/** A revision of somebody whom a page told of, whoever wrote it. */
export interface HeldRevision {
  readonly individualId: string;
  readonly rowVersion: number;
  /** `null`: no run did. */
  readonly runId: string | null;
  readonly kind: RunKind | null;
  readonly ofRunId: string | null;
  readonly dataSourceId: string | null;
  /** What wrote it, as in `changes`. */
  readonly origin: string;
  /** Of an undo: the page of the other run that it took back. */
  readonly page: number | null;
  readonly fields: readonly string[];
  /** `null`: the person was made. */
  readonly before: Readonly<Record<string, unknown>> | null;
}

/** Somebody whom a page told of. */
export interface HeldPerson {
  readonly id: string;
  readonly rowVersion: number;
  /** Own values, by the names that revisions use. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Something that the page did not write hangs on the person: whose that is, in a word; `null`: nothing does. */
  readonly held: HangingThing | null;
  /** Since the page was written somebody decided that this is the same person as another. */
  readonly isMerged: boolean;
}

/** What can hang on a person that the run did not write. */
export type HangingThing = 'identifier' | 'relationship' | 'membership' | 'group' | 'marriage' | 'record' | 'source';

export interface HeldTie {
  readonly id: string;
  readonly type: RelationshipType;
  readonly sourceId: string;
  readonly targetId: string;
}

export interface HeldMembership {
  readonly id: string;
  readonly groupId: string;
  readonly individualId: string;
  /** Somebody ended it since. */
  readonly isEnded: boolean;
}

export interface HeldGroup {
  readonly id: string;
  readonly originId: string | null;
  /** It was changed since, or something that the page did not write hangs on it. */
  readonly isTouched: boolean;
}

/** What one page of a run wrote, as it is now, and what else is known of the people. */
export interface PageToUndo {
  readonly people: ReadonlyMap<string, HeldPerson>;
  /** Of each person from the first to the last. */
  readonly revisions: readonly HeldRevision[];
  readonly identifiers: readonly { readonly id: string; readonly individualId: string }[];
  readonly ties: readonly HeldTie[];
  readonly retyped: readonly (HeldTie & { readonly typeBefore: RelationshipType })[];
  readonly memberships: readonly HeldMembership[];
  readonly groups: readonly HeldGroup[];
  readonly marriages: readonly { readonly id: string; readonly individualId: string }[];
  /** Held before, and given a spouse or a day of divorce where there was none. */
  readonly alteredMarriages: readonly AlteredMarriage[];
  readonly toldOf: readonly string[];
  readonly said: readonly SaidRow[];
}

/** A marriage of which a page told something that nobody had told. */
export interface AlteredMarriage {
  readonly id: string;
  readonly individualId: string;
  readonly tellsSpouse: boolean;
  readonly tellsDivorce: boolean;
}

/** A row of `source_records` that the page wrote. */
export interface SaidRow {
  readonly key: Buffer;
  /** What it held before; `null`: nothing. */
  readonly before: { readonly digest: Buffer; readonly individualId: string } | null;
  /** Whom it is about now; `null`: it is gone. */
  readonly individualId: string | null;
}

/** A row of `import_pages`. */
interface NotedPage {
  readonly identifiers: string[];
  readonly relationships: string[];
  readonly retyped: string[];
  readonly retypedFrom: RelationshipType[];
  readonly groups: string[];
  readonly memberships: string[];
  readonly marriages: string[];
  readonly spousesTold: string[];
  readonly divorcesTold: string[];
  readonly toldOf: string[];
  readonly saidKeys: Buffer[];
  readonly saidDigests: (Buffer | null)[];
  readonly saidIndividuals: (string | null)[];
}

const NOTHING: NotedPage = {
  identifiers: [],
  relationships: [],
  retyped: [],
  retypedFrom: [],
  groups: [],
  memberships: [],
  marriages: [],
  spousesTold: [],
  divorcesTold: [],
  toldOf: [],
  saidKeys: [],
  saidDigests: [],
  saidIndividuals: [],
};

const SELECT_PAGE = {
  name: 'undo-noted-page',
  text: `
    select identifiers, relationships, retyped, retyped_from as "retypedFrom", groups, memberships, marriages,
      spouses_told as "spousesTold", divorces_told as "divorcesTold", told_of as "toldOf", said_keys as "saidKeys",
      said_digests as "saidDigests", said_individuals as "saidIndividuals"
    from import_pages where import_run_id = $1 and page = $2`,
};

const SELECT_TOLD = {
  name: 'undo-people-told-of',
  text: `
    select distinct individual_id as id from individual_revisions where import_run_id = $1 and page = $2
    union select individual_id from identifiers where id = any ($3::uuid[])
    union select source_id from relationships where id = any ($4::uuid[])
    union select target_id from relationships where id = any ($4::uuid[])
    union select individual_id from memberships where id = any ($5::uuid[])
    union select individual_id from marriages where id = any ($6::uuid[])
    union select unnest($7::uuid[])`,
};

/** Whoever writes people locks them in this order too. */
const LOCK_PEOPLE = {
  name: 'undo-lock-people',
  text: `
    select i.id, i.row_version as "rowVersion", jsonb_build_object(
        'givenName', i.given_name, 'middleName', i.middle_name, 'familyName', i.family_name, 'sex', i.sex,
        'birthDate', case when i.birth_date is not null
          then jsonb_build_object('date', i.birth_date, 'precision', i.birth_date_precision) end,
        'deathDate', case when i.death_date is not null
          then jsonb_build_object('date', i.death_date, 'precision', i.death_date_precision) end,
        'deceased', i.deceased, 'birthLocation', i.birth_location_id, 'birthPlaceText', i.birth_place_text,
        'deathLocation', i.death_location_id, 'deathPlaceText', i.death_place_text,
        'homeLocation', i.home_location_id, 'homePlaceText', i.home_place_text) as values,
      exists (
        select from individual_merges m
        where m.winner_id = i.id and m.undone_at is null and m.merged_at > coalesce(
          (select p.written_at from import_pages p where p.import_run_id = $2 and p.page = $3),
          (select min(r.changed_at) from individual_revisions r where r.import_run_id = $2 and r.page = $3),
          '-infinity')) as "isMerged"
    from individuals i where i.id = any ($1::uuid[])
    order by i.id
    for update`,
};

const SELECT_REVISIONS = {
  name: 'undo-revisions',
  text: `
    select r.individual_id as "individualId", r.row_version as "rowVersion", r.import_run_id as "runId", q.kind,
      q.of_run_id as "ofRunId", r.data_source_id as "dataSourceId", r.origin, r.page, r.fields, r.before
    from individual_revisions r left join import_runs q on q.id = r.import_run_id
    where r.individual_id = any ($1::uuid[])
    order by r.individual_id, r.row_version`,
};

const SELECT_IDENTIFIERS = {
  name: 'undo-identifiers',
  text: 'select id, individual_id as "individualId" from identifiers where id = any ($1::uuid[])',
};

const SELECT_TIES = {
  name: 'undo-ties',
  text: `
    select id, type, source_id as "sourceId", target_id as "targetId" from relationships where id = any ($1::uuid[])`,
};

const SELECT_MEMBERSHIPS = {
  name: 'undo-memberships',
  text: `
    select id, group_id as "groupId", individual_id as "individualId", ended_on is not null as "isEnded"
    from memberships where id = any ($1::uuid[])`,
};

const SELECT_GROUPS = {
  name: 'undo-groups',
  text: `
    select g.id, g.origin_individual_id as "originId",
      g.row_version > 1
        or exists (select from memberships m
          where m.group_id = g.id and (m.id <> all ($2::uuid[]) or m.ended_on is not null))
        or exists (select from group_identifiers n where n.group_id = g.id)
        or exists (select from enrolments e where e.group_id = g.id) as "isTouched"
    from groups g where g.id = any ($1::uuid[])
    order by g.id
    for update of g`,
};

const SELECT_MARRIAGES = {
  name: 'undo-marriages',
  text: `
    select id, individual_id as "individualId" from marriages where id = any ($1::uuid[])`,
};

const SELECT_HANGING = {
  name: 'undo-hanging-things',
  text: `
    select individual_id as id, 'identifier' as what from identifiers
      where individual_id = any ($1::uuid[]) and id <> all ($2::uuid[])
    union all select source_id, 'relationship' from relationships
      where source_id = any ($1::uuid[]) and id <> all ($3::uuid[])
    union all select target_id, 'relationship' from relationships
      where target_id = any ($1::uuid[]) and id <> all ($3::uuid[])
    union all select individual_id, 'membership' from memberships
      where individual_id = any ($1::uuid[]) and (id <> all ($4::uuid[]) or ended_on is not null)
    union all select origin_individual_id, 'group' from groups
      where origin_individual_id = any ($1::uuid[]) and id <> all ($5::uuid[])
    union all select individual_id, 'marriage' from marriages
      where individual_id = any ($1::uuid[]) and id <> all ($6::uuid[])
    union all select spouse_id, 'marriage' from marriages
      where spouse_id = any ($1::uuid[]) and id <> all ($6::uuid[])
    union all select individual_id, 'record' from farmers where individual_id = any ($1::uuid[])
    union all select individual_id, 'record' from disabilities where individual_id = any ($1::uuid[])
    union all select individual_id, 'record' from enrolments where individual_id = any ($1::uuid[])
    union all select individual_id, 'source' from individual_sources
      where individual_id = any ($1::uuid[]) and data_source_id <> $7`,
};

const SELECT_SAID = {
  name: 'undo-said',
  text: `
    select record_key as key, individual_id as "individualId" from source_records
    where data_source_id = $1 and record_key = any ($2::bytea[])`,
};

/** Which page of which run is taken back. */
export interface PageOfRun {
  readonly runId: string;
  readonly page: number;
  readonly dataSourceId: string;
}

/** Reads what a page wrote, and locks the people until the transaction of `client` ends. */
export async function loadPageToUndo(
  client: PoolClient,
  { runId, page, dataSourceId }: PageOfRun,
): Promise<PageToUndo> {
  const rows = async <Row extends object>(statement: { name: string; text: string }, ...values: unknown[]) =>
    (await client.query<Row>({ ...statement, values })).rows;
  const [noted = NOTHING] = await rows<NotedPage>(SELECT_PAGE, runId, page);
  const ties = [...noted.relationships, ...noted.retyped];
  const { identifiers, memberships, groups, toldOf } = noted;
  const altered = new Set([...noted.spousesTold, ...noted.divorcesTold]);
  const marriages = [...noted.marriages, ...altered];
  const told = await rows<{ id: string }>(SELECT_TOLD, runId, page, identifiers, ties, memberships, marriages, toldOf);
  const ids = told.map(({ id }) => id);
  const people = await rows<Omit<HeldPerson, 'held'>>(LOCK_PEOPLE, ids, runId, page);
  const revisions = await rows<HeldRevision>(SELECT_REVISIONS, ids);
  const made = revisions.filter((one) => one.before === null && one.runId === runId && one.page === page);
  const madeIds = made.map(({ individualId }) => individualId);
  const own = [identifiers, noted.relationships, memberships, groups, marriages];
  const hanging = await rows<{ id: string; what: HangingThing }>(SELECT_HANGING, madeIds, ...own, dataSourceId);
  const held = new Map(hanging.map(({ id, what }) => [id, what]));
  const heldMarriages = await rows<PageToUndo['marriages'][number]>(SELECT_MARRIAGES, marriages);
  const tieById = new Map((await rows<HeldTie>(SELECT_TIES, ties)).map((tie) => [tie.id, tie]));
  return {
    people: new Map(people.map((person) => [person.id, { ...person, held: held.get(person.id) ?? null }])),
    revisions,
    identifiers: await rows(SELECT_IDENTIFIERS, identifiers),
    ties: noted.relationships.flatMap((id) => tieById.get(id) ?? []),
    retyped: noted.retyped.flatMap((id, index) => {
      const tie = tieById.get(id);
      const typeBefore = noted.retypedFrom[index];
      return tie === undefined || typeBefore === undefined ? [] : [{ ...tie, typeBefore }];
    }),
    memberships: await rows(SELECT_MEMBERSHIPS, memberships),
    groups: await rows(SELECT_GROUPS, groups, memberships),
    marriages: heldMarriages.filter(({ id }) => !altered.has(id)),
    alteredMarriages: heldMarriages
      .filter(({ id }) => altered.has(id))
      .map(({ id, individualId }) => ({
        id,
        individualId,
        tellsSpouse: noted.spousesTold.includes(id),
        tellsDivorce: noted.divorcesTold.includes(id),
      })),
    toldOf,
    said: await findSaid(client, dataSourceId, noted),
  };
}

async function findSaid(
  db: Queryable,
  dataSourceId: string,
  { saidKeys, saidDigests, saidIndividuals }: NotedPage,
): Promise<SaidRow[]> {
  const { rows } = await db.query<{ key: Buffer; individualId: string }>({
    ...SELECT_SAID,
    values: [dataSourceId, saidKeys],
  });
  const now = new Map(rows.map(({ key, individualId }) => [key.toString('hex'), individualId]));
  return saidKeys.map((key, index) => {
    const digest = saidDigests[index] ?? null;
    const individualId = saidIndividuals[index] ?? null;
    const before = digest === null || individualId === null ? null : { digest, individualId };
    return { key, before, individualId: now.get(key.toString('hex')) ?? null };
  });
}
