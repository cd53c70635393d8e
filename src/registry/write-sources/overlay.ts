import { type Queryable } from '../../database/pool.js';
import { type Writable } from '../../database/write-behind.js';
import { type Identifier, typedKey } from '../../record/individual.js';
import { type ErasedPeople } from '../erased-people.js';
import { runForRows } from '../write-statement.js';
import { type FieldRules } from './field-rules.js';
import { type Key } from './write-held.js';
import { type Marriages, type MarriagesOfPerson } from './write-marriages.js';
import { type Family, type ParentalType, Person, type PersonValues } from './write-person.js';
import { type PageState } from './write-record.js';

/** Whose overlay it is, and under which key it is kept. */
export interface OverlayOf {
  readonly importRunId: string;
  readonly erased: ErasedPeople;
  readonly keys: { seal(text: string): Buffer; open(sealed: Buffer): string };
}

/** Somebody whom the records of a page lead to. */
export interface Affected {
  readonly id: string;
  readonly is_child: boolean;
}

/** As `write-affected`, over what is held and what the preview has come to. */
const SELECT_AFFECTED = {
  name: 'overlay-affected',
  text: `
    with named as materialized (
      select i.individual_id as id
      from unnest($1::text[], $2::text[]) as asked (type, value_key)
      join identifiers i on i.type = asked.type and i.value_key = asked.value_key
      union
      select p.individual_id from preview_identifiers p where p.import_run_id = $3 and p.mark = any ($4::bytea[])
    ), children as materialized (
      select id from named
      union
      select r.target_id from named join relationships r on r.source_id = named.id and r.type = 'parent_of'
      union
      select t.child_id
      from named join preview_ties t on t.import_run_id = $3 and t.parent_id = named.id and t.type = 'parent_of'
    )
    select id, true as is_child from children
    union
    select r.source_id, false
    from children join relationships r on r.target_id = children.id
      and r.type in ('mother_of', 'father_of', 'parent_of')
    where r.source_id not in (select id from children)
    union
    select t.parent_id, false
    from children join preview_ties t on t.import_run_id = $3 and t.child_id = children.id
    where t.parent_id not in (select id from children)`,
};

const SELECT_PEOPLE = {
  name: 'overlay-people',
  text: `
    select individual_id, is_new, person_sealed from preview_people
    where import_run_id = $1 and individual_id = any ($2::uuid[])`,
};

const SELECT_TIES = {
  name: 'overlay-ties',
  text: `
    select id, type, parent_id, child_id from preview_ties
    where import_run_id = $1 and child_id = any ($2::uuid[])
    order by id`,
};

const SELECT_MEMBERSHIPS = {
  name: 'overlay-memberships',
  text: `
    select individual_id, group_id, is_head from preview_memberships
    where import_run_id = $1 and individual_id = any ($2::uuid[])
    order by group_id`,
};

const SELECT_SAID = {
  name: 'overlay-said',
  text: `
    select encode(record_key, 'hex') as key, encode(content_digest, 'hex') as digest, individual_id
    from preview_said
    where import_run_id = $1 and record_key = any ($2::bytea[])`,
};

const UPSERT_PEOPLE = {
  name: 'overlay-upsert-people',
  text: `
    insert into preview_people (import_run_id, individual_id, is_new, person_sealed)
    select $1, * from unnest($2::uuid[], $3::boolean[], $4::bytea[])
    on conflict (import_run_id, individual_id) do update set person_sealed = excluded.person_sealed`,
};

const INSERT_IDENTIFIERS = {
  name: 'overlay-insert-identifiers',
  text: `
    insert into preview_identifiers (import_run_id, mark, individual_id)
    select $1, * from unnest($2::bytea[], $3::uuid[])
    on conflict (import_run_id, mark) do nothing`,
};

const UPSERT_TIES = {
  name: 'overlay-upsert-ties',
  text: `
    insert into preview_ties (import_run_id, id, type, parent_id, child_id)
    select $1, * from unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[])
    on conflict (import_run_id, id) do update set type = excluded.type`,
};

const INSERT_MEMBERSHIPS = {
  name: 'overlay-insert-memberships',
  text: `
    insert into preview_memberships (import_run_id, individual_id, group_id, is_head)
    select $1, * from unnest($2::uuid[], $3::uuid[], $4::boolean[])
    on conflict (import_run_id, individual_id, group_id) do nothing`,
};

const UPSERT_SAID = {
  name: 'overlay-upsert-said',
  text: `
    insert into preview_said (import_run_id, record_key, content_digest, individual_id)
    select $1, * from unnest($2::bytea[], $3::bytea[], $4::uuid[])
    on conflict (import_run_id, record_key) do update
    set content_digest = excluded.content_digest, individual_id = excluded.individual_id`,
};

const CLEAR = ['preview_people', 'preview_identifiers', 'preview_ties', 'preview_memberships', 'preview_said'].map(
  (table) => ({ name: `overlay-clear-${table}`, text: `delete from ${table} where import_run_id = $1` }),
);

