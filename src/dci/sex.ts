import type { Sex } from '../record/individual.js';
import { lastSegment } from './wire-object.js';

const WORDS: ReadonlyMap<string, Sex> = new Map([
  ['male', 'male'],
  ['m', 'male'],
  ['1', 'male'],
  ['female', 'female'],
  ['f', 'female'],
  ['2', 'female'],
  ['other', 'other'],
  ['o', 'other'],
  ['unknown', 'unknown'],
  ['u', 'unknown'],
  ['0', 'unknown'],
]);

/** The code that a word, letter or ISO 5218 number means, in any case; `null` for any other. */
export function readSex(word: string): Sex | null {
  return WORDS.get(lastSegment(word.trim()).toLowerCase()) ?? null;
}
