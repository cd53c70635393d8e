import { type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { type AnswerFault, type Fault } from './faults.js';

const compress = promisify(gzip);
const COMPRESSED_FROM = 1024;

/** An answer before it is sent. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent without a length, as what the real server only passes on. */
  readonly chunked?: boolean;
  /** The connection is cut in the middle of the body. */
  readonly half?: boolean;
}

/** A reply of JSON. */
export function jsonReply(status: number, body: object): Reply {
  return { status, body: JSON.stringify(body), contentType: 'application/json; charset=utf-8' };
}

/** Writes the body of an error. */
export type ErrorWriter = (status: number, message: string) => object;

/** The error body of OpenCRVS. */
export const writeError: ErrorWriter = (status, message) => ({ error: { code: status, message } });

/** An error as OpenCRVS answers it. */
export function errorReply(status: number, message: string): Reply {
  return jsonReply(status, writeError(status, message));
}

/**
 * The answer that a fault puts in place of the register's own, or null where the fault is of another kind. `error`
 * writes an error as the product does.
 */
export function faultyReply(fault: AnswerFault, error: ErrorWriter): Reply | null {
  const errorReply = (status: number, message: string): Reply => jsonReply(status, error(status, message));
  switch (fault.kind) {
    case 'html':
      return {
        status: fault.status ?? 200,
        body: '<!doctype html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>',
        contentType: 'text/html; charset=utf-8',
      };
    case 'not-json':
      return { status: 200, body: '{"header": ', contentType: 'application/json; charset=utf-8' };
    case 'too-many-requests':
      return {
        ...errorReply(429, 'OpenCRVS Search API daily quota exceeded'),
        headers: { 'retry-after': String(fault.retryAfterSeconds ?? 1) },
      };
    case 'server-error':
      return errorReply(fault.status ?? 500, fault.status === 502 ? 'Bad Gateway' : 'Internal Server Error');
    case 'token-expired':
      return errorReply(401, 'Unauthorized in gateway');
    case 'hang':
    case 'slow':
    case 'reset':
    case 'half-body':
      return null;
  }
}

/** Whether a fault concerns the answer as a whole. */
export function isAnswerFault(fault: Fault): fault is AnswerFault {
  switch (fault.kind) {
    case 'hang':
    case 'slow':
    case 'reset':
    case 'half-body':
    case 'html':
    case 'not-json':
    case 'too-many-requests':
    case 'server-error':
    case 'token-expired':
      return true;
    case 'wrong-total':
    case 'changing-total':
    case 'no-pagination':
    case 'sex-null':
    case 'birth-place-text':
    case 'impossible-date':
    case 'year-only-date':
    case 'locations-broken':
      return false;
  }
}

/** Writes the answer, compressed where the client asked for it. */
export async function send(
  response: ServerResponse,
  reply: Reply,
  { acceptEncoding = '' }: { acceptEncoding: string | string[] | undefined },
): Promise<void> {
  const plain = Buffer.from(reply.body);
  const mayCompress = reply.chunked !== true && reply.status === 200 && plain.length >= COMPRESSED_FROM;
  const compressed = mayCompress && /\bgzip\b/i.test(String(acceptEncoding));
  const body = compressed ? await compress(plain, { level: constants.Z_BEST_SPEED }) : plain;
  if (response.destroyed) return;
  response.writeHead(reply.status, {
    'content-type': reply.contentType,
    vary: mayCompress ? 'origin,accept-encoding' : 'origin',
    'access-control-expose-headers': 'WWW-Authenticate,Server-Authorization',
    'cache-control': 'no-cache',
    ...(compressed ? { 'content-encoding': 'gzip' } : {}),
    ...(compressed || reply.chunked === true ? {} : { 'content-length': String(body.length) }),
    ...reply.headers,
  });
  if (reply.half === true) {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
    return;
  }
  response.write(body);
  response.end();
}
