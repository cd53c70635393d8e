import type { Pool } from 'pg';
import { inTransaction } from '../../database/transaction.js';
import { CHAIN_START, entryDigest, type EntryText, instantText, linkHash } from './digests.js';

/** Entries of one transaction. */
const BATCH = 1_000;

/** One gateway at a time goes on with the chain; the others find it done. */
export const LOCK_CHAIN = {
  name: 'audit-lock-chain',
  text: "select pg_try_advisory_xact_lock(hashtext('dci-gateway audit chain')) as ours",
};

export const LAST_LINK = {
  name: 'audit-last-link',
  text: 'select l.position::text as position, l.hash from audit_links l order by l.position desc limit 1',
};

/** What `entryDigest` covers of an entry, as text. */
export const entryTextSql = (alias: string): string => `
  ${alias}.id::text as id, ${instantText(`${alias}.at`)} as at, ${alias}.action, ${alias}.actor,
  ${alias}.detail::text as detail, encode(${alias}.disclosure_digest, 'hex') as "disclosureDigest",
  ${instantText(`${alias}.disclosure_retain_until`)} as "disclosureRetainUntil",
  encode(${alias}.evidence_digest, 'hex') as "evidenceDigest",
  ${instantText(`${alias}.evidence_retain_until`)} as "evidenceRetainUntil"`;

const ANY_UNLINKED = { name: 'audit-any-unlinked', text: 'select exists (select from audit_unlinked) as any' };

/** Whoever waits longest is first, as far as that is known; within one batch the order is that of the ids. */
const TAKE_UNLINKED = {
  name: 'audit-take-unlinked',
  text: `
    with taken as (
      delete from audit_unlinked where ctid = any (array(select ctid from audit_unlinked limit ${String(BATCH)}))
      returning audit_entry_id
    )
    select ${entryTextSql('e')}
    from audit_entries e where e.id = any (array(select audit_entry_id from taken)) order by e.id`,
};

const ADD_LINKS = {
  name: 'audit-add-links',
  text: `
    insert into audit_links (position, audit_entry_id, entry_digest, hash)
    select * from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])`,
};

/** Adds to the chain what was written since; answers how many entries. Of gateways that try at once, one does it. */
export async function linkEntries(pool: Pool): Promise<number> {
  let linked = 0;
  for (;;) {
    const { rows } = await pool.query<{ any: boolean }>(ANY_UNLINKED);
    if (rows[0]?.any !== true) return linked;
    const added = await linkBatch(pool);
    linked += added;
    if (added < BATCH) return linked;
  }
}

async function linkBatch(pool: Pool): Promise<number> {
  return await inTransaction(pool, async (client) => {
    const lock = await client.query<{ ours: boolean }>(LOCK_CHAIN);
    if (lock.rows[0]?.ours !== true) return 0;
    const last = (await client.query<{ position: string; hash: Buffer }>(LAST_LINK)).rows[0];
    const entries = (await client.query<EntryText>(TAKE_UNLINKED)).rows;
    const first = BigInt(last?.position ?? 0) + 1n;
    let hash: Buffer = last?.hash ?? CHAIN_START;
    const links = entries.map((entry, index) => {
      const digest = entryDigest(entry);
      hash = linkHash(hash, digest);
      return { position: String(first + BigInt(index)), id: entry.id, digest, hash };
    });
    await client.query({
      ...ADD_LINKS,
      values: [
        links.map(({ position }) => position),
        links.map(({ id }) => id),
        links.map(({ digest }) => digest),
        links.map((link) => link.hash),
      ],
    });
    return links.length;
  });
}
