import type { Queryable } from '../../database/pool.js';
import type { Identifier } from '../../record/individual.js';
import type { PersonTraces } from '../../registry/erase-individual.js';
import type { ErasedPeople } from '../../registry/erased-people.js';

/** A child's record may tell of a parent without any identifier. */
const SELECT_IDENTIFIERS_OF_CHILDREN = {
  name: 'erase-identifiers-of-children',
  text: 'select type, value from identifiers where individual_id = any ($1::uuid[])',
};

/** What a preview says of a record goes with it. */
const DELETE_RECORDS = {
  name: 'erase-import-records',
  text: 'delete from import_records where marks && $1::bytea[]',
};

/** What the pages of a preview that has not ended would make of the person. */
const DELETE_PREVIEWED = {
  name: 'erase-previewed-people',
  text: `
    with run as materialized (select id from import_runs where kind = 'preview' and state <> 'succeeded'),
    marked as (
      select n.import_run_id, n.individual_id
      from run join preview_identifiers n on n.import_run_id = run.id and n.mark = any ($1::bytea[])
      union
      select id, $2::uuid from run
    ), said as (
      delete from preview_said s
      using marked m where s.import_run_id = m.import_run_id and s.individual_id = m.individual_id
    ), identified as (
      delete from preview_identifiers n
      using marked m where n.import_run_id = m.import_run_id and n.individual_id = m.individual_id
    )
    delete from preview_people p
    using marked m where p.import_run_id = m.import_run_id and p.individual_id = m.individual_id`,
};

/** Deletes the records of imports that wait to be applied or tried again, where they tell of the person or a child. */
export async function deleteWaitingRecords(
  db: Queryable,
  people: ErasedPeople,
  { individualId, identifiers, children }: PersonTraces,
): Promise<void> {
  const { rows } = await db.query<Identifier>({
    ...SELECT_IDENTIFIERS_OF_CHILDREN,
    values: [children.map(({ id }) => id)],
  });
  const own = people.identifierMarks(identifiers);
  await db.query({ ...DELETE_RECORDS, values: [[...own, ...people.identifierMarks(rows)]] });
  await db.query({ ...DELETE_PREVIEWED, values: [own, individualId] });
}
