import type { Queryable } from '../../database/pool.js';
import type { FieldSet } from '../../record/fields.js';
import type { RecordAnswer } from '../../record/record-answer.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import { type PersonRow, placesOf, readPerson, tellingFacts } from './individual-answers.js';
import type { KnownPlaces } from './known-places.js';
import { loadRecordAnswers } from './record-answers.js';
import { findRecordPage, type FoundPage, readRecordPage, type RecordPageQuery } from '../queries/record-pages.js';

/**
 * One page of records, as `findRecordPage` finds them, with all that a registry of this kind answers of them. A page of
 * people is one statement; where there are more of them than the page has, they are counted by another, and places that
 * are not known take a third.
 */
export async function findRecordAnswers(
  db: Queryable,
  query: RecordPageQuery & {
    /** What the caller is shown of the records: nothing else is read. */
    readonly fields: FieldSet;
    readonly registry: RegistryKind;
    readonly places?: KnownPlaces | undefined;
  },
): Promise<FoundPage<RecordAnswer>> {
  const { record, visible, fields, registry, places } = query;
  if (record === 'individual') {
    const page = await readRecordPage<PersonRow, PersonRow>(
      db,
      query,
      (read) => tellingFacts(read, { visible, fields }, { registry, withPlaces: places === undefined }),
      (row) => row,
    );
    const told = places === undefined ? null : await places.load(db, page.items.flatMap(placesOf));
    return {
      ...page,
      items: page.items.map((row) => ({ kind: 'individual', ...readPerson(row, { registry, fields, places: told }) })),
    };
  }
  const { items: ids, ...page } = await findRecordPage(db, query);
  return { ...page, items: await loadRecordAnswers(db, record, ids, visible, { registry, fields }) };
}
