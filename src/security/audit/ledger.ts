import type { Pool } from 'pg';
import { GroupCommit } from '../../database/group-commit.js';
import type { Queryable } from '../../database/pool.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import type { Caller } from '../bearer.js';
import type { Keys } from '../keys.js';
import { disclosureDigestSql } from './digests.js';

/** Something that was done, without a word about people of the registry. */
export interface Deed {
  /** `client.created`, `token.issued`, `import.started` ... */
  readonly action: string;
  /** As `Caller.actor`; `operator:<user>` for the command line, `gateway` for what nobody asked for. */
  readonly actor: string;
  /** Counts, codes and ids of our own. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/** People of whom an answer tells something, and what. */
export interface Shown {
  readonly record: RecordKind;
  /** Ids of the individuals whom such records are about: of a group, of all its members that are shown. */
  readonly individualIds: readonly string[];
  /** By `fieldKey`. */
  readonly fields: readonly string[];
}

/** An answer that is about to leave. */
export interface Disclosure {
  readonly caller: Pick<Caller, 'actor' | 'access'>;
  /** `search.answered`, `graph.answered`, `notify.sent` ... */
  readonly action: string;
  readonly registry: RegistryKind | null;
  /** Names the request in the log and to the caller; a UUID. */
  readonly correlationId: string;
  /** Code or text of the purpose that the caller gave. */
  readonly purpose: string | null;
  /** Consent and authorize objects as they came; `null` where there were none. */
  readonly evidence: { readonly consent?: unknown; readonly authorize?: unknown } | null;
  readonly shown: readonly Shown[];
  /** Counts and codes for the entry of the audit. */
  readonly detail?: Deed['detail'];
}

/** The settings of the ledger. */
export interface LedgerOptions {
  readonly pool: Pool;
  readonly keys: Pick<Keys, 'seal'>;
  /** How long it is kept who was told of whom. */
  readonly disclosureRetentionDays: number;
  /** How long consent and authorize objects are kept. */
  readonly evidenceRetentionDays: number;
}

const NOTE = {
  name: 'audit-note',
  text: `
    insert into audit_entries (action, actor, detail)
    select n.action, n.actor, n.detail from json_to_recordset($1) as n (action text, actor text, detail json)`,
};

/**
 * Entries, who was told of, and the evidence of several answers, in one statement: all of it is written or nothing.
 * The keys of the people are looked up answer by answer, which reads the index however many people there are.
 */
const DISCLOSE = {
  name: 'audit-disclose',
  text: `
    with given as materialized (
      select nextval('audit_entries_id_seq') as id, clock_timestamp() as at, g.*, (
        select coalesce(array_agg(i.ledger_key order by i.ledger_key), '{}')
        from individuals i where i.id = any (g.individuals)
      ) as people
      from json_to_recordset($1) as g (
        action text, actor text, detail json, registry text, correlation_id uuid, purpose text, individuals uuid[],
        fields text[], evidence bytea
      )
    ), dated as materialized (
      select given.*, at + make_interval(days => $2) as retain_until,
        case when evidence is not null then at + make_interval(days => $3) end as evidence_retain_until
      from given
    ), entry as (
      insert into audit_entries (
        id, at, action, actor, detail, disclosure_digest, disclosure_retain_until, evidence_digest,
        evidence_retain_until)
      overriding system value
      select id, at, action, actor, detail, ${disclosureDigestSql('dated')}, retain_until, sha256(evidence),
        evidence_retain_until
      from dated
    ), disclosed as (
      insert into disclosures
        (audit_entry_id, at, actor, action, registry, correlation_id, purpose, people, fields, retain_until)
      select id, at, actor, action, registry, correlation_id, purpose, people, fields, retain_until from dated
    )
    insert into disclosure_evidence (audit_entry_id, evidence_sealed, retain_until)
    select id, evidence, evidence_retain_until from dated where evidence is not null`,
};

/** `$2` is what is added. No row comes back where the limit `$3` would be passed. */
const SPEND = {
  name: 'audit-spend',
  text: `
    insert into record_budgets (actor, hour, people)
    select $1, date_trunc('hour', now()), $2::integer where $2::integer <= $3::integer
    on conflict (actor, hour) do update set people = record_budgets.people + excluded.people
      where record_budgets.people + excluded.people <= $3::integer
    returning people`,
};

/** A row comes back at the first refusal of the hour. */
const REFUSE = {
  name: 'audit-refuse',
  text: `
    insert into record_budgets (actor, hour, people, refused) values ($1, date_trunc('hour', now()), 0, true)
    on conflict (actor, hour) do update set refused = true where not record_budgets.refused
    returning 1`,
};

/** Of a purpose, which a caller writes. */
const LONGEST_PURPOSE = 500;

/** Columns of `NOTE`. */
interface Note {
  readonly action: string;
  readonly actor: string;
  readonly detail: NonNullable<Deed['detail']>;
}

/** Columns of `DISCLOSE`. */
interface DisclosureRow extends Note {
  readonly registry: RegistryKind | null;
  readonly correlation_id: string;
  readonly purpose: string | null;
  readonly individuals: readonly string[];
  readonly fields: readonly string[];
  /** As PostgreSQL reads bytes: `\\x` and hexadecimal digits. */
  readonly evidence: string | null;
}

/** Where everything that was done, and everybody who was told of somebody, is written down. */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #notes: GroupCommit<Note>;
  readonly #disclosures: GroupCommit<DisclosureRow>;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#notes = new GroupCommit((rows) => this.#writeNotes(rows, options.pool));
    this.#disclosures = new GroupCommit((rows) => this.#writeDisclosures(rows, options.pool));
  }

  /** Writes down a deed in the caller's transaction, or at once. Rejects where it could not be written. */
  async note({ action, actor, detail = {} }: Deed, db: Queryable = this.#options.pool): Promise<void> {
    const row = { action, actor, detail };
    await (db === this.#options.pool ? this.#notes.write(row) : this.#writeNotes([row], db));
  }

  /**
   * Writes down an answer; it may leave only when this has resolved. Throws a `Problem` `RECORD_BUDGET_SPENT` when the
   * caller may be told of fewer people in this hour; rejects where it could not be written.
   */
  async disclose(disclosure: Disclosure, db: Queryable = this.#options.pool): Promise<void> {
    const { caller, action, registry, correlationId, purpose, evidence, shown, detail = {} } = disclosure;
    const individuals = [...new Set(shown.flatMap(({ individualIds }) => individualIds))];
    await this.#spend(caller, individuals.length, db);
    const row: DisclosureRow = {
      action,
      actor: caller.actor,
      detail: { ...detail, people: individuals.length },
      registry,
      correlation_id: correlationId,
      purpose: purpose === null ? null : storableText(purpose.slice(0, LONGEST_PURPOSE)),
      individuals,
      fields: [...new Set(shown.flatMap(({ fields }) => fields))].sort(),
      evidence: evidence === null ? null : `\\x${this.#options.keys.seal(JSON.stringify(evidence)).toString('hex')}`,
    };
    await (db === this.#options.pool ? this.#disclosures.write(row) : this.#writeDisclosures([row], db));
  }

  async #writeNotes(rows: readonly Note[], db: Queryable): Promise<void> {
    await db.query({ ...NOTE, values: [JSON.stringify(rows)] });
  }

  async #writeDisclosures(rows: readonly DisclosureRow[], db: Queryable): Promise<void> {
    const { disclosureRetentionDays, evidenceRetentionDays } = this.#options;
    await db.query({
      ...DISCLOSE,
      values: [JSON.stringify(rows), disclosureRetentionDays, evidenceRetentionDays],
    });
  }

  async #spend({ actor, access }: Disclosure['caller'], people: number, db: Queryable): Promise<void> {
    const { recordsPerHour } = access;
    if (recordsPerHour === null || people === 0) return;
    const { rowCount } = await db.query({ ...SPEND, values: [actor, people, recordsPerHour] });
    if (rowCount !== 0) return;
    // In a transaction, which the refusal ends, there is nothing to write into; the row is locked for others.
    if (db === this.#options.pool) await this.#noteRefusal(actor, people, recordsPerHour);
    throw new Problem(
      'RECORD_BUDGET_SPENT',
      `This caller may be told of ${String(recordsPerHour)} people in an hour: wait for the next hour, or ask for fewer`,
    );
  }

  /** Once in an hour: who is over the limit may go on trying. */
  async #noteRefusal(actor: string, people: number, recordsPerHour: number): Promise<void> {
    const { rowCount } = await this.#options.pool.query({ ...REFUSE, values: [actor] });
    if (rowCount === 0) return;
    await this.note({ action: 'budget.spent', actor, detail: { asked: people, recordsPerHour } });
  }
}

/** What PostgreSQL can hold of a text: no NUL, no half of a surrogate pair. */
function storableText(text: string): string {
  return Buffer.from(text.replaceAll('\0', ''), 'utf8').toString('utf8');
}
