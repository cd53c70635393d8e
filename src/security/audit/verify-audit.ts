import type { Queryable } from '../../database/pool.js';
import type { Keys } from '../keys.js';
import { entryTextSql } from './chain.js';
import {
  CHAIN_START,
  disclosureDigest,
  type DisclosureText,
  entryDigest,
  type EntryText,
  instantText,
  linkHash,
} from './digests.js';
import { type CheckpointFault, verifyCheckpoints } from './verify-checkpoints.js';

/** Links of one statement: what is held in memory at once. */
const BATCH = 2_000;
/** Findings that are told one by one. */
const TOLD_FINDINGS = 100;

/** Something in the record that is not as it was written. */
export interface AuditFinding {
  readonly code:
    | 'link.missing'
    | 'link.changed'
    | 'entry.missing'
    | 'entry.changed'
    | 'entry.unlinked'
    | 'disclosure.missing'
    | 'disclosure.changed'
    | 'disclosure.added'
    | 'evidence.missing'
    | 'evidence.changed'
    | 'evidence.added'
    | CheckpointFault;
  /** Place in the chain, where it has one. */
  readonly position: string | null;
  /** Id of the entry concerned, where it is known. */
  readonly entry: string | null;
}

/** What was looked at and what was found. */
export interface AuditVerdict {
  readonly links: number;
  readonly disclosures: number;
  readonly checkpoints: number;
  /** Entries that the chain does not hold yet; it is a second behind. */
  readonly waiting: number;
  /** Of all findings, of which the first hundred are told. */
  readonly found: number;
  readonly findings: readonly AuditFinding[];
}

/** How it is verified. */
export interface VerifyOptions {
  /** Opens the proofs of checkpoints, which somebody who has only the database cannot make. */
  readonly keys: Pick<Keys, 'open'>;
  /** A checkpoint that was exported: it tells of what was cut off behind it. */
  readonly anchor?: ExportedCheckpoint | undefined;
  /** Called after every batch with the links looked at so far. */
  readonly onProgress?: ((links: number) => void) | undefined;
}

/** A checkpoint in a file of the operator's. */
export interface ExportedCheckpoint {
  readonly position: string;
  /** Of the link, base64url. */
  readonly hash: string;
}

/** `isDisclosureDue`: its time is not over, so it has to be there. */
interface LinkRow extends EntryText {
  readonly position: string;
  readonly linkedEntry: string;
  readonly entryExists: boolean;
  readonly linkDigest: Buffer;
  readonly linkHash: Buffer;
  readonly disclosure: DisclosureText | null;
  readonly isDisclosureDue: boolean;
  readonly heldEvidenceDigest: string | null;
  readonly heldEvidenceRetainUntil: string | null;
  readonly isEvidenceDue: boolean;
}

const SELECT_LINKS = {
  name: 'audit-verify-links',
  text: `
    select l.position::text as position, l.audit_entry_id::text as "linkedEntry", e.id is not null as "entryExists",
      l.entry_digest as "linkDigest", l.hash as "linkHash", ${entryTextSql('e')},
      case when d.audit_entry_id is not null then json_build_object(
        'at', ${instantText('d.at')}, 'actor', d.actor, 'action', d.action, 'registry', d.registry,
        'correlationId', d.correlation_id, 'purpose', d.purpose, 'people', array_to_string(d.people, ','),
        'fields', array_to_string(d.fields, ','), 'retainUntil', ${instantText('d.retain_until')}) end as disclosure,
      coalesce(e.disclosure_retain_until >= now(), false) as "isDisclosureDue",
      encode(sha256(v.evidence_sealed), 'hex') as "heldEvidenceDigest",
      ${instantText('v.retain_until')} as "heldEvidenceRetainUntil",
      coalesce(e.evidence_retain_until >= now() and not exists (
        select from erased_evidence x join audit_entries by_entry on by_entry.id = x.erased_by
        where x.audit_entry_id = e.id and by_entry.action = 'evidence.erased'
          and (by_entry.detail -> 'entries')::jsonb ? e.id::text
      ), false) as "isEvidenceDue"
    from audit_links l
    left join audit_entries e on e.id = l.audit_entry_id
    left join disclosures d on d.audit_entry_id = l.audit_entry_id
    left join disclosure_evidence v on v.audit_entry_id = l.audit_entry_id
    where l.position > $1 order by l.position limit ${String(BATCH)}`,
};

