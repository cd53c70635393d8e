import type { Client } from 'pg';
import { CHAIN_START, entryDigest, type EntryText, linkHash } from '../../../src/security/audit/digests.js';
import { entryTextSql } from '../../../src/security/audit/chain.js';

/** Picks a whole number below `below`. */
export type Pick = (below: number) => number;

/** Changes the record as somebody could who owns the database; answers whether it changed anything. */
export type Tampering = (client: Client, pick: Pick) => Promise<boolean>;

async function changed(client: Client, text: string, values: unknown[] = []): Promise<boolean> {
  return ((await client.query(text, values)).rowCount ?? 0) > 0;
}

async function idOf(client: Client, table: string, key: string, pick: Pick): Promise<string> {
  const { rows } = await client.query<{ id: string }>(`select ${key}::text as id from ${table} order by ${key}`);
  return rows[pick(rows.length)]?.id ?? '';
}

const edit =
  (table: string, key: string, columns: Readonly<Record<string, string>>): Tampering =>
  async (client, pick) => {
    const names = Object.keys(columns);
    const column = names[pick(names.length)] ?? '';
    const id = await idOf(client, table, key, pick);
    return changed(
      client,
      `update ${table} set ${column} = ${columns[column] ?? ''} where ${key} = $1 and ${column} is not null`,
      [id],
    );
  };

const remove =
  (table: string, key: string): Tampering =>
  async (client, pick) =>
    changed(client, `delete from ${table} where ${key} = $1`, [await idOf(client, table, key, pick)]);

/** Two rows change places, each under the other's key. */
const swap =
  (table: string, key: string, columns: string): Tampering =>
  async (client, pick) => {
    const one = await idOf(client, table, key, pick);
    const other = await idOf(client, table, key, pick);
    if (one === other) return false;
    const list = columns.split(', ');
    return changed(
      client,
      `update ${table} t set ${list.map((column) => `${column} = o.${column}`).join(', ')}
       from ${table} o where (t.${key}, o.${key}) in (($1, $2), ($2, $1))`,
      [one, other],
    );
  };

const cutOff: Tampering = async (client, pick) => {
  const { rows } = await client.query<{ length: string }>('select max(position)::text as length from audit_links');
  const length = Number(rows[0]?.length);
  const from = String(length - pick(Math.min(length, 30)));
  const cut = 'select audit_entry_id from audit_links where position >= $1';
  for (const table of ['disclosure_evidence', 'disclosures']) {
    await client.query(`delete from ${table} where audit_entry_id in (${cut})`, [from]);
  }
  await client.query(`delete from audit_entries where id in (${cut})`, [from]);
  await client.query('delete from audit_checkpoints where position >= $1', [from]);
  return changed(client, 'delete from audit_links where position >= $1', [from]);
};

/** Changes an entry and makes every link after it anew, as somebody would who knows how the chain is made. */
const rewrite: Tampering = async (client, pick) => {
  const id = await idOf(client, 'audit_links', 'audit_entry_id', pick);
  await client.query(`update audit_entries set actor = 'client:somebody-else' where id = $1`, [id]);
  const { rows } = await client.query<EntryText & { position: string }>(
    `select l.position::text as position, ${entryTextSql('e')}
     from audit_links l join audit_entries e on e.id = l.audit_entry_id order by l.position`,
  );
  let hash: Buffer = CHAIN_START;
  for (const { position, ...entry } of rows) {
    const digest = entryDigest(entry);
    hash = linkHash(hash, digest);
    await client.query('update audit_links set entry_digest = $2, hash = $3 where position = $1', [
      position,
      digest,
      hash,
    ]);
  }
  return true;
};

const addDisclosure: Tampering = async (client, pick) => {
  const { rows } = await client.query<{ id: string }>(
    'select id::text as id from audit_entries where disclosure_digest is null order by id',
  );
  return changed(
    client,
    `insert into disclosures select $1, at, actor, action, registry, correlation_id, purpose, people, fields, retain_until
     from disclosures limit 1`,
    [rows[pick(rows.length)]?.id],
  );
};

/** Triggers do not fire here, so that it is not queued either. */
const hideEntry: Tampering = async (client) =>
  changed(client, `insert into audit_entries (action, actor) values ('client.created', 'operator:x')`);

export const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  'an entry is edited': edit('audit_entries', 'id', {
    at: `at + interval '1 microsecond'`,
    action: `'client.created'`,
    actor: `actor || 'x'`,
    detail: `'{"people":  1}'`,
    disclosure_digest: `sha256('x')`,
    disclosure_retain_until: `disclosure_retain_until - interval '20 years'`,
    evidence_digest: `sha256('x')`,
    evidence_retain_until: `evidence_retain_until - interval '20 years'`,
  }),
  'a disclosure is edited': edit('disclosures', 'audit_entry_id', {
    at: `at - interval '1 second'`,
    actor: `actor || 'x'`,
    action: `'graph.answered'`,
    registry: `'fr'`,
    correlation_id: 'gen_random_uuid()',
    purpose: `purpose || ' '`,
    people: 'people[2:]',
    fields: 'fields[2:]',
    retain_until: `retain_until - interval '20 years'`,
  }),
  'evidence is edited': edit('disclosure_evidence', 'audit_entry_id', {
    evidence_sealed: `evidence_sealed || '\\x00'`,
    retain_until: `retain_until - interval '20 years'`,
  }),
  'a link is edited': edit('audit_links', 'position', {
    entry_digest: `sha256('x')`,
    hash: `sha256('x')`,
    audit_entry_id: 'audit_entry_id + 1000000',
  }),
  'a checkpoint is edited': edit('audit_checkpoints', 'position', {
    jws: `overlay(jws placing 'AAAA' from 200)`,
    proof_sealed: `proof_sealed || '\\x00'`,
    position: 'position - 1',
  }),
  'an entry is deleted': remove('audit_entries', 'id'),
  'a disclosure is deleted': remove('disclosures', 'audit_entry_id'),
  'evidence is deleted': remove('disclosure_evidence', 'audit_entry_id'),
  'a link is deleted': remove('audit_links', 'position'),
  'two entries are swapped': swap('audit_entries', 'id', 'at, action, actor, detail'),
  'two disclosures are swapped': swap(
    'disclosures',
    'audit_entry_id',
    'at, actor, action, correlation_id, purpose, people, fields',
  ),
  'two links are swapped': swap('audit_links', 'position', 'entry_digest, hash'),
  'the end is cut off': cutOff,
  'the chain is made anew': rewrite,
  'a disclosure is put in': addDisclosure,
  'an entry is kept out of the chain': hideEntry,
};
