import { type PoolClient } from 'pg';
import { type Writable } from '../../database/write-behind.js';
import { change, type Origin, writeChanges } from '../write-changes.js';
import { newId } from '../write-id.js';
import { insertRelationships } from '../write-links.js';
import { runForRows } from '../write-statement.js';
import { type Person } from './write-person.js';

/** A marriage of one of the two, held or about to be. */
export interface MarriageOfOne {
  readonly id: string;
  readonly isNew: boolean;
  readonly individualId: string;
  spouseId: string | null;
  readonly marriedOn: string;
  divorcedOn: string | null;
}

/** What a page tells of one marriage. */
export interface Couple {
  readonly one: Person;
  /** `null`: nobody says who. */
  readonly other: Person | null;
  /** `null`: nobody says when. Days are `YYYY-MM-DD`. */
  readonly marriedOn: string | null;
  readonly divorcedOn: string | null;
}

/** What is known of the marriages of a person by the end of a page. */
export interface MarriagesOfPerson {
  readonly marriages: readonly MarriageOfOne[];
  /** Those with whom the page ties the person. */
  readonly spouseIds: readonly string[];
}

/** Ids of the rows that a page wrote about marriages: what an undo needs. */
export interface MarriageTrace {
  readonly relationships: readonly string[];
  readonly marriages: readonly string[];
  /** Of those held before: which gained a spouse, and which a day of divorce. */
  readonly spousesTold: readonly string[];
  readonly divorcesTold: readonly string[];
}

const SELECT_MARRIAGES = {
  name: 'write-marriages-held',
  text: `
    select id, false as "isNew", individual_id as "individualId", spouse_id as "spouseId", married_on as "marriedOn",
      divorced_on as "divorcedOn"
    from marriages
    where individual_id = any ($1::uuid[])`,
};

const SELECT_COUPLES = {
  name: 'write-couples-held',
  text: `
    select source_id as one, target_id as other from relationships
    where type = 'spouse_of' and source_id = any ($1::uuid[])
    union all
    select source_id, target_id from relationships
    where type = 'spouse_of' and target_id = any ($1::uuid[])`,
};

const INSERT_MARRIAGES = {
  name: 'write-insert-marriages',
  text: `
    insert into marriages (id, individual_id, spouse_id, married_on, divorced_on)
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::date[])`,
};

const UPDATE_MARRIAGES = {
  name: 'write-update-marriages',
  text: `
    update marriages m set spouse_id = n.spouse_id, divorced_on = n.divorced_on
    from unnest($1::uuid[], $2::uuid[], $3::date[]) as n (id, spouse_id, divorced_on)
    where m.id = n.id`,
};

/** The marriages of the people of a page: what is held, with what its records add. */
export class Marriages {
  /** Of each person by the day. */
  readonly #held = new Map<string, Map<string, MarriageOfOne>>();
  readonly #couples = new Set<string>();
  readonly #changed = new Set<MarriageOfOne>();
  readonly #spousesTold: string[] = [];
  readonly #divorcesTold: string[] = [];
  readonly #newTies: { readonly id: string; readonly sourceId: string; readonly targetId: string }[] = [];

  /** Reads what is held of these people, who are locked. */
  static async load(client: PoolClient, individualIds: readonly string[]): Promise<Marriages> {
    const marriages = new Marriages();
    const held = await client.query<MarriageOfOne>({ ...SELECT_MARRIAGES, values: [individualIds] });
    for (const row of held.rows) marriages.#of(row.individualId).set(row.marriedOn, row);
    const couples = await client.query<{ one: string; other: string }>({ ...SELECT_COUPLES, values: [individualIds] });
    for (const { one, other } of couples.rows) marriages.#couples.add(coupleKey(one, other));
    return marriages;
  }

