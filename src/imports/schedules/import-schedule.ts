import { type QueryResultRow } from 'pg';
import { nextCronTime, readCron } from '../../dci/cron.js';
import { type Queryable } from '../../database/pool.js';
import { Problem } from '../../record/problem.js';
import { isUuid } from '../../record/uuid.js';
import { criteriaUnknown } from '../search-criteria.js';
import { type DueTime, latestTimes } from './due-times.js';
import { watermarksOf } from './watermark.js';

/** By which date a scheduled run asks only for what came since the last one that succeeded. */
export const INCREMENTAL_BY = ['nothing', 'registration_date', 'event_date'] as const;
export type IncrementalBy = (typeof INCREMENTAL_BY)[number];

/** When a search criteria is fetched by itself. */
export interface ImportSchedule {
  readonly searchCriteriaId: string;
  readonly cron: string;
  /** Name of the IANA database. */
  readonly timeZone: string;
  readonly enabled: boolean;
  readonly incrementalBy: IncrementalBy;
  /** Days before the last success that are asked for again. */
  readonly overlapDays: number;
  /** `null`: it is not enabled. */
  readonly nextDueAt: Date | null;
}

/** What an operator says of a schedule. */
export interface ImportScheduleInput {
  /** As `readCron` takes it. */
  readonly cron: string;
  /** Default: UTC. */
  readonly timeZone?: string | undefined;
  /** Default: yes. */
  readonly enabled?: boolean | undefined;
  /** Default: nothing; each run asks for everything. */
  readonly incrementalBy?: IncrementalBy | undefined;
  /** Default: 1. */
  readonly overlapDays?: number | undefined;
}

const COLUMNS = `s.search_criteria_id, s.cron, s.time_zone, s.enabled, s.incremental_by, s.overlap_days, s.next_due_at`;

const UPSERT = {
  name: 'upsert-import-schedule',
  text: `
    insert into import_schedules as s (search_criteria_id, cron, time_zone, enabled, incremental_by, overlap_days,
      next_due_at)
    select c.id, $2, $3, $4, $5, $6, $7 from search_criteria c where c.id = $1
    on conflict (search_criteria_id) do update
    set cron = excluded.cron, time_zone = excluded.time_zone, enabled = excluded.enabled,
      incremental_by = excluded.incremental_by, overlap_days = excluded.overlap_days,
      next_due_at = excluded.next_due_at, updated_at = now()
    returning ${COLUMNS}`,
};

const DELETE = { name: 'delete-import-schedule', text: 'delete from import_schedules where search_criteria_id = $1' };

const SELECT_SOME = {
  name: 'select-import-schedules',
  text: `select ${COLUMNS} from import_schedules s where s.search_criteria_id = any ($1::uuid[])`,
};

/** A row of the columns of a schedule. */
interface ScheduleRow extends QueryResultRow {
  search_criteria_id: string;
  cron: string;
  time_zone: string;
  enabled: boolean;
  incremental_by: IncrementalBy;
  overlap_days: number;
  next_due_at: Date | null;
}

const MAX_OVERLAP_DAYS = 3_650;

/**
 * Says when a search criteria is fetched by itself, in place of what was said before. Throws `SEARCH_CRITERIA_UNKNOWN`,
 * `CRON_INVALID`, `TIME_ZONE_UNKNOWN`, `OVERLAP_INVALID`.
 */
export async function setImportSchedule(
  db: Queryable,
  searchCriteriaId: string,
  input: ImportScheduleInput,
): Promise<ImportSchedule> {
  const { timeZone = 'UTC', enabled = true, incrementalBy = 'nothing', overlapDays = 1 } = input;
  if (!isTimeZone(timeZone)) {
    throw new Problem('TIME_ZONE_UNKNOWN', 'There is no such time zone: use a name such as Africa/Lusaka, or UTC');
  }
  const cron = readCron(input.cron, { what: 'the schedule', timeZone });
  if (!Number.isInteger(overlapDays) || overlapDays < 0 || overlapDays > MAX_OVERLAP_DAYS) {
    throw new Problem('OVERLAP_INVALID', `The overlap must be a whole number of days from 0 to ${MAX_OVERLAP_DAYS}`);
  }
  if (!isUuid(searchCriteriaId)) throw criteriaUnknown();
  const nextDueAt = enabled ? nextCronTime(cron, new Date(), timeZone) : null;
  const { rows } = await db.query<ScheduleRow>({
    ...UPSERT,
    values: [searchCriteriaId, cron, timeZone, enabled, incrementalBy, overlapDays, nextDueAt],
  });
  if (rows[0] === undefined) throw criteriaUnknown();
  return readSchedule(rows[0]);
}

/** Whether there was a schedule, which the criteria has no longer; runs that it has started go on. */
export async function removeImportSchedule(db: Queryable, searchCriteriaId: string): Promise<boolean> {
  if (!isUuid(searchCriteriaId)) return false;
  const { rowCount } = await db.query({ ...DELETE, values: [searchCriteriaId] });
  return rowCount === 1;
}

/** The schedules of these criteria, in any order; criteria without one are left out. */
export async function findImportSchedules(
  db: Queryable,
  searchCriteriaIds: readonly string[],
): Promise<ImportSchedule[]> {
  const { rows } = await db.query<ScheduleRow>({ ...SELECT_SOME, values: [searchCriteriaIds.filter(isUuid)] });
  return rows.map(readSchedule);
}

/** How a schedule has gone so far. */
export interface ScheduleHistory {
  /** Since when everything is here, as far as runs tell: the start of the last one that succeeded; `null`: none has. */
  readonly watermark: Date | null;
  /** The latest times that came, newest first. */
  readonly times: readonly DueTime[];
}

/** Times that are told of each schedule. */
const TIMES_TOLD = 20;

/** How the schedules of these criteria have gone, one for each in their order. */
export async function readScheduleHistories(
  db: Queryable,
  searchCriteriaIds: readonly string[],
): Promise<ScheduleHistory[]> {
  const watermarks = await watermarksOf(db, searchCriteriaIds);
  const times = await latestTimes(db, searchCriteriaIds, TIMES_TOLD);
  return searchCriteriaIds.map((id) => ({ watermark: watermarks.get(id) ?? null, times: times.get(id) ?? [] }));
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function readSchedule(row: ScheduleRow): ImportSchedule {
  return {
    searchCriteriaId: row.search_criteria_id,
    cron: row.cron,
    timeZone: row.time_zone,
    enabled: row.enabled,
    incrementalBy: row.incremental_by,
    overlapDays: row.overlap_days,
    nextDueAt: row.next_due_at,
  };
}
