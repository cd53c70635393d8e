import { compileQuery } from '../../dci/compile-query.js';
import { dialect } from '../../dci/dialects/dialect.js';
import { type Queryable } from '../../database/pool.js';
import { addDays } from '../../record/partial-date.js';
import { type DataSource } from '../../sources/data-source.js';
import { criteriaFilter, EVENT_DATES, type SearchCriteria, type Since } from '../search-criteria.js';
import { type ImportSchedule } from './import-schedule.js';

/**
 * The start of the newest run that succeeded, unless it was taken back, or one before it was after it had begun: what
 * such a run had brought is missing, and is asked for again. `null` where all succeeded before the source was set up as it
 * is now: they may have asked another register.
 */
const SELECT_WATERMARKS = {
  name: 'select-import-watermarks',
  text: `
    select r.search_criteria_id as id,
      max(r.created_at) filter (where s.asked_anew_at is null or r.created_at > s.asked_anew_at) as watermark
    from import_runs r
    join search_criteria c on c.id = r.search_criteria_id
    join data_sources s on s.id = c.data_source_id
    where r.search_criteria_id = any ($1::uuid[]) and r.kind = 'import' and r.state = 'succeeded'
      and not exists (
        select from import_runs u join import_runs back on back.of_run_id = u.id and back.kind = 'undo'
        where u.search_criteria_id = r.search_criteria_id and u.created_at <= r.created_at
          and back.created_at > r.created_at
      )
    group by r.search_criteria_id`,
};

/**
 * Since when everything that these criteria ask for is here, as far as their runs tell; `null` where it is no longer known,
 * because the source was set up anew since. Those of which no run has succeeded are left out.
 */
export async function watermarksOf(
  db: Queryable,
  searchCriteriaIds: readonly string[],
): Promise<ReadonlyMap<string, Date | null>> {
  const { rows } = await db.query<{ id: string; watermark: Date | null }>({
    ...SELECT_WATERMARKS,
    values: [searchCriteriaIds],
  });
  return new Map(rows.map(({ id, watermark }) => [id, watermark]));
}

/**
 * From which day on the next run asks for what is new; `null`: it asks for everything, because nothing was brought yet,
 * nobody wants less, or the source cannot be asked by that date.
 */
export function sinceOf(
  { incrementalBy, overlapDays }: Pick<ImportSchedule, 'incrementalBy' | 'overlapDays'>,
  criteria: SearchCriteria,
  source: Pick<DataSource, 'dialect'>,
  watermark: Date | null,
): Since | null {
  if (incrementalBy === 'nothing' || watermark === null) return null;
  const attribute = incrementalBy === 'registration_date' ? incrementalBy : EVENT_DATES[criteria.event];
  const since = { attribute, from: addDays(watermark.toISOString().slice(0, 10), -overlapDays) };
  return canBeAsked(criteria, source, since) ? since : null;
}

/** What a source cannot be asked is left over for us to hold its records against: here nothing may be. */
function canBeAsked(criteria: SearchCriteria, { dialect: name }: Pick<DataSource, 'dialect'>, since: Since): boolean {
  const leftOver = (filter: ReturnType<typeof criteriaFilter>): string =>
    JSON.stringify(compileQuery(filter, dialect(name), criteria.event).residual);
  return leftOver(criteriaFilter(criteria, { since })) === leftOver(criteriaFilter(criteria));
}
