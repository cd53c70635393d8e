import type { Pool } from 'pg';
import { Ledger } from '../../src/security/audit/ledger.js';
import type { Keys } from '../../src/security/keys.js';

/** A ledger as the gateway has it. */
export function testLedger(pool: Pool, keys: Keys): Ledger {
  return new Ledger({ pool, keys, disclosureRetentionDays: 3650, evidenceRetentionDays: 365 });
}

/** What stands in the ledger, in its order. */
export interface LedgerEntry {
  readonly action: string;
  readonly actor: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly registry: string | null;
  readonly correlationId: string | null;
  readonly purpose: string | null;
  /** UINs of those who were told of who have one. */
  readonly uins: readonly string[];
  readonly fields: readonly string[];
  readonly evidence: string | null;
}

/** All that is on record, with the words of an action; `evidence` as it came. */
export async function onRecord(pool: Pool, keys: Pick<Keys, 'open'>, action?: string): Promise<LedgerEntry[]> {
  const { rows } = await pool.query<Omit<LedgerEntry, 'evidence'> & { sealed: Buffer | null }>(
    `select e.action, e.actor, e.detail, d.registry, d.correlation_id as "correlationId", d.purpose,
       array(
         select h.value from individuals i join identifiers h on h.individual_id = i.id and h.type = 'UIN'
         where i.ledger_key = any(d.people) order by h.value
       ) as uins, coalesce(d.fields, '{}') as fields, v.evidence_sealed as sealed
     from audit_entries e
     left join disclosures d on d.audit_entry_id = e.id
     left join disclosure_evidence v on v.audit_entry_id = e.id
     where $1::text is null or e.action = $1 order by e.id`,
    [action ?? null],
  );
  return rows.map(({ sealed, ...entry }) => ({ ...entry, evidence: sealed === null ? null : keys.open(sealed) }));
}
