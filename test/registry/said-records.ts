import { type Identifier } from '../../src/record/individual.js';
import { type IndividualRecord, type Parent } from '../../src/record/individual-record.js';

export interface Said extends Partial<Omit<IndividualRecord, 'identifiers' | 'parents'>> {
  /** `BRN:1 NID:2` */
  readonly ids?: string;
  readonly mother?: Said;
  readonly father?: Said;
  /** Parents of whom the record does not say which. */
  readonly some?: readonly Said[];
}

/** An IndividualRecord in few words. */
export function said({ ids = '', mother, father, some = [], issues = [], ...values }: Said): IndividualRecord {
  const parent = (role: Parent['role'], what: Said | undefined): Parent[] =>
    what === undefined ? [] : [{ role, record: said(what) }];
  return {
    ...values,
    identifiers: identifiers(ids),
    parents: [
      ...parent('mother', mother),
      ...parent('father', father),
      ...some.flatMap((each) => parent('parent', each)),
    ],
    issues,
  };
}

export function named(given: string | null, family: string | null, middle: string | null = null) {
  return { given, middle, family };
}

export function bornOn(date: string) {
  return { date, precision: 'day' as const };
}

function identifiers(text: string): Identifier[] {
  return text
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const [type = '', value = ''] = part.split(':');
      return { type, value };
    });
}
