import { type Dice } from './dice.js';
import { inverse } from './timeline.js';

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_SPACE = 2 ** 30;
const CODE_FACTOR = 0x2c9277b5;
const NATIONAL_SPACE = 10_000_000_000;
const NATIONAL_FACTOR = 734_568_113;
const NATIONAL_INVERSE = inverse(NATIONAL_FACTOR, NATIONAL_SPACE);

/** A number under which the register knows a person, as it stands on the wire. */
export interface ShownIdentifier {
  readonly name: 'BRN' | 'NID' | 'DRN' | 'MRN';
  readonly identifier: string;
}

export type RegistrationKind = 'B' | 'D' | 'M';

/**
 * Registration numbers and national numbers look random and are not: each is its running number, turned by a
 * multiplication that can be undone, so that a search by number needs no index.
 */
export interface Numbering {
  /** E.g. `2023B0KX3T9` for the birth at a position, declared in the given year. */
  registration(kind: RegistrationKind, position: number, year: number): string;
  /** The position that a registration number of this kind would belong to, or null for another form. */
  positionOf(kind: RegistrationKind, registration: string): number | null;
  /** Ten digits. */
  national(person: number): string;
  personOf(national: string): number | null;
}

/** The numbering of one register. */
export function createNumbering(dice: Dice): Numbering {
  const codeStart = dice(0, 31) % CODE_SPACE;
  const nationalStart = dice(0, 32);
  return {
    registration: (kind, position, year) => {
      let code = (Math.imul(position, CODE_FACTOR) + codeStart) & (CODE_SPACE - 1);
      let text = '';
      for (let letter = 0; letter < 6; letter += 1) {
        text = LETTERS.charAt(code & 31) + text;
        code >>>= 5;
      }
      return `${String(year)}${kind}${text}`;
    },
    positionOf: (kind, registration) => {
      const text = registration.toUpperCase();
      if (!/^\d{4}[BDM][0-9A-Z]{6}$/.test(text) || text.charAt(4) !== kind) return null;
      let code = 0;
      for (const letter of text.slice(5)) {
        const value = LETTERS.indexOf(letter);
        if (value < 0) return null;
        code = code * 32 + value;
      }
      return Math.imul(code - codeStart, CODE_INVERSE) & (CODE_SPACE - 1);
    },
    national: (person) => String((person * NATIONAL_FACTOR + nationalStart) % NATIONAL_SPACE).padStart(10, '0'),
    personOf: (national) => {
      if (!/^\d{10}$/.test(national)) return null;
      const turned = (BigInt(national) - BigInt(nationalStart)) * BigInt(NATIONAL_INVERSE);
      const person = turned % BigInt(NATIONAL_SPACE);
      return Number(person < 0n ? person + BigInt(NATIONAL_SPACE) : person);
    },
  };
}

/** Undoes the code's factor modulo 2^32, hence modulo 2^30 too. */
const CODE_INVERSE = inverseOfOdd(CODE_FACTOR);

function inverseOfOdd(factor: number): number {
  let guess = factor;
  for (let round = 0; round < 5; round += 1) guess = Math.imul(guess, 2 - Math.imul(factor, guess));
  return guess;
}
