import type { Kinship } from '../../record/individual-answer.js';
import { lastSegment } from '../wire-object.js';

/** Codes of `RelationshipTypeEnum` for what we hold; the list has none for guardians, whose code is that of HL7. */
export const KINSHIP_CODES: Readonly<Record<Kinship, string>> = {
  mother: 'MTH',
  father: 'FTH',
  parent: 'PRN',
  child: 'CHILD',
  spouse: 'SPS',
  guardian: 'GUARD',
  ward: 'WARD',
};

/** Natural, adoptive and unspecified parents; step-, foster and in-law ones are others. */
const PARENTS: ReadonlyMap<string, 'mother' | 'father' | 'parent'> = new Map([
  ['mother', 'mother'],
  ['mth', 'mother'],
  ['nmth', 'mother'],
  ['adoptm', 'mother'],
  ['father', 'father'],
  ['fth', 'father'],
  ['nfth', 'father'],
  ['adoptf', 'father'],
  ['parent', 'parent'],
  ['prn', 'parent'],
  ['nprn', 'parent'],
  ['adoptp', 'parent'],
]);

/** Which parent a word or code means; `null` for any other tie: a grandmother is no mother. */
export function readParentRole(word: string): 'mother' | 'father' | 'parent' | null {
  return PARENTS.get(lastSegment(word).trim().toLowerCase()) ?? null;
}
