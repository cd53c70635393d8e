import { type Queryable } from '../../database/pool.js';
import { type IndividualRecord } from '../../record/individual-record.js';
import { newId } from '../write-id.js';
import { runForRows } from '../write-statement.js';
import { type Question } from './write-outcome.js';

/** What a person can decide of a conflict. */
export const DECISIONS = ['link', 'merge', 'keep_apart', 'reject'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What was decided of one question. */
export interface Decided {
  readonly decision: Decision;
  /** The person whom the record, or the parent in it, was decided to be. */
  readonly individualId: string | null;
}

/** A question with the record that raises it. */
export interface RaisedQuestion {
  readonly question: Question;
  readonly record: IndividualRecord;
  /** Place of the record on its page. */
  readonly ordinal: number;
}

/** What the desk works with; see `Keys`. */
export interface DeskKeys {
  seal(text: string): Buffer;
  /** Keyed: 32 bytes, the same for the same text. */
  hashSecret(text: string): Buffer;
}

/** Where a page of records comes from: noted with its cases. */
export interface CaseOrigin {
  readonly dataSourceId: string;
  readonly importRunId: string | null;
  readonly page: number | null;
}

const SELECT_DECIDED = {
  name: 'conflicts-select-decided',
  text: `
    select distinct encode(c.fingerprint, 'hex') as fingerprint, c.decision, c.decided_individual_id
    from conflict_case_people p join conflict_cases c on c.id = p.case_id
    where p.individual_id = any ($2::uuid[]) and c.data_source_id = $1 and c.state = 'decided'`,
};

/**
 * Whoever comes second to one question finds it asked. An open case takes the latest words of the source; one that was
 * decided before this transaction began is open again: the decision does not answer it any more.
 */
const UPSERT_CASES = {
  name: 'conflicts-upsert-cases',
  text: `
    insert into conflict_cases as c (id, data_source_id, kind, about, field, fingerprint, record_sealed, record_digest,
      import_run_id, page, ordinal)
    select n.id, $1, n.kind, n.about, n.field, n.fingerprint, n.record_sealed, n.record_digest, $2, $3, n.ordinal
    from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::bytea[], $10::bytea[], $11::integer[])
      as n (id, kind, about, field, fingerprint, record_sealed, record_digest, ordinal)
    order by n.fingerprint
    on conflict (fingerprint) do update
    set record_sealed = excluded.record_sealed, record_digest = excluded.record_digest, state = 'open',
      decision = null, decided_individual_id = null, decided_by = null, decided_at = null
    where c.state = 'open' and c.record_digest <> excluded.record_digest
      or c.state = 'decided' and c.decided_at < now()`,
};

const INSERT_PEOPLE = {
  name: 'conflicts-insert-people',
  text: `
    insert into conflict_case_people (case_id, individual_id, place)
    select c.id, n.individual_id, n.place
    from unnest($1::bytea[], $2::uuid[], $3::integer[]) as n (fingerprint, individual_id, place)
    join conflict_cases c on c.fingerprint = n.fingerprint
    on conflict do nothing`,
};

/** What was decided of the questions that the records of a page can raise. */
export class Decisions {
  /** Nothing was, and of no type of identifier has a person only one. */
  static readonly NONE = new Decisions(new Map(), () => '', new Set());
  readonly #decided: ReadonlyMap<string, Decided>;
  readonly #fingerprint: (question: Question) => string;
  readonly #single: ReadonlySet<string>;

  constructor(
    decided: ReadonlyMap<string, Decided>,
    fingerprint: (question: Question) => string,
    single: ReadonlySet<string>,
  ) {
    this.#decided = decided;
    this.#fingerprint = fingerprint;
    this.#single = single;
  }

  /** Whether a person has only one identifier of this type. */
  isSingle(type: string): boolean {
    return this.#single.has(type.toUpperCase());
  }

  /** `null`: nobody has decided yet. */
  on(question: Question): Decided | null {
    return this.#decided.size === 0 ? null : (this.#decided.get(this.#fingerprint(question)) ?? null);
  }
}

/** Keeps what imports leave for a person to decide, and knows what was decided. */
export class ConflictDesk {
  readonly #keys: DeskKeys;
  readonly #single: ReadonlySet<string>;

  /** `singleIdentifiers`: types of which a person has only one, such as `NID`; without case. */
  constructor(keys: DeskKeys, singleIdentifiers: readonly string[]) {
    this.#keys = keys;
    this.#single = new Set(singleIdentifiers.map((type) => type.toUpperCase()));
  }

  /** What was decided of what the source says of these people. One statement; none where there is nobody. */
  async decisionsAbout(db: Queryable, dataSourceId: string, individualIds: readonly string[]): Promise<Decisions> {
    const decided = new Map<string, Decided>();
    if (individualIds.length > 0) {
      const { rows } = await db.query<{
        fingerprint: string;
        decision: Decision;
        decided_individual_id: string | null;
      }>({ ...SELECT_DECIDED, values: [dataSourceId, individualIds] });
      for (const row of rows) {
        decided.set(row.fingerprint, { decision: row.decision, individualId: row.decided_individual_id });
      }
    }
    return new Decisions(
      decided,
      (question) => this.#fingerprintOf(dataSourceId, question).toString('hex'),
      this.#single,
    );
  }

  /** Queues the questions, each once, however often and by however many it is raised. The people must be held already. */
  async queue(db: Queryable, origin: CaseOrigin, raised: readonly RaisedQuestion[]): Promise<void> {
    const cases = new Map<string, RaisedQuestion & { readonly fingerprint: Buffer }>();
    for (const one of raised) {
      const fingerprint = this.#fingerprintOf(origin.dataSourceId, one.question);
      cases.set(fingerprint.toString('hex'), { ...one, fingerprint });
    }
    const rows = [...cases.values()];
    const texts = rows.map(({ record }) => JSON.stringify(record));
    await runForRows(db, UPSERT_CASES, rows, [
      origin.dataSourceId,
      origin.importRunId,
      origin.page,
      rows.map(() => newId()),
      rows.map(({ question }) => question.kind),
      rows.map(({ question }) => question.about),
      rows.map(({ question }) => question.field),
      rows.map(({ fingerprint }) => fingerprint),
      texts.map((text) => this.#keys.seal(text)),
      rows.map(({ record }) => this.#keys.hashSecret(JSON.stringify(['conflict', 'record', wordsOf(record)]))),
      rows.map(({ ordinal }) => ordinal),
    ]);
    const people = rows.flatMap(({ fingerprint, question }) =>
      [...new Set(question.individualIds)].map((individualId, index) => ({
        fingerprint,
        individualId,
        place: index + 1,
      })),
    );
    await runForRows(db, INSERT_PEOPLE, people, [
      people.map(({ fingerprint }) => fingerprint),
      people.map(({ individualId }) => individualId),
      people.map(({ place }) => place),
    ]);
  }

  #fingerprintOf(dataSourceId: string, { kind, about, field, said }: Question): Buffer {
    return this.#keys.hashSecret(JSON.stringify(['conflict', dataSourceId, kind, about, field, said]));
  }
}

/** Without where it stood in the answer: a record that stands elsewhere next time says the same. */
function wordsOf(record: IndividualRecord): string {
  return JSON.stringify(record, (key, value: unknown) => (key === 'told' ? undefined : value));
}
