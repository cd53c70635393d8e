import { createHash } from 'node:crypto';
import { CompactSign } from 'jose';
import type { Pool } from 'pg';
import { z } from 'zod';
import { inTransaction } from '../../database/transaction.js';
import type { Keys } from '../keys.js';
import { LAST_LINK, LOCK_CHAIN } from './chain.js';

/** How often a checkpoint is made while the chain grows, in seconds. */
const CHECKPOINT_SECONDS = 60;

/** `typ` of a checkpoint's header: nothing else that the key signs is taken for one. */
export const CHECKPOINT_TYPE = 'dci-audit-checkpoint+jws';

/** What a checkpoint says, signed as compact JWS (RFC 7515). */
export const CHECKPOINT_PAYLOAD = z.object({
  /** Of the last link of the chain. */
  position: z.string().regex(/^[1-9]\d*$/u),
  /** Hash of that link, base64url. */
  hash: z.string(),
  /** ISO 8601. */
  made_at: z.string(),
  /** SHA-256 of the checkpoint before it as it is stored, base64url; `null` for the first. */
  previous: z.string().nullable(),
});

/** A checkpoint as it is stored. */
export interface Checkpoint {
  readonly position: string;
  readonly madeAt: Date;
  readonly jws: string;
}

/** What makes checkpoints. */
export type CheckpointKeys = Pick<Keys, 'signingKey' | 'seal'>;

const COLUMNS = 'position::text as position, made_at as "madeAt", jws';

const LAST_CHECKPOINT = {
  name: 'audit-last-checkpoint',
  text: `
    select ${COLUMNS}, made_at > now() - make_interval(secs => ${String(CHECKPOINT_SECONDS)}) as "isFresh"
    from audit_checkpoints c order by c.position desc limit 1`,
};

const ADD_CHECKPOINT = {
  name: 'audit-add-checkpoint',
  text: `
    insert into audit_checkpoints (position, made_at, jws, proof_sealed) values ($1, $2, $3, $4)
    returning ${COLUMNS}`,
};

/** The newest checkpoint, `null` before the first. */
export async function lastCheckpoint(pool: Pool): Promise<Checkpoint | null> {
  const [row] = (await pool.query<Checkpoint & { isFresh: boolean }>(LAST_CHECKPOINT)).rows;
  return row === undefined ? null : { position: row.position, madeAt: row.madeAt, jws: row.jws };
}

/**
 * Signs how far the chain is, where it has grown since the last checkpoint and that is a minute old (`now`: however old
 * it is). Answers the checkpoint made, `null` where there is nothing to sign or another gateway is at the chain.
 */
export async function makeCheckpoint(
  pool: Pool,
  keys: CheckpointKeys,
  { now = false }: { readonly now?: boolean } = {},
): Promise<Checkpoint | null> {
  return await inTransaction(pool, async (client) => {
    const lock = await client.query<{ ours: boolean }>(LOCK_CHAIN);
    if (lock.rows[0]?.ours !== true) return null;
    const link = (await client.query<{ position: string; hash: Buffer }>(LAST_LINK)).rows[0];
    const before = (await client.query<Checkpoint & { isFresh: boolean }>(LAST_CHECKPOINT)).rows[0];
    if (link === undefined || link.position === before?.position || (before?.isFresh === true && !now)) return null;
    const madeAt = new Date();
    const jws = await sign(keys, {
      position: link.position,
      hash: link.hash.toString('base64url'),
      made_at: madeAt.toISOString(),
      previous: before === undefined ? null : checkpointDigest(before.jws),
    });
    const added = await client.query<Checkpoint>({
      ...ADD_CHECKPOINT,
      values: [link.position, madeAt, jws, keys.seal(jws)],
    });
    return added.rows[0] ?? null;
  });
}

/** By which the next checkpoint names this one. */
export function checkpointDigest(jws: string): string {
  return createHash('sha256').update(jws).digest('base64url');
}

async function sign(keys: CheckpointKeys, payload: z.infer<typeof CHECKPOINT_PAYLOAD>): Promise<string> {
  const { kid, alg, key } = await keys.signingKey();
  return await new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg, kid, typ: CHECKPOINT_TYPE })
    .sign(key);
}
