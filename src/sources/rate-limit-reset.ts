import { type IncomingHttpHeaders } from 'node:http';
import { readRetryAfter } from '../dci/retry-after.js';

/** Larger numbers are moments in seconds since 1970, smaller ones seconds from now: both are in use. */
const FIRST_MOMENT_SECONDS = 1_000_000_000;

/**
 * How long an answer asks us to wait, in milliseconds: by `Retry-After` (RFC 9110 section 10.2.3), by `RateLimit` or
 * `RateLimit-Reset` (draft-ietf-httpapi-ratelimit-headers), or by the `X-RateLimit-Reset` of before; `null` where it says
 * nothing of it.
 */
export function readWait(headers: IncomingHttpHeaders, now: Date): number | null {
  const retryAfterMs = readRetryAfter(textOf(headers, 'retry-after'), now);
  if (retryAfterMs !== null) return retryAfterMs;
  const reset =
    /(?:^|[;,\s])t=(\d{1,10})\b/u.exec(textOf(headers, 'ratelimit') ?? '')?.[1] ??
    textOf(headers, 'ratelimit-reset') ??
    textOf(headers, 'x-ratelimit-reset');
  if (reset === undefined || !/^\d{1,10}$/u.test(reset.trim())) return null;
  const seconds = Number(reset);
  return seconds < FIRST_MOMENT_SECONDS ? seconds * 1000 : Math.max(0, seconds * 1000 - now.getTime());
}

function textOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
