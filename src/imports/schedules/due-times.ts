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
    select due_at as "dueAt", outcome, reason, import_run_id as "importRunId"
    from import_schedule_times
    where search_criteria_id = $1
    order by due_at desc
    limit $2`,
};

/** Notes what became of a time. */
export async function noteDueTime(db: Queryable, searchCriteriaId: string, time: DueTime): Promise<void> {
  const { dueAt, outcome, reason, importRunId } = time;
  await db.query({ ...INSERT, values: [searchCriteriaId, dueAt, outcome, reason, importRunId] });
}

/** The latest times of a criteria's schedule, newest first. */
export async function latestTimes(db: Queryable, searchCriteriaId: string, count: number): Promise<DueTime[]> {
  const { rows } = await db.query<DueTime>({ ...SELECT_LATEST, values: [searchCriteriaId, count] });
  return rows;
}
