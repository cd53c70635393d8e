import { createHash } from 'node:crypto';

/**
 * What the chain covers of an entry, each value as text: moments in UTC with microseconds
 * (`2026-11-23T09:30:00.000000Z`), digests in hexadecimal, `detail` as it is stored, byte for byte.
 */
export interface EntryText {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly actor: string;
  readonly detail: string;
  readonly disclosureDigest: string | null;
  readonly disclosureRetainUntil: string | null;
  readonly evidenceDigest: string | null;
  readonly evidenceRetainUntil: string | null;
}

/** What the digest of a row of `disclosures` covers; ids and fields in their order, with commas between them. */
export interface DisclosureText {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly registry: string | null;
  readonly correlationId: string;
  readonly purpose: string | null;
  readonly people: string;
  readonly fields: string;
  readonly retainUntil: string;
}

/** A moment as the digests have it. */
export const instantText = (expression: string): string =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** SQL for `disclosureDigest` over columns of the alias: PostgreSQL and JavaScript write lists of texts alike. */
export const disclosureDigestSql = (alias: string): string => `sha256(convert_to(array_to_json(array[
  'disclosure-1', ${instantText(`${alias}.at`)}, ${alias}.actor, ${alias}.action, ${alias}.registry,
  ${alias}.correlation_id::text, ${alias}.purpose, array_to_string(${alias}.people, ','),
  array_to_string(${alias}.fields, ','), ${instantText(`${alias}.retain_until`)}]::text[])::text, 'UTF8'))`;

/** SHA-256 of the JSON list of all that the row says. */
export function disclosureDigest(row: DisclosureText): Buffer {
  const { at, actor, action, registry, correlationId, purpose, people, fields, retainUntil } = row;
  return sha256(
    JSON.stringify(['disclosure-1', at, actor, action, registry, correlationId, purpose, people, fields, retainUntil]),
  );
}

/** SHA-256 of the JSON list of all that the entry says. */
export function entryDigest(entry: EntryText): Buffer {
  const { id, at, action, actor, detail } = entry;
  const { disclosureDigest: told, disclosureRetainUntil, evidenceDigest: evidence, evidenceRetainUntil } = entry;
  return sha256(
    JSON.stringify([
      'audit-entry-1',
      id,
      at,
      action,
      actor,
      detail,
      told,
      disclosureRetainUntil,
      evidence,
      evidenceRetainUntil,
    ]),
  );
}

/** What the first link goes on from. */
export const CHAIN_START = Buffer.alloc(32);

/** The hash of a link: SHA-256 of the hash of the link before it and the digest of its entry. */
export function linkHash(before: Buffer, digest: Buffer): Buffer {
  return sha256(Buffer.concat([before, digest]));
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
