import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import type { Queryable } from '../../database/pool.js';
import type { Keys } from '../keys.js';
import { CHECKPOINT_PAYLOAD, CHECKPOINT_TYPE, checkpointDigest } from './checkpoints.js';

const BATCH = 1_000;

/** `unmet`: the chain does not say what the exported checkpoint says of it. */
export type CheckpointFault = 'checkpoint.changed' | 'checkpoint.missing' | 'checkpoint.unmet';

interface CheckpointRow {
  readonly position: string;
  readonly jws: string;
  readonly proof: Buffer;
  /** Hash of the link of that position, base64url. */
  readonly linkHash: Buffer | null;
}

const SELECT_CHECKPOINTS = {
  name: 'audit-verify-checkpoints',
  text: `
    select c.position::text as position, c.jws, c.proof_sealed as proof, l.hash as "linkHash"
    from audit_checkpoints c left join audit_links l using (position)
    where c.position > $1 order by c.position limit ${String(BATCH)}`,
};

/** Also of keys that are gone: what they signed stays signed. */
const SELECT_KEY = {
  name: 'audit-verify-key',
  text: `select public_jwk as jwk from key_pairs where kid = $1 and purpose = 'signing'`,
};

type VerificationKey = Awaited<ReturnType<typeof importJWK>>;

/** Public keys by their thumbprint, which is their name: one under another name is not taken. */
export class CheckpointVerification {
  readonly #db: Queryable;
  readonly #known = new Map<string, VerificationKey | null>();

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** What a checkpoint says; `null` where it is not signed by a key of ours. `given`: the key, where it came along. */
  async read(jws: string, given?: JWK): Promise<{ position: string; hash: string; previous: string | null } | null> {
    try {
      const { kid, typ } = decodeProtectedHeader(jws);
      if (typ !== CHECKPOINT_TYPE || kid === undefined) return null;
      const key = given === undefined ? await this.#key(kid) : await keyNamed(kid, given);
      if (key === null) return null;
      const { payload } = await compactVerify(jws, key, { algorithms: ['RS256'] });
      return CHECKPOINT_PAYLOAD.parse(JSON.parse(Buffer.from(payload).toString('utf8')));
    } catch {
      return null;
    }
  }

  /** The public key of that id, as `--export` writes it beside a checkpoint. */
  async publicJwk(kid: string): Promise<JWK | null> {
    return (await this.#db.query<{ jwk: JWK }>({ ...SELECT_KEY, values: [kid] })).rows[0]?.jwk ?? null;
  }

  async #key(kid: string): Promise<VerificationKey | null> {
    const known = this.#known.get(kid);
    if (known !== undefined) return known;
    const jwk = await this.publicJwk(kid);
    const key = jwk && (await keyNamed(kid, jwk));
    this.#known.set(kid, key);
    return key;
  }
}

async function keyNamed(kid: string, jwk: JWK): Promise<VerificationKey | null> {
  return (await calculateJwkThumbprint(jwk)) === kid ? await importJWK(jwk, 'RS256') : null;
}

/** Reads all checkpoints through; answers how many there are. */
export async function verifyCheckpoints(
  db: Queryable,
  keys: Pick<Keys, 'open'>,
  onFault: (fault: CheckpointFault, position: string) => void,
): Promise<number> {
  const verification = new CheckpointVerification(db);
  let count = 0;
  let before: { readonly position: string; readonly digest: string | null } = { position: '0', digest: null };
  for (;;) {
    const { rows } = await db.query<CheckpointRow>({ ...SELECT_CHECKPOINTS, values: [before.position] });
    for (const row of rows) {
      const said = await verification.read(row.jws);
      if (
        said === null ||
        said.position !== row.position ||
        said.hash !== row.linkHash?.toString('base64url') ||
        !isProven(keys, row)
      ) {
        onFault('checkpoint.changed', row.position);
      } else if (said.previous !== before.digest) onFault('checkpoint.missing', row.position);
      before = { position: row.position, digest: checkpointDigest(row.jws) };
    }
    count += rows.length;
    if (rows.length < BATCH) return count;
  }
}

function isProven(keys: Pick<Keys, 'open'>, { jws, proof }: CheckpointRow): boolean {
  try {
    return keys.open(proof) === jws;
  } catch {
    return false;
  }
}