  /**
   * Takes what is told of a marriage; what is known of it stays, but that it is not known to have ended. The people of
   * whom something was new.
   */
  take({ one, other, marriedOn, divorcedOn }: Couple): Person[] {
    const changed = new Set<Person>();
    if (marriedOn !== null) {
      if (this.#takeDay(one.id, other?.id ?? null, marriedOn, divorcedOn)) changed.add(one);
      if (other !== null && this.#takeDay(other.id, one.id, marriedOn, divorcedOn)) changed.add(other);
    }
    // Who is divorced was a spouse and is none.
    if (other !== null && divorcedOn === null && !this.#couples.has(coupleKey(one.id, other.id))) {
      this.#couples.add(coupleKey(one.id, other.id));
      this.#newTies.push({ id: newId(), sourceId: one.id, targetId: other.id });
      changed.add(one);
      changed.add(other);
    }
    return [...changed];
  }

  /** What is known of one person by now. */
  knownOf(individualId: string): MarriagesOfPerson {
    const tied = this.#newTies.filter(({ sourceId, targetId }) => [sourceId, targetId].includes(individualId));
    return {
      marriages: [...this.#of(individualId).values()],
      spouseIds: tied.map(({ sourceId, targetId }) => (sourceId === individualId ? targetId : sourceId)),
    };
  }

  /** Takes for held what an earlier page, which was not written, came to of a person. */
  lay(individualId: string, { marriages, spouseIds }: MarriagesOfPerson): void {
    for (const marriage of marriages) this.#of(individualId).set(marriage.marriedOn, { ...marriage, isNew: false });
    for (const spouseId of spouseIds) this.#couples.add(coupleKey(individualId, spouseId));
  }

  /** Writes what the page has come to, after the people themselves, in statements that do not depend on how much it is. */
  async write(db: Writable, dataSourceId: string, origin: Origin): Promise<MarriageTrace> {
    const made = [...this.#changed].filter(({ isNew }) => isNew);
    const altered = [...this.#changed].filter(({ isNew }) => !isNew);
    await runForRows(db, INSERT_MARRIAGES, made, [
      made.map(({ id }) => id),
      made.map(({ individualId }) => individualId),
      made.map(({ spouseId }) => spouseId),
      made.map(({ marriedOn }) => marriedOn),
      made.map(({ divorcedOn }) => divorcedOn),
    ]);
    await runForRows(db, UPDATE_MARRIAGES, altered, [
      altered.map(({ id }) => id),
      altered.map(({ spouseId }) => spouseId),
      altered.map(({ divorcedOn }) => divorcedOn),
    ]);
    const ties = this.#newTies.map((row) => ({ ...row, type: 'spouse_of' as const }));
    await insertRelationships(db, ties, dataSourceId);
    await writeChanges(
      db,
      origin,
      ties.map(({ id }) => change('relationship', id, 'created')),
    );
    return {
      relationships: ties.map(({ id }) => id),
      marriages: made.map(({ id }) => id),
      spousesTold: this.#spousesTold,
      divorcesTold: this.#divorcesTold,
    };
  }

  #takeDay(individualId: string, spouseId: string | null, marriedOn: string, divorcedOn: string | null): boolean {
    const held = this.#of(individualId).get(marriedOn);
    if (held === undefined) {
      const made = { id: newId(), isNew: true, individualId, spouseId, marriedOn, divorcedOn };
      this.#of(individualId).set(marriedOn, made);
      this.#changed.add(made);
      return true;
    }
    const tellsSpouse = held.spouseId === null && spouseId !== null;
    const tellsDivorce = held.divorcedOn === null && divorcedOn !== null;
    if (!tellsSpouse && !tellsDivorce) return false;
    if (tellsSpouse && !held.isNew) this.#spousesTold.push(held.id);
    if (tellsDivorce && !held.isNew) this.#divorcesTold.push(held.id);
    held.spouseId ??= spouseId;
    held.divorcedOn ??= divorcedOn;
    this.#changed.add(held);
    return true;
  }

  #of(individualId: string): Map<string, MarriageOfOne> {
    const marriages = this.#held.get(individualId) ?? new Map<string, MarriageOfOne>();
    this.#held.set(individualId, marriages);
    return marriages;
  }
}

/** The two may be tied from either side. */
function coupleKey(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
