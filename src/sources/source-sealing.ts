import { type JSONWebKeySet } from 'jose';
import { type Queryable } from '../database/pool.js';
import { Problem } from '../record/problem.js';
import {
  SIGNATURE_POLICIES,
  SIGNATURE_PROFILES,
  type SignaturePolicy,
  type SignatureProfile,
} from '../record/signature-profile.js';
import { readPublicKeySet } from '../security/public-key-set.js';

/** How messages to a source and from it are signed and encrypted. */
export interface SourceSealing {
  /** Of what we ask. */
  readonly signature: SignatureProfile;
  /** Of what it answers and brings. */
  readonly inboundSignature: SignaturePolicy;
  readonly encryptRequests: boolean;
  /** Its public keys (RFC 7517): pinned, ... */
  readonly jwks: JSONWebKeySet | null;
  /** ... or read from here. */
  readonly jwksUri: string | null;
}

/** What an operator says of it; what is absent stays. */
export interface SourceSealingInput {
  /** Default `none`. */
  readonly signature?: string | undefined;
  /** Default `optional`. */
  readonly inboundSignature?: string | undefined;
  /** Default `false`. */
  readonly encryptRequests?: boolean | undefined;
  /** `null` forgets them. */
  readonly jwks?: unknown;
  readonly jwksUri?: string | null | undefined;
}

const invalid = (field: keyof SourceSealingInput, message: string): Problem =>
  new Problem('DATA_SOURCE_INVALID', message, { field });

/** Throws a `Problem` `DATA_SOURCE_INVALID` or `JWKS_INVALID` for what cannot be meant. */
export function checkSealing({ signature, inboundSignature, jwks, jwksUri }: SourceSealingInput): void {
  if (signature !== undefined && !SIGNATURE_PROFILES.some((known) => known === signature)) {
    throw invalid('signature', `The signature must be one of ${SIGNATURE_PROFILES.join(', ')}`);
  }
  if (inboundSignature !== undefined && !SIGNATURE_POLICIES.some((known) => known === inboundSignature)) {
    throw invalid('inboundSignature', `The inbound signature must be one of ${SIGNATURE_POLICIES.join(', ')}`);
  }
  if (jwks !== undefined && jwks !== null) readPublicKeySet(jwks);
  if (jwksUri !== undefined && jwksUri !== null && !isKeyAddress(jwksUri)) {
    throw invalid('jwksUri', 'The address of its keys is one such as https://crvs.example.org/.well-known/jwks.json');
  }
}

function isKeyAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && `${username}${password}${hash}` === '' && text.length <= 2000;
}

const WRITE_SEALING = {
  name: 'sources-write-sealing',
  text: `
    update data_sources set
      signature = coalesce($2, signature),
      inbound_signature = coalesce($3, inbound_signature),
      encrypt_requests = coalesce($4, encrypt_requests),
      jwks = case when $5 then $6 else jwks end,
      jwks_uri = case when $7 then $8 else jwks_uri end
    where id = $1`,
};

/** Writes what was said of it and was checked. */
export async function writeSealing(db: Queryable, id: string, given: SourceSealingInput): Promise<void> {
  const { signature, inboundSignature, encryptRequests } = given;
  // Keys that are given take the place of those that there are, wherever these stood.
  const jwks = given.jwks === undefined && given.jwksUri ? null : given.jwks;
  const jwksUri = given.jwksUri === undefined && given.jwks ? null : given.jwksUri;
  if ([signature, inboundSignature, encryptRequests, jwks, jwksUri].every((value) => value === undefined)) return;
  const keys = jwks === undefined || jwks === null ? null : readPublicKeySet(jwks);
  const values = [
    id,
    signature,
    inboundSignature,
    encryptRequests,
    jwks !== undefined,
    keys,
    jwksUri !== undefined,
    jwksUri,
  ];
  await db.query({ ...WRITE_SEALING, values });
}

/** The columns of `data_sources s`, as one JSON object of this shape. */
export const SEALING_COLUMN = `
  jsonb_build_object('signature', s.signature, 'inboundSignature', s.inbound_signature,
    'encryptRequests', s.encrypt_requests, 'jwks', s.jwks, 'jwksUri', s.jwks_uri) as sealing`;

const MUST_SIGN = {
  name: 'sources-must-sign',
  text: "select inbound_signature = 'required' as must from data_sources where id = $1",
};

/** Whether what the source brings has to be signed. */
export async function mustSign(db: Queryable, dataSourceId: string): Promise<boolean> {
  const { rows } = await db.query<{ must: boolean }>({ ...MUST_SIGN, values: [dataSourceId] });
  return rows[0]?.must === true;
}
