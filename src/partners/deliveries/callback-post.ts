import type { IncomingHttpHeaders } from 'node:http';
import { Client, type Dispatcher } from 'undici';
import { readAck } from '../../dci/ack.js';
import { readRetryAfter } from '../../dci/retry-after.js';
import { guardedLookup, type AddressRule } from '../../security/egress.js';
import { readNetworkFailure } from '../../security/network-failure.js';
import { REFUSED_NETWORK } from './callback-target.js';

/** A message that is posted once. */
export interface CallbackPost {
  readonly url: URL;
  /** Of an IP address that the host stands for. */
  readonly isRefused: AddressRule;
  /** By which the partner knows us; `null` where it does not ask. */
  readonly authorization: string | null;
  /** JSON. */
  readonly body: string;
  /** From connecting to the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What became of it. `status` is null where no answer came. */
export type PostOutcome =
  | { readonly outcome: 'taken'; readonly status: number }
  | {
      readonly outcome: 'failed';
      readonly status: number | null;
      readonly reason: string;
      readonly retryAfterMs: number | null;
    }
  /** Another attempt would come to the same. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** Acknowledgements are small: of what is longer the rest is not read, and it acknowledges nothing. */
const MOST_BYTES = 65_536;
const REFUSED_ADDRESS = 'CALLBACK_ADDRESS_REFUSED';

class RefusedAddress extends Error {
  readonly code = REFUSED_ADDRESS;
}

/**
 * Posts a message to a partner over a connection of its own, which is closed afterwards; redirects are not followed. An
 * answer from 200 on that does not say ERR or NACK means that it was taken. Never throws for what the partner or the
 * network does; throws when `signal` fires.
 */
export async function postCallback({
  url,
  isRefused,
  authorization,
  body,
  timeoutMs,
  signal,
}: CallbackPost): Promise<PostOutcome> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const connection = new Client(url.origin, {
    connect: { timeout: timeoutMs, lookup: guardedLookup(isRefused, () => new RefusedAddress('refused')) },
  });
  try {
    const answer = await connection.request({
      method: 'POST',
      path: `${url.pathname}${url.search}`,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...(authorization === null ? {} : { authorization }),
      },
      body,
      // Says `Connection: close`: a partner is called now and then, and gets no connection to look after.
      reset: true,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.any([deadline, signal]),
    });
    return judge(answer, await readText(answer.body));
  } catch (error) {
    signal.throwIfAborted();
    const { code, timedOut, reason } = readNetworkFailure(error);
    if (code === REFUSED_ADDRESS) return { outcome: 'refused', reason: REFUSED_NETWORK };
    const late = timedOut || deadline.aborted;
    return failed(null, late ? `no whole answer came within ${String(timeoutMs)} ms` : reason);
  } finally {
    await connection.destroy();
  }
}

/** The body, or as much of it as is read. */
async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function judge({ statusCode, headers }: Dispatcher.ResponseData, text: string): PostOutcome {
  if (statusCode >= 300 && statusCode < 400) {
    return failed(statusCode, `it answered with a redirect (${String(statusCode)}), which is not followed`);
  }
  const retryAfterMs = readRetryAfter(headerText(headers, 'retry-after'), new Date());
  if (statusCode < 200 || statusCode >= 400) {
    return { ...failed(statusCode, `it answered ${String(statusCode)}`), retryAfterMs };
  }
  const ack = readAck(parse(text));
  if (ack === null || ack.status === 'ACK') return { outcome: 'taken', status: statusCode };
  const code = ack.error && /^[\w.]{1,60}$/u.test(ack.error.code) ? ` (${ack.error.code})` : '';
  return { ...failed(statusCode, `it answered ${ack.status}${code}`), retryAfterMs };
}

function failed(status: number | null, reason: string): Extract<PostOutcome, { outcome: 'failed' }> {
  return { outcome: 'failed', status, reason, retryAfterMs: null };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
