import { type Queryable } from '../database/pool.js';
import { Problem } from '../record/problem.js';

/** How much a source wants to be asked; `null`: as much as we like. */
export interface RequestLimits {
  /** More than 0 and up to 1000; below 1 for a pause of some seconds between two. */
  readonly requestsPerSecond: number | null;
  /** Of a day in UTC. */
  readonly requestsPerDay: number | null;
}

/** What an operator says of it; absent stays, `null` takes the limit away. */
export type RequestLimitsInput = { readonly [Limit in keyof RequestLimits]?: RequestLimits[Limit] | undefined };

const MOST_PER_SECOND = 1000;
const MOST_PER_DAY = 2_147_483_647;

/** Throws `DATA_SOURCE_INVALID` for a limit that is none. */
export function checkRequestLimits({ requestsPerSecond: second, requestsPerDay: day }: RequestLimitsInput): void {
  if (typeof second === 'number' && !(second > 0 && second <= MOST_PER_SECOND)) {
    throw new Problem(
      'DATA_SOURCE_INVALID',
      `The requests per second must be a number above 0 and up to ${String(MOST_PER_SECOND)}, such as 5 or 0.5`,
      { field: 'requestsPerSecond' },
    );
  }
  if (typeof day === 'number' && !(Number.isInteger(day) && day >= 1 && day <= MOST_PER_DAY)) {
    throw new Problem('DATA_SOURCE_INVALID', 'The requests per day must be a whole number from 1', {
      field: 'requestsPerDay',
    });
  }
}

/** The columns of `data_sources s`, as one JSON object of this shape. */
export const REQUEST_LIMITS_COLUMN = `
  jsonb_build_object('requestsPerSecond', s.requests_per_second, 'requestsPerDay', s.requests_per_day) as request_limits`;

const WRITE_LIMITS = {
  name: 'sources-write-request-limits',
  text: `
    update data_sources set
      requests_per_second = case when $2 then $3::double precision else requests_per_second end,
      requests_per_day = case when $4 then $5::integer else requests_per_day end
    where id = $1`,
};

/** Writes what was said of it and was checked. */
export async function writeRequestLimits(db: Queryable, id: string, given: RequestLimitsInput): Promise<void> {
  const { requestsPerSecond: second, requestsPerDay: day } = given;
  if (second === undefined && day === undefined) return;
  await db.query({ ...WRITE_LIMITS, values: [id, second !== undefined, second, day !== undefined, day] });
}
