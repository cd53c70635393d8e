import type { Queryable } from '../../database/pool.js';
import type { Change } from '../../record/change.js';
import type { ConcernedRecord, RecordedChange } from './happenings.js';

/** People who were there before ($2) are told of by every record that shows them; who is new is so by none yet. */
const SELECT_CONCERNED = {
  name: 'partners-select-concerned',
  text: `
    with concerned (subject, subject_id, record, record_id) as (
      select 'individual', id, 'individual', id from unnest($1::uuid[]) id
      union all
      select 'individual', individual_id, 'farmer', id from farmers where individual_id = any($2::uuid[])
      union all
      select 'individual', individual_id, 'disability', id from disabilities where individual_id = any($2::uuid[])
      union all
      select 'individual', individual_id, 'enrolment', id from enrolments where individual_id = any($2::uuid[])
      union all
      select 'individual', individual_id, 'group', group_id from memberships
        where individual_id = any($2::uuid[]) and ended_on is null
      union all
      select 'group', id, 'group', id from groups where id = any($3::uuid[])
      union all
      select 'group', group_id, 'enrolment', id from enrolments where group_id = any($3::uuid[])
      union all
      select 'membership', id, 'group', group_id from memberships where id = any($4::uuid[])
      union all
      select 'membership', id, 'individual', individual_id from memberships where id = any($4::uuid[])
      union all
      select 'relationship', id, 'individual', source_id from relationships where id = any($5::uuid[])
      union all
      select 'relationship', id, 'individual', target_id from relationships where id = any($5::uuid[])
      union all
      select 'farmer', id, 'farmer', id from farmers where id = any($6::uuid[])
      union all
      select 'disability', id, 'disability', id from disabilities where id = any($7::uuid[])
      union all
      select 'disability', id, 'individual', individual_id from disabilities where id = any($7::uuid[])
      union all
      select 'enrolment', id, 'enrolment', id from enrolments where id = any($8::uuid[])
    )
    select c.subject, c.subject_id as "subjectId", c.record, c.record_id as "recordId",
      coalesce(i.deceased, false) as deceased,
      i.id is not null and exists (select from marriages m where m.individual_id = i.id) as married
    from concerned c
    left join individuals i on c.subject = 'individual' and i.id = c.subject_id`,
};

/** The records that the changes concern, with one statement however many there are. */
export async function findConcernedRecords(
  db: Queryable,
  changes: readonly RecordedChange[],
): Promise<ConcernedRecord[]> {
  const idsOf = (subject: Change['subject'], told: readonly RecordedChange[] = changes): string[] => [
    ...new Set(told.filter((change) => change.subject === subject).map(({ subjectId }) => subjectId)),
  ];
  const updates = changes.filter(({ kind }) => kind === 'updated');
  const { rows } = await db.query<ConcernedRecord>({
    ...SELECT_CONCERNED,
    values: [
      idsOf('individual'),
      idsOf('individual', updates),
      idsOf('group'),
      idsOf('membership'),
      idsOf('relationship'),
      idsOf('farmer'),
      idsOf('disability'),
      idsOf('enrolment'),
    ],
  });
  return rows;
}
