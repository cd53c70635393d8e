import { Problem } from '../record/problem.js';

/** A page of a source: its number from 1, and how many records it is asked for. */
export interface NumberedSize {
  readonly number: number;
  readonly size: number;
}

/** What the words of a refusal must have for a smaller page to be worth a try. */
const TOO_LARGE = /\b413\b|too[ _-]?(?:many|large|big)|page[ _-]?size|pagination|\blimit|maximum|exceed/iu;

/** Whether a source refused a page because it was asked for too many records, as far as its words tell. */
export function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  if (error.code === 'SOURCE_ANSWER_TOO_LARGE') return true;
  return error.code === 'SOURCE_REJECTED_REQUEST' && TOO_LARGE.test(error.message);
}

/**
 * The page of half the size, or the next that fits, which begins at the same record; `null` where there is no smaller
 * one.
 */
export function smallerPage({ number, size }: NumberedSize): NumberedSize | null {
  if (size <= 1) return null;
  if (number === 1) return { number, size: Math.floor(size / 2) };
  let parts = 2;
  while (size % parts !== 0) parts += 1;
  return { number: (number - 1) * parts + 1, size: size / parts };
}

/**
 * How many records to ask a source for after its first page: fewer than it was asked for, with more to come, is the most
 * that it gives, and only a source that is asked for that much is sure to number its pages as we do. `reported`: the page
 * size that its answer names.
 */
export function learnedSize(asked: NumberedSize, count: number, reported: number | null): number {
  const { number, size } = asked;
  if (number > 1 || count === 0 || count >= size) return size;
  return reported !== null && Number.isInteger(reported) && reported >= count && reported < size ? reported : count;
}
