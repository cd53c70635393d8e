import type { Jobs } from '../../database/jobs.js';
import type { Queryable } from '../../database/pool.js';
import type { Scope } from '../../security/scopes.js';
import { giveUp } from './give-up.js';
import type { TransactionContext } from './transaction-context.js';
import { finishTransaction, openTransaction, type OpenTransaction, type TransactionAction } from './transactions.js';

/**
 * Does the work of one transaction, or a step of it, and queues what is to be told. It may run twice and at two places
 * at once: what it does for good it does in one transaction of the database together with `finishTransaction`.
 */
export type TransactionHandler = (transaction: OpenTransaction, signal: AbortSignal) => Promise<void>;

/** Transactions that one gateway works on at once. */
const CONCURRENCY = 4;

/** Answers asynchronous requests in this process from now until `jobs` is closed; any number of processes may. */
export function startTransactionWorkers(
  context: TransactionContext,
  handlers: Readonly<Record<TransactionAction, TransactionHandler>>,
): void {
  const { pool, jobs, keys, log } = context;
  jobs.work(
    'transaction',
    async ({ id }, signal, attempt) => {
      let transaction: OpenTransaction | null = null;
      try {
        transaction = await openTransaction(pool, keys, id);
        if (transaction === null || transaction.state === 'done' || transaction.state === 'failed') return;
        if (await mayStill(transaction, context)) await handlers[transaction.action](transaction, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (attempt.last) {
          if (transaction === null) await finishTransaction(pool, id, { state: 'failed', outcome: [] });
          else await giveUp(transaction, context);
          log.error({ transaction: id }, 'a request was given up after many attempts');
        }
        throw error;
      }
    },
    { concurrency: CONCURRENCY },
  );
}

/** What a client must be granted for its request to be answered; whoever has a token may ask for a status. */
const NEEDED: Readonly<Record<TransactionAction, Scope | null>> = {
  search: 'registry.search',
  subscribe: 'registry.subscribe',
  unsubscribe: 'registry.subscribe',
  'txn-status': null,
};

/** Ends the request of a client that was shut out since, which is told nothing, or that may no longer ask this. */
async function mayStill(transaction: OpenTransaction, context: TransactionContext): Promise<boolean> {
  const { id, action, standing } = transaction;
  if (!standing.isActive) {
    await finishTransaction(context.pool, id, { state: 'failed', outcome: [] });
    return false;
  }
  const needed = NEEDED[action];
  if (needed === null || standing.scopes.includes(needed)) return true;
  await giveUp(transaction, context, `This client may no longer ask this: the scope ${needed} was taken from it`);
  return false;
}

/** Those that wait for a message to be delivered go on when it is. */
const FORGOTTEN = {
  name: 'transaction-forgotten',
  text: `
    select t.id from transactions t
    where t.state in ('received', 'working') and t.received_at < now() - make_interval(secs => $1)
      and not exists (select from deliveries d where d.transaction_ref = t.id and d.state <> 'delivered')
    order by t.received_at limit $2`,
};

const SWEEP_ROWS = 1_000;

/** Sends jobs for requests that were acknowledged long ago and wait for nothing, in case theirs were lost. */
export async function sweepTransactions(db: Queryable, jobs: Jobs, olderThanSeconds: number): Promise<number> {
  const { rows } = await db.query<{ id: string }>({ ...FORGOTTEN, values: [olderThanSeconds, SWEEP_ROWS] });
  for (const { id } of rows) await jobs.send('transaction', { id });
  return rows.length;
}
