import type { PersonTraces } from '../../registry/erase-individual.js';

/** Whether texts speak of a person. Of JSON, numbers count as what they are written as. */
export class Mentions {
  /** Each of which alone tells who it is. */
  readonly #marks: readonly string[];
  /** Which together tell who it is: given and family name, where both are known. */
  readonly #names: readonly string[];
  readonly #anyName: readonly string[];

  constructor(person: PersonTraces) {
    const { individualId, givenName, middleName, familyName, identifiers, contacts, recordIds } = person;
    this.#marks = folded([individualId, ...recordIds, ...contacts, ...identifiers.map(({ value }) => value)]);
    this.#names = folded([givenName, familyName]);
    this.#anyName = folded([givenName, middleName, familyName]);
  }

  /** In an answer, which may tell of many: an identifier of the person, or the names within one part. */
  inAnswer(value: unknown): boolean {
    if (Array.isArray(value)) return value.some((item) => (isLeaf(item) ? this.#isPart([item]) : this.inAnswer(item)));
    if (typeof value !== 'object' || value === null) return isLeaf(value) && this.#isPart([value]);
    const parts: unknown[] = Object.values(value);
    return this.#isPart(parts.filter(isLeaf)) || parts.some((part) => !isLeaf(part) && this.inAnswer(part));
  }

  /** In a question, whose conditions stand apart: an identifier of the person, or the names anywhere. */
  inQuestion(value: unknown): boolean {
    const text = fold(leavesOf(value).join('\n'));
    return this.#isIn(text);
  }

  /** Whether any of the names stands there, which may be that of somebody else. */
  named(value: unknown): boolean {
    const text = fold(leavesOf(value).join('\n'));
    return this.#isIn(text) || this.#anyName.some((name) => hasWords(text, name));
  }

  #isPart(leaves: readonly unknown[]): boolean {
    return this.#isIn(fold(leaves.map(String).join('\n')));
  }

  #isIn(text: string): boolean {
    if (this.#marks.some((mark) => hasWords(text, mark))) return true;
    return this.#names.length > 0 && this.#names.every((name) => hasWords(text, name));
  }
}

function isLeaf(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function leavesOf(value: unknown): string[] {
  if (isLeaf(value)) return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leavesOf);
}

/** As `identifierKey` has it: by case and blanks nothing is told apart. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[^\S\n]+/gu, ' ')
    .toUpperCase();
}

function folded(texts: readonly (string | null)[]): string[] {
  return texts.flatMap((text) => (text === null || text.trim() === '' ? [] : [fold(text).trim()]));
}

/** Whether the words stand in the text and not within longer ones. */
function hasWords(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (!isInWord(text, at - 1) && !isInWord(text, at + words.length)) return true;
  }
  return false;
}

function isInWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(at));
}