/** What is kept of a person: the values as they would be, and the identifiers that are not held. */
interface LaidPerson {
  readonly values: PersonValues;
  readonly identifiers: readonly Identifier[];
  readonly hasOwnRecord: boolean;
  /** The values that the source would have told, and when it says that they were so: ISO 8601. */
  readonly told: Readonly<Record<string, string | null>>;
  /** Where a page told of marriages of the person. */
  readonly married?: MarriagesOfPerson | undefined;
}

/**
 * What the earlier pages of a preview would have made of the registry, laid over what is held while one page is judged:
 * so that the page comes to what it would come to if they had been written. One overlay serves one page.
 */
export class Overlay {
  readonly #of: OverlayOf;
  /** The people laid over. */
  readonly #people = new Map<string, LaidPerson>();
  readonly #made = new Set<string>();
  /** Held people who have a record of their own already. */
  readonly #ownRecords = new Set<string>();

  constructor(of: OverlayOf) {
    this.#of = of;
  }

  /** Whether the registry does not hold the person: an earlier page would make the person. */
  isMade(individualId: string): boolean {
    return this.#made.has(individualId);
  }

  /** Whom the identifiers lead to, with their children and parents. */
  async findAffected(db: Queryable, keys: readonly Key[]): Promise<Affected[]> {
    const { rows } = await db.query<Affected>({
      ...SELECT_AFFECTED,
      values: [
        keys.map((key) => key.type),
        keys.map((key) => key.valueKey),
        this.#of.importRunId,
        this.#marks(keys.map(({ type, valueKey }) => ({ type, value: valueKey }))),
      ],
    });
    return rows;
  }

