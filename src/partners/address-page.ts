import type { Request } from 'express';
import type { NumberedPage } from '../record/page.js';
import { WireProblem } from './wire-problem.js';

/** Records on a page whose address says `page` alone, as OpenSPP's server has it. */
const DEFAULT_LIMIT = 30;

/**
 * The page that the address asks for, `?page=2&limit=50`, as callers of OpenSPP's server write it; `null` where it asks
 * for none. Throws `err.request.bad` for what is no page: to pass over it would answer the first page again and again.
 */
export function readAddressPage(query: Request['query'], maxPageSize: number): NumberedPage | null {
  if (query['page'] === undefined && query['limit'] === undefined) return null;
  const size = wholeNumber('limit', query['limit'] ?? String(Math.min(DEFAULT_LIMIT, maxPageSize)), maxPageSize);
  return { size, number: wholeNumber('page', query['page'] ?? '1', Math.floor(Number.MAX_SAFE_INTEGER / size)) };
}

function wholeNumber(name: string, written: unknown, most: number): number {
  const number = typeof written === 'string' && /^\d{1,16}$/u.test(written) ? Number(written) : 0;
  if (number >= 1 && number <= most) return number;
  throw new WireProblem(
    'err.request.bad',
    `${name} in the address must be a whole number from 1 to ${String(most)}`,
    400,
  );
}
