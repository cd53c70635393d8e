import type { Pool } from 'pg';
import type { Queryable } from '../../database/pool.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import type { Caller } from '../bearer.js';
import type { Keys } from '../keys.js';

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
  text: 'insert into audit_entries (action, actor, detail) values ($1, $2, $3)',
};

/** The entry, who was told of, and the evidence, in one statement: all of it is written or nothing. */
const DISCLOSE = {
  name: 'audit-disclose',
  text: `
    with told as (
      select coalesce(array_agg(i.ledger_key order by i.ledger_key), '{}') as people
      from individuals i where i.id = any($4::uuid[])
    ), entry as (
      insert into audit_entries (action, actor, detail, disclosure_digest)
      select $1, $2, $3, sha256(convert_to(
        jsonb_build_array($5::text, $6::text, $7::text, told.people, $8::text[])::text, 'UTF8'))
      from told
      returning id, at
    ), disclosed as (
      insert into disclosures
        (audit_entry_id, at, actor, action, registry, correlation_id, purpose, people, fields, retain_until)
      select entry.id, entry.at, $2, $1, $5, $6::uuid, $7, told.people, $8, entry.at + make_interval(days => $9)
      from entry, told
    )
    insert into disclosure_evidence (audit_entry_id, evidence_sealed, retain_until)
    select entry.id, $10::bytea, entry.at + make_interval(days => $11) from entry where $10::bytea is not null`,
};

/** `$3` is what is added. No row comes back where the limit `$4` would be passed. */
const SPEND = {
  name: 'audit-spend',
  text: `
    insert into record_budgets (actor, hour, people)
    select $1, date_trunc('hour', now()), $2::integer where $2::integer <= $3::integer
    on conflict (actor, hour) do update set people = record_budgets.people + excluded.people
      where record_budgets.people + excluded.people <= $3::integer
    returning people`,
};

/** Where everything that was done, and everybody who was told of somebody, is written down. */
export class Ledger {
  readonly #options: LedgerOptions;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** Writes down a deed in the caller's transaction, or at once. Rejects where it could not be written. */
  async note({ action, actor, detail = {} }: Deed, db: Queryable = this.#options.pool): Promise<void> {
    await db.query({ ...NOTE, values: [action, actor, detail] });
  }

  /**
   * Writes down an answer; it may leave only when this has resolved. Throws a `Problem` `RECORD_BUDGET_SPENT` when the
   * caller may be told of fewer people in this hour; rejects where it could not be written.
   */
  async disclose(disclosure: Disclosure, db: Queryable = this.#options.pool): Promise<void> {
    const { caller, action, registry, correlationId, purpose, evidence, shown, detail = {} } = disclosure;
    const ids = [...new Set(shown.flatMap(({ individualIds }) => individualIds))];
    await this.#spend(caller, ids.length, db);
    const { keys, disclosureRetentionDays, evidenceRetentionDays } = this.#options;
    await db.query({
      ...DISCLOSE,
      values: [
        action,
        caller.actor,
        { ...detail, people: ids.length },
        ids,
        registry,
        correlationId,
        purpose,
        [...new Set(shown.flatMap(({ fields }) => fields))].sort(),
        disclosureRetentionDays,
        evidence === null ? null : keys.seal(JSON.stringify(evidence)),
        evidenceRetentionDays,
      ],
    });
  }

  async #spend({ actor, access }: Disclosure['caller'], people: number, db: Queryable): Promise<void> {
    const { recordsPerHour } = access;
    if (recordsPerHour === null || people === 0) return;
    const { rowCount } = await db.query({ ...SPEND, values: [actor, people, recordsPerHour] });
    if (rowCount === 0) {
      throw new Problem(
        'RECORD_BUDGET_SPENT',
        `This caller may be told of ${String(recordsPerHour)} people in an hour: wait for the next hour, or ask for fewer`,
      );
    }
  }
}
