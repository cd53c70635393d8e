import type { NumberedPage } from '../../record/page.js';
import { WireProblem } from './wire-problem.js';

/** Records on a page whose address says `page` alone, as OpenSPP's server has it. */
const DEFAULT_LIMIT = 30;

/**
 * The page that an address asks for, `?page=2&limit=50`, as callers of OpenSPP's server write it; `null` where it asks
 * for none. Throws `err.request.bad` for what is no page: to pass over it would answer the first page again and again.
 */
export function readAddressPage(url: string, maxPageSize: number): NumberedPage | null {
  const at = url.indexOf('?');
  if (at < 0) return null;
  const query = new URLSearchParams(url.slice(at + 1));
  const [limits, pages] = [query.getAll('limit'), query.getAll('page')];
  if (limits.length === 0 && pages.length === 0) return null;
  const size = wholeNumber('limit', limits, Math.min(DEFAULT_LIMIT, maxPageSize), maxPageSize);
  return { size, number: wholeNumber('page', pages, 1, Math.floor(Number.MAX_SAFE_INTEGER / size)) };
}

function wholeNumber(name: string, [written, ...more]: readonly string[], fallback: number, most: number): number {
  if (written === undefined) return fallback;
  const number = more.length === 0 && /^\d{1,16}$/u.test(written) ? Number(written) : 0;
  if (number >= 1 && number <= most) return number;
  throw new WireProblem(
    'err.request.bad',
    `${name} in the address must be a whole number from 1 to ${String(most)}`,
    400,
  );
}
