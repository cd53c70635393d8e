import { setTimeout as wait } from 'node:timers/promises';
import { type Queryable } from '../database/pool.js';
import { type DataSource } from './data-source.js';
import { ComeBackLater } from './retry.js';

/** A request that would have to wait for longer is not sent: whoever wants it comes back. */
const LONGEST_QUEUE_MS = 20_000;

/** What the quota needs of a source. */
type Limited = Pick<DataSource, 'id' | 'code' | 'requestLimits'>;

/** Takes the next place in the queue, and one of the day; no row: there is none. `$2`: milliseconds between two. */
const TAKE = {
  name: 'take-source-quota',
  text: `
    insert into source_quotas as q (data_source_id, day, used, next_at)
    values ($1, (clock_timestamp() at time zone 'utc')::date, 1,
      clock_timestamp() + make_interval(secs => $2::double precision / 1000))
    on conflict (data_source_id) do update set
      used = case when q.day = excluded.day then q.used + 1 else 1 end,
      day = excluded.day,
      next_at = greatest(q.next_at, clock_timestamp()) + make_interval(secs => $2::double precision / 1000)
    where ($3::integer is null or q.day <> excluded.day or q.used < $3)
      and q.next_at <= clock_timestamp() + make_interval(secs => $4::double precision / 1000)
    returning greatest(0, extract(epoch from q.next_at - clock_timestamp()) * 1000 - $2)::double precision as "waitMs"`,
};

const SELECT_FULL = {
  name: 'select-full-source-quota',
  text: `
    select $2::integer is not null and q.used >= $2 and q.day = (clock_timestamp() at time zone 'utc')::date as "isDayOver",
      greatest(0, extract(epoch from q.next_at - clock_timestamp()) * 1000)::double precision as "queueMs",
      (extract(epoch from ((clock_timestamp() at time zone 'utc')::date + 1)::timestamp at time zone 'utc'
        - clock_timestamp()) * 1000)::double precision as "dayMs"
    from source_quotas q
    where q.data_source_id = $1`,
};

/**
 * Keeps to what a source wants to be asked, together with all other gateways of this database. A source without limits
 * costs nothing.
 */
export class SourceQuota {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /**
   * Waits until one request may go out, and counts it. Throws a `ComeBackLater` `SOURCE_QUOTA_USED_UP` where the day has
   * no more, `SOURCE_QUEUE_FULL` where too many wait already, and an error when `signal` fires.
   */
  async take(source: Limited, signal: AbortSignal): Promise<void> {
    const { requestsPerSecond, requestsPerDay } = source.requestLimits;
    if (requestsPerSecond === null && requestsPerDay === null) return;
    const gapMs = requestsPerSecond === null ? 0 : 1000 / requestsPerSecond;
    const { rows } = await this.#db.query<{ waitMs: number }>({
      ...TAKE,
      values: [source.id, gapMs, requestsPerDay, Math.max(LONGEST_QUEUE_MS, gapMs)],
    });
    const [place] = rows;
    if (place === undefined) throw await this.#full(source);
    if (place.waitMs > 0) await wait(place.waitMs, undefined, { signal });
  }

  async #full({ id, code, requestLimits: { requestsPerDay } }: Limited): Promise<ComeBackLater> {
    const { rows } = await this.#db.query<{ isDayOver: boolean; queueMs: number; dayMs: number }>({
      ...SELECT_FULL,
      values: [id, requestsPerDay],
    });
    const { isDayOver = false, queueMs = 0, dayMs = 0 } = rows[0] ?? {};
    if (isDayOver) {
      const message = `The ${String(requestsPerDay)} requests per day to "${code}" that its settings allow are used up; the next day begins at midnight UTC`;
      return new ComeBackLater('SOURCE_QUOTA_USED_UP', message, dayMs);
    }
    const message = `More requests to "${code}" wait already than its requests per second allow soon: try again later`;
    return new ComeBackLater('SOURCE_QUEUE_FULL', message, queueMs);
  }
}
