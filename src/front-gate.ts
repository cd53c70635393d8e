import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { writeErrorBody } from './dci/answer.js';
import { dialect } from './dci/dialects/dialect.js';
import { errorBody } from './graphql/error-answers.js';
import { readRegistryPath } from './partners/reception/paths.js';
import { isEncoded } from './security/content-encoding.js';
import { hostName, isLoopbackHost } from './security/local-developer.js';

/** What the gate has to know. */
export interface GateOptions {
  readonly environment: 'development' | 'test' | 'production';
  /** HOST. */
  readonly host: string;
  /** PUBLIC_URL. */
  readonly publicUrl: string | null;
}

/** Looks at a request before anything else does; answers what may not come in. Whether it may. */
export type FrontGate = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Of every answer; pages that need more set a policy of their own. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

const TWO_YEARS_SECONDS = 63_072_000;

interface Refusal {
  readonly status: number;
  /** Of the standard, and of the graph. */
  readonly codes: readonly [wire: string, graph: string];
  readonly message: string;
}

const ENCODED: Refusal = {
  status: 415,
  codes: ['err.request.bad', 'UNSUPPORTED_MEDIA_TYPE'],
  message: 'Send the body without Content-Encoding',
};
const UNKNOWN_TRANSFER: Refusal = {
  status: 501,
  codes: ['err.request.bad', 'UNSUPPORTED_MEDIA_TYPE'],
  message: 'Send the body with a Content-Length, or in chunks that are not compressed',
};
const BAD_ADDRESS: Refusal = {
  status: 400,
  codes: ['err.request.bad', 'BAD_REQUEST'],
  message: 'The address of the request is not well-formed',
};
const WRONG_HOST: Refusal = {
  status: 421,
  codes: ['err.request.bad', 'BAD_REQUEST'],
  message:
    'This gateway runs in development and answers only to localhost, an IP address or its PUBLIC_URL: call it by one of them, or set PUBLIC_URL',
};

/**
 * The gate in front of every route. Sets the security headers; refuses compressed bodies before a parser could see them
 * (415); outside production refuses host names that are not ours, because a page somewhere on the web can give its own
 * name the address of a developer's machine and would then read what that developer may read (421).
 */
export function frontGate({ environment, host, publicUrl }: GateOptions): FrontGate {
  const headers = Object.entries(SECURITY_HEADERS);
  if (publicUrl?.startsWith('https:')) {
    headers.push(['Strict-Transport-Security', `max-age=${String(TWO_YEARS_SECONDS)}`]);
  }
  const ownNames = new Set([host, ...(publicUrl === null ? [] : [new URL(publicUrl).hostname])].map(plainName));
  const isOurs = (header: string | undefined): boolean => {
    const name = hostName(header);
    if (name === null) return false;
    return isLoopbackHost(name) || isIP(plainName(name)) !== 0 || ownNames.has(plainName(name));
  };
  return (request, response) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    const refusal = isEncoded(request)
      ? ENCODED
      : hasUnknownTransfer(request)
        ? UNKNOWN_TRANSFER
        : environment !== 'production' && !isOurs(request.headers.host)
          ? WRONG_HOST
          : isMalformed(request.url ?? '')
            ? BAD_ADDRESS
            : null;
    if (refusal === null) return true;
    refuse(request, response, refusal);
    return false;
  };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/^\[(.*)\]$/u, '$1');
}

/** Whether something in it cannot be decoded, over which each router would stumble in its own way. */
function isMalformed(address: string): boolean {
  if (!address.includes('%')) return false;
  try {
    decodeURIComponent(address);
    return false;
  } catch {
    return true;
  }
}

function hasUnknownTransfer({ headers }: IncomingMessage): boolean {
  const coding = headers['transfer-encoding'];
  return coding !== undefined && coding.trim().toLowerCase() !== 'chunked';
}

/** In the shape in which callers of that address expect errors. The body is not read: the connection ends with it. */
function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const body = JSON.stringify(refusalBody((request.url ?? '/').split('?')[0] ?? '/', refusal));
  response.writeHead(refusal.status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    Connection: 'close',
  });
  response.end(body);
}

function refusalBody(path: string, { status, codes: [code, graphCode], message }: Refusal): unknown {
  if (path.startsWith('/oauth2/')) return { error: 'invalid_request', error_description: message };
  if (path.startsWith('/graphql')) return errorBody(graphCode, message);
  if (readRegistryPath(path) === null) return { errors: [{ code, message }] };
  const settings = { dialect: dialect('spdci-1.0'), now: new Date(), correlationId: randomUUID() };
  return writeErrorBody(code, message, status, settings);
}
