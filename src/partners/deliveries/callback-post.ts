import type { IncomingHttpHeaders } from 'node:http';
import { readAck } from '../../dci/ack.js';
import { readRetryAfter } from '../../dci/retry-after.js';
import { GoingOutFailure, type GuardedAgent, type GuardedAnswer } from '../../security/egress/guarded-agent.js';
import type { GivenBy } from '../../security/egress/network-policy.js';
import { callbackRefusal } from './callback-target.js';

/** A message that is posted once. */
export interface CallbackPost {
  readonly agent: GuardedAgent;
  readonly url: URL;
  readonly givenBy: GivenBy;
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

/**
 * Posts a message to a partner over a connection of its own, which is closed afterwards; redirects are not followed. An
 * answer from 200 on that does not say ERR or NACK means that it was taken. Never throws for what the partner or the
 * network does; throws when `signal` fires.
 */
export async function postCallback({ agent, authorization, ...post }: CallbackPost): Promise<PostOutcome> {
  try {
    const answer = await agent.request({
      ...post,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
      maxBytes: MOST_BYTES,
      mayBeCut: true,
      // A partner is called now and then, and gets no connection to look after.
      once: true,
    });
    return judge(answer);
  } catch (error) {
    post.signal.throwIfAborted();
    if (!(error instanceof GoingOutFailure)) throw error;
    const { fault, reason, status } = error;
    if (fault === 'address') return { outcome: 'refused', reason: callbackRefusal(reason) };
    // It was answered, only in a form that is not looked into.
    if (fault === 'encoding' && status !== null && status < 300) return { outcome: 'taken', status };
    return failed(status, reason);
  }
}

function judge({ status, headers, text }: GuardedAnswer): PostOutcome {
  const retryAfterMs = readRetryAfter(headerText(headers, 'retry-after'), new Date());
  if (status < 200 || status >= 300) {
    return { ...failed(status, `it answered ${String(status)}`), retryAfterMs };
  }
  const ack = readAck(parse(text));
  if (ack === null || ack.status === 'ACK') return { outcome: 'taken', status };
  const code = ack.error && /^[\w.]{1,60}$/u.test(ack.error.code) ? ` (${ack.error.code})` : '';
  return { ...failed(status, `it answered ${ack.status}${code}`), retryAfterMs };
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
