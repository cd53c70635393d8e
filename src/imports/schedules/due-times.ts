import { type Queryable } from '../../database/pool.js';

/** What became of a time: a run was started, an earlier one was still under way, or none could be started. */
export type DueOutcome = 'started' | 'skipped' | 'refused';

/** A time of a schedule that came. */
export interface DueTime {
  readonly dueAt: Date;
  readonly outcome: DueOutcome;
  /** A sentence for the operator; `null` where there is nothing to say. */
  readonly reason: string | null;
  /** The run that was started, or was still under way. */
  readonly importRunId: string | null;
}

const INSERT = {
  name: 'insert-import-schedule-time',
  text: `
    insert into import_schedule_times (search_criteria_id, due_at, outcome, reason, import_run_id)
    values ($1, $2, $3, $4, $5)
    on conflict (search_criteria_id, due_at) do nothing`,
};

const SELECT_LATEST = {
  name: 'select-import-schedule-times',
  text: `
    select asked.id, t.due_at as "dueAt", t.outcome, t.reason, t.import_run_id as "importRunId"
    from unnest($1::uuid[]) as asked (id)
    cross join lateral (
      select * from import_schedule_times s where s.search_criteria_id = asked.id order by s.due_at desc limit $2
    ) t
    order by t.due_at desc`,
};

/** Notes what became of a time. */
export async function noteDueTime(db: Queryable, searchCriteriaId: string, time: DueTime): Promise<void> {
  const { dueAt, outcome, reason, importRunId } = time;
  await db.query({ ...INSERT, values: [searchCriteriaId, dueAt, outcome, reason, importRunId] });
}

/** The latest times of several schedules by their criteria, newest first, at most so many of each. */
export async function latestTimes(
  db: Queryable,
  searchCriteriaIds: readonly string[],
  count: number,
): Promise<ReadonlyMap<string, readonly DueTime[]>> {
  const { rows } = await db.query<DueTime & { id: string }>({ ...SELECT_LATEST, values: [searchCriteriaIds, count] });
  const times = new Map<string, DueTime[]>();
  for (const { id, ...time } of rows) times.set(id, [...(times.get(id) ?? []), time]);
  return times;
}
