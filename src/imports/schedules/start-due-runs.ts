import { type Pool, type PoolClient } from 'pg';
import { type Logger } from 'pino';
import { nextCronTime } from '../../dci/cron.js';
import { type Jobs } from '../../database/jobs.js';
import { inTransaction } from '../../database/transaction.js';
import { Problem } from '../../record/problem.js';
import { getDataSource } from '../../sources/data-sources.js';
import { type ImportRun } from '../import-run.js';
import { checkAsked, criteriaUnknown, findSearchCriteria } from '../search-criteria.js';
import { checkPaths, insertRun, lockCriteria } from '../start-run.js';
import { type DueTime, noteDueTime } from './due-times.js';
import { type ImportSchedule } from './import-schedule.js';
import { sinceOf, watermarksOf } from './watermark.js';

/** What starting runs by the clock works with. */
export interface ScheduleContext {
  readonly pool: Pool;
  readonly jobs: Pick<Jobs, 'send'>;
  readonly log: Logger;
  /** Notes a run that was started, in the transaction that starts it. */
  readonly noteStarted?: (run: ImportRun, client: PoolClient) => Promise<void>;
}

/** Cron has minutes: a time is found soon enough. */
const LOOK_SECONDS = 5;
/** As who runs are asked for. */
const REQUESTED_BY = 'schedule';

const SELECT_DUE = {
  name: 'select-due-import-schedules',
  text: `
    select search_criteria_id as id from import_schedules
    where next_due_at <= now()
    order by next_due_at`,
};

/** Of several gateways one takes the time; the others pass it over. */
const LOCK_DUE = {
  name: 'lock-due-import-schedule',
  text: `
    select search_criteria_id as "searchCriteriaId", cron, time_zone as "timeZone",
      incremental_by as "incrementalBy", overlap_days as "overlapDays", next_due_at as "dueAt", now() as now
    from import_schedules
    where search_criteria_id = $1 and next_due_at <= now()
    for update skip locked`,
};

const MOVE_ON = {
  name: 'move-import-schedule-on',
  text: `
    update import_schedules set next_due_at = $2, enabled = $2::timestamptz is not null, updated_at = now()
    where search_criteria_id = $1`,
};

const SELECT_ACTIVE = {
  name: 'select-active-import-run',
  text: `
    select id from import_runs
    where search_criteria_id = $1 and state in ('queued', 'running', 'paused')`,
};

const ASKS_FOR_EVERYTHING =
  'The source was set up otherwise since the last success: everything is asked for, not only what is new';

type DueSchedule = Pick<ImportSchedule, 'searchCriteriaId' | 'cron' | 'timeZone' | 'incrementalBy' | 'overlapDays'> & {
  readonly dueAt: Date;
  readonly now: Date;
};

/** Looks for times that have come, on one of all the gateways of this database, until `jobs` is closed. */
export async function startSchedules(context: ScheduleContext & { readonly jobs: Jobs }): Promise<void> {
  await context.jobs.repeat('import-schedules', LOOK_SECONDS, (signal) => startDueRuns(context, signal));
}

/**
 * Starts a run of each criteria whose time has come, unless one of it is under way still. Of times that passed while no
 * gateway was there the first one counts, and what the others would have brought comes with it.
 */
export async function startDueRuns(context: ScheduleContext, signal?: AbortSignal): Promise<void> {
  const { rows } = await context.pool.query<{ id: string }>(SELECT_DUE);
  const failures: unknown[] = [];
  for (const { id } of rows) {
    signal?.throwIfAborted();
    try {
      await inTransaction(context.pool, (client) => takeDueTime(client, context, id));
    } catch (error) {
      // The others are not to wait for one that fails each time.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'the time of an import could not be taken');
}

async function takeDueTime(client: PoolClient, context: ScheduleContext, id: string): Promise<void> {
  const { rows } = await client.query<DueSchedule>({ ...LOCK_DUE, values: [id] });
  const [schedule] = rows;
  if (schedule === undefined) return;
  const { cron, timeZone, dueAt, now } = schedule;
  const time = await startUnlessActive(client, context, schedule);
  await noteDueTime(client, id, { dueAt, ...time });
  await client.query({ ...MOVE_ON, values: [id, nextCronTime(cron, now, timeZone)] });
  const { outcome, importRunId } = time;
  context.log.info(
    { outcome, ...(importRunId === null ? {} : { run: importRunId }) },
    'the time of an import has come',
  );
}

async function startUnlessActive(
  client: PoolClient,
  { jobs, noteStarted }: ScheduleContext,
  schedule: DueSchedule,
): Promise<Omit<DueTime, 'dueAt'>> {
  const { searchCriteriaId } = schedule;
  await lockCriteria(client, searchCriteriaId);
  const active = await client.query<{ id: string }>({ ...SELECT_ACTIVE, values: [searchCriteriaId] });
  const [underWay] = active.rows;
  if (underWay !== undefined) {
    const reason = 'A run of this search criteria was still under way: nothing was started';
    return { outcome: 'skipped', reason, importRunId: underWay.id };
  }
  try {
    const criteria = await findSearchCriteria(client, searchCriteriaId);
    if (criteria === null) throw criteriaUnknown();
    checkAsked(criteria);
    await checkPaths(client, criteria);
    const source = await getDataSource(client, criteria.dataSourceId);
    const watermark = (await watermarksOf(client, [searchCriteriaId])).get(searchCriteriaId);
    const since = sinceOf(schedule, criteria, source, watermark ?? null);
    const asked = { kind: 'import', searchCriteriaId, ofRunId: null, requestedBy: REQUESTED_BY, since } as const;
    const run = await insertRun(client, jobs, asked);
    await noteStarted?.(run, client);
    const isForgotten = schedule.incrementalBy !== 'nothing' && watermark === null;
    return { outcome: 'started', reason: isForgotten ? ASKS_FOR_EVERYTHING : null, importRunId: run.id };
  } catch (error) {
    // Said to whoever looks at the schedule; the next time is another try.
    if (error instanceof Problem) return { outcome: 'refused', reason: error.message, importRunId: null };
    throw error;
  }
}