/** Entries that neither the chain holds nor the table of those that wait for it. */
const COUNT_UNLINKED = {
  name: 'audit-verify-unlinked',
  text: `
    select count(*)::integer as unlinked, min(e.id)::text as first, (select count(*)::integer from audit_unlinked) as waiting
    from audit_entries e
    where not exists (select from audit_links l where l.audit_entry_id = e.id)
      and not exists (select from audit_unlinked u where u.audit_entry_id = e.id)`,
};

/**
 * Reads the whole record through, from the first link to the last, holding a batch of it in memory: every entry against
 * its link, every link against the one before, disclosures and evidence against their entries, checkpoints against the
 * chain. What is past its time may be gone; everything else that is missing or other than it was is found.
 */
export async function verifyAudit(db: Queryable, options: VerifyOptions): Promise<AuditVerdict> {
  const { keys, anchor, onProgress } = options;
  const found = new Findings();
  let before: Place = { position: 0n, hash: CHAIN_START };
  let disclosures = 0;
  let links = 0;
  let isAnchorMet = anchor === undefined;
  for (;;) {
    const { rows } = await db.query<LinkRow>({ ...SELECT_LINKS, values: [String(before.position)] });
    for (const row of rows) {
      checkLink(row, before, found);
      if (row.entryExists) checkEntry(row, found);
      if (row.position === anchor?.position) isAnchorMet = row.linkHash.toString('base64url') === anchor.hash;
      if (row.disclosure !== null) disclosures += 1;
      before = { position: BigInt(row.position), hash: row.linkHash };
    }
    links += rows.length;
    onProgress?.(links);
    if (rows.length < BATCH) break;
  }
  if (!isAnchorMet) found.add('checkpoint.unmet', anchor?.position ?? null, null);
  const checkpoints = await verifyCheckpoints(db, keys, (code, position) => found.add(code, position, null));
  const rest = (await db.query<{ unlinked: number; first: string | null; waiting: number }>(COUNT_UNLINKED)).rows[0];
  if (rest !== undefined && rest.unlinked > 0) found.add('entry.unlinked', null, rest.first, rest.unlinked);
  return {
    links,
    disclosures,
    checkpoints,
    waiting: rest?.waiting ?? 0,
    found: found.count,
    findings: found.told,
  };
}

/** A link as far as the next one goes on from it. */
interface Place {
  readonly position: bigint;
  readonly hash: Buffer;
}

class Findings {
  readonly told: AuditFinding[] = [];
  count = 0;

  add(code: AuditFinding['code'], position: string | null, entry: string | null, times = 1): void {
    this.count += times;
    if (this.told.length < TOLD_FINDINGS) this.told.push({ code, position, entry });
  }
}

function checkLink(row: LinkRow, before: Place, found: Findings): void {
  const next = before.position + 1n;
  if (BigInt(row.position) !== next) found.add('link.missing', String(next), null);
  else if (!linkHash(before.hash, row.linkDigest).equals(row.linkHash)) {
    found.add('link.changed', row.position, row.linkedEntry);
  }
  if (!row.entryExists) found.add('entry.missing', row.position, row.linkedEntry);
  else if (!entryDigest(row).equals(row.linkDigest)) found.add('entry.changed', row.position, row.id);
}

function checkEntry(row: LinkRow, found: Findings): void {
  const { position, id, disclosure, heldEvidenceDigest } = row;
  if (disclosure === null) {
    if (row.isDisclosureDue) found.add('disclosure.missing', position, id);
  } else if (row.disclosureDigest === null) found.add('disclosure.added', position, id);
  else if (
    disclosureDigest(disclosure).toString('hex') !== row.disclosureDigest ||
    disclosure.retainUntil !== row.disclosureRetainUntil
  ) {
    found.add('disclosure.changed', position, id);
  }
  if (heldEvidenceDigest === null) {
    if (row.isEvidenceDue) found.add('evidence.missing', position, id);
  } else if (row.evidenceDigest === null) found.add('evidence.added', position, id);
  else if (heldEvidenceDigest !== row.evidenceDigest || row.heldEvidenceRetainUntil !== row.evidenceRetainUntil) {
    found.add('evidence.changed', position, id);
  }
}
