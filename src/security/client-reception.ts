import type { JSONWebKeySet } from 'jose';
import { Problem } from '../record/problem.js';
import { readPublicKeySet } from './public-key-set.js';
import { SIGNATURE_PROFILES, type SignaturePolicy, type SignatureProfile } from '../record/signature-profile.js';

/** How messages of a partner are received. */
export interface ClientReception {
  /** Doubts are refused that are read past otherwise: counts that do not match, unknown attributes, old timestamps. */
  readonly strict: boolean;
  readonly inboundSignature: SignaturePolicy;
  /** Which `sender_id`s it may use; empty: any. */
  readonly senderIds: readonly string[];
  /** Origins (`https://host:port`) to which callbacks may be sent. */
  readonly callbackOrigins: readonly string[];
  /** Where callbacks go when a message names no `sender_uri`. */
  readonly callbackUri: string | null;
  /** Whether it may send its secret in the address, as OpenSPP's importer does. */
  readonly allowQueryCredentials: boolean;
  /** Whether items of a search without a consent object are refused. */
  readonly consentRequired: boolean;
  /** How messages to it are signed. */
  readonly outboundSignature: SignatureProfile;
  /** Whether messages to it are encrypted with its key of `use: enc`. */
  readonly encryptAnswers: boolean;
  /** Its public keys (RFC 7517), for signatures, assertions and encryption: pinned, ... */
  readonly jwks: JSONWebKeySet | null;
  /** ... or read from here. */
  readonly jwksUri: string | null;
  /** How old a signed message may be. */
  readonly signatureWindowSeconds: number;
}

export { SIGNATURE_PROFILES, type SignatureProfile };

/** What differs from the defaults: lenient, unsigned, any `sender_id`, no callbacks, no secret in the address. */
export type WantedReception = Partial<ClientReception>;

const LONGEST_SENDER_ID = 1000;
const LONGEST_URL = 2000;

/**
 * Checks how a client shall be received. Throws a `Problem`: `CLIENT_SENDER_ID_INVALID`, `CLIENT_CALLBACK_ORIGIN_INVALID`,
 * `CLIENT_CALLBACK_URI_INVALID`, `JWKS_INVALID`, `JWKS_URI_INVALID`, `CLIENT_SIGNATURE_INVALID`,
 * `CLIENT_KEYS_REQUIRED`.
 */
export function readClientReception(wanted: WantedReception): ClientReception {
  const jwks = wanted.jwks ? readPublicKeySet(wanted.jwks) : null;
  const jwksUri = wanted.jwksUri ? readJwksUri(wanted.jwksUri) : null;
  if (jwks !== null && jwksUri !== null) {
    throw new Problem('JWKS_INVALID', 'Keys are pinned or read from an address: give one of the two');
  }
  if (wanted.encryptAnswers === true && jwks === null && jwksUri === null) {
    throw new Problem(
      'CLIENT_KEYS_REQUIRED',
      'Answers are encrypted to a key of the client: give its JWKS, or where it is',
    );
  }
  return {
    strict: wanted.strict ?? false,
    inboundSignature: wanted.inboundSignature ?? 'optional',
    senderIds: [...new Set((wanted.senderIds ?? []).map(readSenderId))],
    callbackOrigins: [...new Set((wanted.callbackOrigins ?? []).map(readOrigin))],
    callbackUri: wanted.callbackUri === undefined || wanted.callbackUri === null ? null : readUri(wanted.callbackUri),
    allowQueryCredentials: wanted.allowQueryCredentials ?? false,
    consentRequired: wanted.consentRequired ?? false,
    outboundSignature: wanted.outboundSignature ?? 'none',
    encryptAnswers: wanted.encryptAnswers ?? false,
    jwks,
    jwksUri,
    signatureWindowSeconds: readWindow(wanted.signatureWindowSeconds ?? 300),
  };
}

function readSenderId(text: string): string {
  const id = text.trim();
  if (id !== '' && id.length <= LONGEST_SENDER_ID && !id.includes('\u0000')) return id;
  throw new Problem(
    'CLIENT_SENDER_ID_INVALID',
    'A sender id is what the partner writes as sender_id: ministry.example',
  );
}

function readOrigin(text: string): string {
  const url = parse(text.trim());
  if (url !== null && url.pathname === '/' && url.search === '' && url.hash === '') return url.origin;
  throw new Problem(
    'CLIENT_CALLBACK_ORIGIN_INVALID',
    'A callback origin is scheme, host and port without a path: https://partner.example:8443',
  );
}

function readUri(text: string): string {
  const url = parse(text.trim());
  if (url !== null && url.hash === '' && text.length <= LONGEST_URL) return text.trim();
  throw new Problem(
    'CLIENT_CALLBACK_URI_INVALID',
    'The callback address is where the partner receives messages: https://partner.example/registry/on-search',
  );
}

function readJwksUri(text: string): string {
  const url = parse(text.trim());
  if (url !== null && url.hash === '' && text.length <= LONGEST_URL) return text.trim();
  throw new Problem(
    'JWKS_URI_INVALID',
    'The address of a key set is where the partner publishes its keys: https://partner.example/.well-known/jwks.json',
  );
}

function readWindow(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 30 && seconds <= 86_400) return seconds;
  throw new Problem('CLIENT_SIGNATURE_INVALID', 'A signed message may be 30 to 86400 seconds old');
}

/** An address without credentials: they would be stored and logged. */
function parse(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '' ? url : null;
}
