import { cleanText } from '../records/clean-text.js';
import { codeOf, lastSegment } from '../wire-object.js';

/** A published list of codes: each code with the words that stand for it in messages, its published label first. */
export type CodeList = Readonly<Record<string, readonly string[]>>;

/** Letters and digits only: labels are written with and without blanks, slashes and capitals. */
function wordKey(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

const CODES_BY_WORD = new WeakMap<CodeList, ReadonlyMap<string, string>>();

function codesByWord(list: CodeList): ReadonlyMap<string, string> {
  const known = CODES_BY_WORD.get(list);
  if (known) return known;
  const codes = Object.entries(list).flatMap(([code, words]) => words.map((word) => [wordKey(word), code] as const));
  // The first code that a word stands for wins.
  const made = new Map(codes.toReversed());
  CODES_BY_WORD.set(list, made);
  return made;
}

/**
 * The code that is meant, written bare (`S`), behind a prefix (`category:S`) or as a label (`Never married`). A code that
 * the list does not have passes through as it is: countries add their own. `null` where nothing is said.
 */
export function readCode(list: CodeList, written: unknown): string | null {
  const text = cleanText(codeOf(written));
  if (text === null || Object.hasOwn(list, text)) return text;
  const byLabel = codesByWord(list).get(wordKey(text));
  if (byLabel !== undefined) return byLabel;
  const bare = lastSegment(text);
  return Object.hasOwn(list, bare) ? bare : text;
}
