import type { RegistryRecord } from '../../record/registry-record.js';
import { readIndividualRecord } from './read-record.js';
import { dialect } from '../dialects/dialect.js';

/** What a line says, in the order in which it must be written, or why it cannot be used. */
export type ReadRegistryRecords =
  | { readonly ok: true; readonly records: readonly RegistryRecord[] }
  | { readonly ok: false; readonly problems: readonly RecordProblem[] };

/** What is wrong with a record: a sentence without the value itself. */
export interface RecordProblem {
  readonly field: string;
  readonly message: string;
}

/**
 * Reads one record, as JSON was parsed, in the shapes that `writeRecord` emits and in those of the published examples.
 *
 * @param today `YYYY-MM-DD`, by which a date is in the future.
 */
export function readRegistryRecords(line: unknown, { today }: { readonly today: string }): ReadRegistryRecords {
  const { identifiers, name, sex, birthDate, issues } = readIndividualRecord(line, dialect('spdci-1.0'), today);
  if (issues.length > 0) return { ok: false, problems: issues };
  return {
    ok: true,
    records: [
      {
        kind: 'individual',
        identifiers,
        ...(name === undefined ? {} : { givenName: name.given, middleName: name.middle, familyName: name.family }),
        ...(sex === undefined ? {} : { sex }),
        ...(birthDate === undefined ? {} : { birthDate }),
      },
    ],
  };
}
