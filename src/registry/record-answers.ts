import type { Queryable } from '../database/pool.js';
import type { Filter } from '../record/filter.js';
import type { Individual } from '../record/individual.js';
import type { RecordAnswer } from '../record/record-answer.js';
import type { RecordKind, RegistryKind } from '../record/registry-kind.js';
import { loadPeople } from './individual-answers.js';

/** The records of a page: their ids and, where they are people who were read already, the people. */
export interface RecordsToAnswer {
  readonly ids: readonly string[];
  readonly individuals: readonly Individual[] | null;
}

/**
 * All that a registry of this kind answers of these records, in the order of their ids, with the same number of
 * statements however many there are. Records of people outside `visible` are left out, and so are those that are gone.
 */
export async function loadRecordAnswers(
  db: Queryable,
  record: RecordKind,
  { ids, individuals }: RecordsToAnswer,
  visible: Filter,
  { registry }: { readonly registry: RegistryKind },
): Promise<RecordAnswer[]> {
  if (ids.length === 0 || record !== 'individual') return [];
  const { people } = await loadPeople(db, individuals ?? [], visible, { registry });
  return people.map((person) => ({ kind: 'individual', ...person }));
}
