import type { RecordForm } from '../dialects/dialect.js';
import { textOf } from '../wire-object.js';

/** Most texts are clean already, and seeing so is far cheaper than cleaning them. */
const CLEAN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/u;

/** Blanks, line breaks, no-break spaces and control characters: all of them part words and nothing else. */
const BLANKS = /[\s\p{Cc}]+/gu;

/**
 * The text as the registry keeps it: NFC, one blank between words, none outside. Numbers are text. `null` for anything
 * else, for a text of blanks only and for the dialect's words for "nothing".
 */
export function cleanText(value: unknown, absentWords: readonly string[] = []): string | null {
  const written = typeof value === 'string' ? value : textOf(value);
  if (written === null) return null;
  const text = CLEAN.test(written) ? written : cleaned(written);
  return text === '' || absentWords.includes(text) ? null : text;
}

function cleaned(text: string): string {
  return text
    .replace(/\p{Cs}/gu, '\ufffd')
    .normalize('NFC')
    .replace(BLANKS, ' ')
    .trim();
}

/**
 * A text of several lines on one, parted by commas. Words that stand for a missing part of the address are left out,
 * and so are lines that hold nothing else.
 */
export function cleanLines(
  value: unknown,
  { absentWords, addressGaps }: Pick<RecordForm, 'absentWords' | 'addressGaps'>,
): string | null {
  if (typeof value !== 'string') return cleanText(value, absentWords);
  const lines = value.split(/[\r\n]+/u).flatMap((line) => {
    const words = (cleanText(line, absentWords) ?? '').split(' ');
    const said = words.filter((word) => word !== '' && !addressGaps.includes(word));
    return said.length === 0 ? [] : [said.join(' ')];
  });
  return lines.length === 0 ? null : lines.join(', ');
}
