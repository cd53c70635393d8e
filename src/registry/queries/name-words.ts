import { Problem } from '../../record/problem.js';

/** More words than any name has; each is a condition of the statement. */
const MOST_WORDS = 16;
/** Longer than any word of a name: the pattern is read again for every row. */
const LONGEST_WORD = 256;

/**
 * The words that a name search asks for, each once. `null`: no name can contain them, a NUL character being among them.
 * Throws `FILTER_VALUE_INVALID` when there are too many, or one is longer than any name.
 */
export function readNameWords(text: string): string[] | null {
  if (text.includes('\0')) return null;
  const words = [...new Set(text.split(/\s+/u).filter((word) => word !== ''))];
  if (words.length > MOST_WORDS) {
    throw new Problem('FILTER_VALUE_INVALID', `A name search takes at most ${String(MOST_WORDS)} words.`);
  }
  if (words.some((word) => word.length > LONGEST_WORD)) {
    throw new Problem(
      'FILTER_VALUE_INVALID',
      `A word of a name search has at most ${String(LONGEST_WORD)} characters.`,
    );
  }
  return words;
}

/**
 * The condition that every word occurs in the column, without case; no word occurs in every name. One `ilike` a word:
 * `ilike all (...)` says the same, but a trigram index does not serve it. A column that is null matches neither way.
 */
export function wordsCondition(
  column: string,
  words: readonly string[],
  negated: boolean,
  parameter: (pattern: string) => string,
): string {
  if (words.length === 0) return negated ? 'false' : `${column} is not null`;
  const parts = words.map((word) => `${column} ${negated ? 'not ilike' : 'ilike'} ${parameter(containing(word))}`);
  return parts.length === 1 ? parts.join('') : `(${parts.join(negated ? ' or ' : ' and ')})`;
}

/** The pattern of `like` for texts that contain this one; its `%`, `_` and `\` stand for themselves. */
function containing(text: string): string {
  return `%${text.replace(/[\\%_]/gu, '\\$&')}%`;
}
