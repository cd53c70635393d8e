import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Jobs } from './jobs.js';

/** What retention works with. */
export interface RetentionContext {
  readonly pool: Pool;
  readonly log: Logger;
  readonly config: {
    /** How long asynchronous requests, their answers and what other registries sent us are kept. */
    readonly transactionRetentionDays: number;
  };
}

const DAY_SECONDS = 86_400;
/** Rows of one statement, so that none holds many locks for long. */
const BATCH = 1_000;
/** Marks of pages are of no use after an hour. */
const MARKS_DAYS = 1;

/** Deletes the oldest rows: `$1` is how many days they are kept, `$2` how many go at once. */
function deletion(table: string, key: string, old: string) {
  return {
    name: `retention-${table}`,
    text: `
      delete from ${table} where (${key}) in (
        select ${key} from ${table} where ${old} limit $2
      )`,
  };
}

const before = (column: string): string => `${column} < now() - make_interval(days => $1)`;

const DELETIONS = [
  // What answers a request goes with it.
  { table: 'transactions', ...deletion('transactions', 'id', before('received_at')) },
  { table: 'deliveries', ...deletion('deliveries', 'id', before('created_at')) },
  { table: 'events', ...deletion('events', 'id', `${before('occurred_at')} and told_at is not null`) },
  // With what was noted for it and is not told any more.
  { table: 'subscriptions', ...deletion('subscriptions', 'id', `state = 'ended' and ${before('ended_at')}`) },
  { table: 'inbox_messages', ...deletion('inbox_messages', 'id', before('received_at')) },
  {
    table: 'answered_messages',
    ...deletion('answered_messages', 'api_client_id, action, message_id', before('answered_at')),
  },
  {
    table: 'search_page_marks',
    days: MARKS_DAYS,
    ...deletion('search_page_marks', 'api_client_id, question_digest, page_number', before('marked_at')),
  },
] as const;

/** Deletes once a day what is older than it is kept, from now until `jobs` is closed. */
export async function startRetention(context: RetentionContext & { readonly jobs: Jobs }): Promise<void> {
  await context.jobs.repeat('retention', DAY_SECONDS, async (signal) => {
    await deleteExpired(context, signal);
  });
}

/** Deletes what is older than it is kept, a batch at a time. */
export async function deleteExpired({ pool, log, config }: RetentionContext, signal: AbortSignal): Promise<void> {
  for (const { table, name, text, ...rest } of DELETIONS) {
    const days = 'days' in rest ? rest.days : config.transactionRetentionDays;
    let deleted = 0;
    for (;;) {
      signal.throwIfAborted();
      const { rowCount } = await pool.query({ name, text, values: [days, BATCH] });
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) < BATCH) break;
    }
    if (deleted > 0) log.info({ table, deleted, days }, 'deleted what is kept no longer');
  }
}