  /** Changes the people that were found into what they would be by now, and adds those who would be new. */
  async layOver(
    db: Queryable,
    held: { readonly byId: Map<string, Person>; readonly byIdentifier: Map<string, Person> },
    affected: readonly Affected[],
  ): Promise<void> {
    for (const person of held.byId.values()) if (person.hasOwnRecord) this.#ownRecords.add(person.id);
    const ids = affected.map(({ id }) => id);
    await this.#layPeople(db, held, ids);
    await this.#layTies(
      db,
      held.byId,
      affected.filter(({ is_child }) => is_child).map(({ id }) => id),
    );
    await this.#layFamilies(db, held.byId, ids);
  }

  /** Where the values that the source would have told came from: from it. */
  layOrigins(byId: ReadonlyMap<string, Person>, rules: FieldRules): void {
    for (const [id, { told }] of this.#people) {
      const origins = byId.get(id)?.origins;
      for (const [field, at] of Object.entries(told)) {
        origins?.set(field, rules.originOf(at === null ? null : new Date(at)));
      }
    }
  }

  /** Takes for held what earlier pages came to of marriages. */
  layMarriages(marriages: Marriages): void {
    for (const [id, { married }] of this.#people) if (married !== undefined) marriages.lay(id, married);
  }

  /** What the source would have said last in the records of these keys; keys and digests in hex. */
  async findSaid(
    db: Queryable,
    keys: readonly string[],
  ): Promise<Map<string, { readonly digest: string; readonly individualId: string }>> {
    const { rows } = await db.query<{ key: string; digest: string; individual_id: string }>({
      ...SELECT_SAID,
      values: [this.#of.importRunId, keys.map(bytes)],
    });
    return new Map(rows.map((row) => [row.key, { digest: row.digest, individualId: row.individual_id }]));
  }

  /** Keeps what the page has come to, for the pages behind it. */
  async keep(
    db: Writable,
    state: PageState,
    said: readonly { readonly key: string; readonly digest: string; readonly individualId: string }[],
    marriages: Marriages | null,
  ): Promise<void> {
    const run = this.#of.importRunId;
    const people = [...state.people].filter((person) => this.#isAltered(person));
    const laid = people.map((person) => this.#laid(person, marriages));
    const identifiers = people.flatMap(({ id, newIdentifiers }) =>
      this.#marks(newIdentifiers).map((mark) => ({ mark, id })),
    );
    const ties = [...state.newTies, ...state.retypedTies];
    const memberships = state.newMemberships;
    await runForRows(db, UPSERT_PEOPLE, people, [
      run,
      people.map(({ id }) => id),
      people.map(({ id, isNew }) => isNew || this.#made.has(id)),
      laid.map((person) => this.#of.keys.seal(JSON.stringify(person))),
    ]);
    await runForRows(db, INSERT_IDENTIFIERS, identifiers, [
      run,
      identifiers.map(({ mark }) => mark),
      identifiers.map(({ id }) => id),
    ]);
    await runForRows(db, UPSERT_TIES, ties, [
      run,
      ties.map(({ id }) => id),
      ties.map(({ type }) => type),
      ties.map(({ parent }) => parent.id),
      ties.map(({ child }) => child.id),
    ]);
    await runForRows(db, INSERT_MEMBERSHIPS, memberships, [
      run,
      memberships.map(({ person }) => person.id),
      memberships.map(({ family }) => family.id),
      memberships.map(({ role }) => role === 'head'),
    ]);
    await runForRows(db, UPSERT_SAID, said, [
      run,
      said.map(({ key }) => bytes(key)),
      said.map(({ digest }) => bytes(digest)),
      said.map(({ individualId }) => individualId),
    ]);
  }

  async #layPeople(
    db: Queryable,
    { byId, byIdentifier }: { readonly byId: Map<string, Person>; readonly byIdentifier: Map<string, Person> },
    ids: readonly string[],
  ): Promise<void> {
    const { rows } = await db.query<{ individual_id: string; is_new: boolean; person_sealed: Buffer }>({
      ...SELECT_PEOPLE,
      values: [this.#of.importRunId, ids],
    });
    for (const row of rows) {
      // Written by `keep` alone, and the seal tells of any change.
      const laid = JSON.parse(this.#of.keys.open(row.person_sealed)) as LaidPerson;
      const person = row.is_new
        ? new Person(row.individual_id, false, laid.values, laid.hasOwnRecord, false, 1)
        : byId.get(row.individual_id);
      // Somebody who was deleted meanwhile.
      if (person === undefined) continue;
      if (row.is_new) this.#made.add(person.id);
      Object.assign(person.values, laid.values);
      person.hasOwnRecord ||= laid.hasOwnRecord;
      if (laid.hasOwnRecord) this.#ownRecords.add(person.id);
      this.#people.set(person.id, laid);
      byId.set(person.id, person);
      for (const identifier of laid.identifiers) {
        person.identifierKeys.add(typedKey(identifier));
        byIdentifier.set(typedKey(identifier), person);
      }
    }
  }

  async #layTies(db: Queryable, byId: ReadonlyMap<string, Person>, children: readonly string[]): Promise<void> {
    const { rows } = await db.query<{ id: string; type: ParentalType; parent_id: string; child_id: string }>({
      ...SELECT_TIES,
      values: [this.#of.importRunId, children],
    });
    for (const { id, type, parent_id, child_id } of rows) {
      const parent = byId.get(parent_id);
      const child = byId.get(child_id);
      if (parent === undefined || child === undefined) continue;
      const held = child.parents.find((tie) => tie.parent === parent);
      const tie = held ?? { id, isNew: false, type, parent, child };
      tie.type = type;
      if (held === undefined) child.parents.push(tie);
      parent.unsettledChildren = parent.unsettledChildren.filter((other) => other !== tie);
      if (type === 'parent_of') parent.unsettledChildren.push(tie);
    }
  }

  async #layFamilies(db: Queryable, byId: ReadonlyMap<string, Person>, ids: readonly string[]): Promise<void> {
    const { rows } = await db.query<{ individual_id: string; group_id: string; is_head: boolean }>({
      ...SELECT_MEMBERSHIPS,
      values: [this.#of.importRunId, ids],
    });
    if (rows.length === 0) return;
    const families = new Map<string, Family>();
    for (const { ownFamily, families: others } of byId.values()) {
      for (const family of ownFamily === null ? others : [ownFamily, ...others]) families.set(family.id, family);
    }
    for (const { individual_id, group_id, is_head } of rows) {
      const person = byId.get(individual_id);
      if (person === undefined) continue;
      const family = families.get(group_id) ?? { id: group_id, made: null };
      families.set(group_id, family);
      if (is_head) person.ownFamily ??= family;
      else if (person.ownFamily !== family && !person.families.includes(family)) person.families.push(family);
    }
  }

  #isAltered(person: Person): boolean {
    const { id, isNew, changed, hasOwnRecord } = person;
    return isNew || changed.size > 0 || (hasOwnRecord && !this.#ownRecords.has(id));
  }

  #laid({ id, values, changed, newIdentifiers, hasOwnRecord }: Person, marriages: Marriages | null): LaidPerson {
    const laid = this.#people.get(id);
    const told = new Map<string, string | null>(
      [...changed].map(([field, teller]) => [field, teller.told?.saidAt ?? null]),
    );
    return {
      values,
      identifiers: [...(laid?.identifiers ?? []), ...newIdentifiers],
      hasOwnRecord,
      married: changed.has('marriages') ? withEarlier(laid?.married, marriages?.knownOf(id)) : laid?.married,
      told: { ...laid?.told, ...Object.fromEntries<string | null>(told) },
    };
  }

  #marks(identifiers: readonly Identifier[]): Buffer[] {
    return this.#of.erased.identifierMarks(identifiers);
  }
}

/** Forgets what the pages of a preview came to: there is none behind them. */
export async function clearOverlay(db: Queryable, importRunId: string): Promise<void> {
  for (const statement of CLEAR) await db.query({ ...statement, values: [importRunId] });
}

/** The spouses of earlier pages are held by now as far as the page knows. */
function withEarlier(
  earlier: MarriagesOfPerson | undefined,
  now: MarriagesOfPerson | undefined,
): MarriagesOfPerson | undefined {
  if (earlier === undefined || now === undefined) return now ?? earlier;
  return { marriages: now.marriages, spouseIds: [...earlier.spouseIds, ...now.spouseIds] };
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}
