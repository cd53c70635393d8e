import type { Queryable } from '../../database/pool.js';
import type { RecordAnswer } from '../../record/record-answer.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import { type PersonRow, readPerson, tellingFacts } from './individual-answers.js';
import { loadRecordAnswers } from './record-answers.js';
import { findRecordPage, type FoundPage, readRecordPage, type RecordPageQuery } from '../queries/record-pages.js';

/**
 * One page of records, as `findRecordPage` finds them, with all that a registry of this kind answers of them. A page of
 * people is one statement; where there are more of them than the page has, they are counted by another.
 */
export async function findRecordAnswers(
  db: Queryable,
  query: RecordPageQuery & { readonly registry: RegistryKind },
): Promise<FoundPage<RecordAnswer>> {
  const { record, visible, registry } = query;
  if (record === 'individual') {
    return readRecordPage<PersonRow, RecordAnswer>(
      db,
      query,
      (read) => tellingFacts(read, visible, registry),
      (row) => ({ kind: 'individual', ...readPerson(row, registry) }),
    );
  }
  const { items: ids, ...page } = await findRecordPage(db, query);
  return { ...page, items: await loadRecordAnswers(db, record, ids, visible, { registry }) };
}
