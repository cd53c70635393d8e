import { Problem } from '../record/problem.js';

/** No register fills more pages: whoever does answers something else than pages. */
export const MAX_PAGES = 100_000;

/** What is known of a run before the page. */
export interface Progress {
  /** Records read so far. */
  readonly recordsDone: number;
  /** What the source last said it has, if it ever did. */
  readonly recordsReported: number | null;
  /** Digest of the page before; `null` at the first. */
  readonly lastPageDigest: Buffer | null;
}

/** A page as the source gave it. */
export interface PageRead {
  readonly number: number;
  /** Records asked for. */
  readonly size: number;
  /** Records given. */
  readonly count: number;
  readonly total: number | null;
  readonly digest: Buffer;
  /** Whether the source is asked for no page and gives everything at once: asked again it would give it again. */
  readonly whole?: boolean;
}

/** What becomes of a page and of the run after it. */
export interface PageVerdict {
  /** Whether the page's records are to be written. */
  readonly take: boolean;
  /** Whether to ask for a further page. */
  readonly more: boolean;
  /** A sentence for the operator. */
  readonly warning: string | null;
  /** Why the run cannot succeed. */
  readonly failure: Problem | null;
  /** Records to ask for from now on, where that is not as before. */
  readonly size?: number;
}

/**
 * Whether a page is the last. A source's total may be absent, wrong or change, a page may be shorter than asked because
 * the source has a limit of its own, and a page beyond the end looks like no match: so the end is an empty page, or
 * a short one that reaches the total. A source that gives the same page again does not page at all.
 */
export function judgePage(progress: Progress, page: PageRead): PageVerdict {
  const total = page.total ?? progress.recordsReported;
  if (page.count === 0) return end(missing(total, progress.recordsDone));
  if (page.whole === true) {
    return { take: true, more: false, warning: missing(total, progress.recordsDone + page.count), failure: null };
  }
  if (progress.lastPageDigest?.equals(page.digest) === true) {
    const isComplete = total === null || progress.recordsDone >= total;
    if (isComplete) return end('The source gives the same page whatever page is asked for; it was taken once.');
    return fail(
      'SOURCE_REPEATS_PAGE',
      `The source gives the same page again after ${progress.recordsDone} of ${total} records: it cannot be read page by page with this page size`,
    );
  }
  if (page.number >= MAX_PAGES) {
    return fail('SOURCE_ENDLESS', `The source has not come to an end after ${MAX_PAGES} pages: narrow the criteria`);
  }
  const isShort = page.count < page.size;
  const isReached = total !== null && progress.recordsDone + page.count >= total;
  return { take: true, more: !(isShort && isReached), warning: null, failure: null };
}

function end(warning: string | null): PageVerdict {
  return { take: false, more: false, warning, failure: null };
}

function fail(code: string, message: string): PageVerdict {
  return { take: false, more: false, warning: null, failure: new Problem(code, message) };
}

function missing(total: number | null, count: number): string | null {
  if (total !== null && total > count) return `The source said that it has ${total} records and gave ${count}.`;
  return count === 0 ? 'The source has no record that matches.' : null;
}
