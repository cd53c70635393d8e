import { inTransaction } from '../../database/transaction.js';
import { writeSearchCallback } from '../../dci/answer.js';
import { dialect } from '../../dci/dialects/dialect.js';
import { judgeItems } from '../../dci/header.js';
import { readSearchRequest } from '../../dci/messages/search.js';
import type { Queryable } from '../../database/pool.js';
import { Problem } from '../../record/problem.js';
import { disclose, isBudgetSpent, nextHour, peopleTold, type Told } from '../disclosures/disclose.js';
import { largestPageFor } from '../reception/caller-limits.js';
import { readingContext } from './answer-context.js';
import { queueDelivery } from '../deliveries/deliveries.js';
import type { Handler } from '../reception/endpoint.js';
import { type MessageContent, readMessage } from './search-pages.js';
import { readProgress, writeProgress } from './search-progress.js';
import { toldByOutcomes } from './told-by-outcomes.js';
import { giveUp } from '../transactions/give-up.js';
import {
  callbackSettings,
  type TransactionContext,
  transactionReadingContext,
} from '../transactions/transaction-context.js';
import type { TransactionHandler } from '../transactions/transaction-workers.js';
import { acceptTransaction, finishTransaction, type OpenTransaction } from '../transactions/transactions.js';

/** Messages of one search that may wait to be delivered: for one who does not take them we do not go on and on. */
const MOST_UNDELIVERED = 5;
/** After this long a handler lets other requests have their turn. */
const TURN_MS = 5_000;

/** Acknowledges a search; its records follow in as many `on-search` messages as they have pages. */
export function acceptSearch(context: TransactionContext): Handler {
  return async (received) => {
    const { message, registry } = received;
    const asked = readSearchRequest(message, await readingContext(received, context));
    const tooManyErrors = judgeItems(asked.items);
    if (tooManyErrors !== null) throw new Problem('err.request.bad', tooManyErrors.message);
    const question = asked.items.find((item) => item.ok);
    return acceptTransaction(context, received, {
      registry: registry ?? question?.registryKind ?? context.config.registries[0] ?? 'social',
      action: 'search',
      transactionId: asked.transactionId,
      referenceIds: asked.items.map(({ referenceId }) => referenceId),
    });
  };
}

/**
 * Writes the messages that answer a search, one after the other, each in one transaction of the database with how far
 * the search is: a worker that is killed repeats at most the reading of one message. Stops while as many wait to be
 * delivered as may; the delivery of one sends the job again.
 */
export function answerSearch(context: TransactionContext): TransactionHandler {
  const { pool, jobs, keys, log, config } = context;
  return async (transaction, signal) => {
    const endsAt = performance.now() + TURN_MS;
    for (;;) {
      signal.throwIfAborted();
      const progress = await readProgress(pool, keys, transaction.id);
      if (progress === null || progress.undelivered >= MOST_UNDELIVERED) return;
      const { standing, ordinal } = progress;
      // Shut out while its search was answered.
      if (!standing.isActive) {
        await finishTransaction(pool, transaction.id, { state: 'failed', outcome: progress.outcome });
        return;
      }
      const asking = { ...transaction, standing };
      // Also what is asked is read again: which registries and how large a page it may ask for has changed as well.
      const { items } = readSearchRequest(transaction.message, await transactionReadingContext(asking, context));
      const now = new Date();
      const { access } = standing;
      const maxPageSize = largestPageFor(access, config);
      const speaks = dialect(transaction.dialect);
      const content = await readMessage(pool, items, progress, { dialect: speaks, access, maxPageSize, now });
      const told = toldByOutcomes(content.outcomes, speaks);
      const isOver = performance.now() > endsAt;
      let goesOn: boolean;
      try {
        goesOn = await inTransaction(pool, async (db) => {
          const { next, statuses: outcome } = content;
          const place = next ?? { item: items.length, page: null };
          if (!(await writeProgress(db, keys, transaction.id, { ordinal, place, outcome }))) return false;
          await discloseMessage(db, context, asking, { content, told, ordinal });
          const body = writeCallback(context, transaction, content, { now, items: items.length });
          const { apiClientId, senderUri: url, id } = transaction;
          await queueDelivery(db, context, {
            apiClientId,
            action: 'on-search',
            url,
            body,
            transactionRef: id,
            ordinal,
          });
          if (next === null) await finishTransaction(db, id, { state: 'done', outcome });
          else if (isOver) await jobs.send('transaction', { id }, { db });
          return next !== null && !isOver;
        });
      } catch (error) {
        if (!isBudgetSpent(error)) throw error;
        await waitForBudget(context, asking, told);
        return;
      }
      if (content.next === null) {
        const { clientName: client, correlationId } = transaction;
        log.info({ client, correlationId, items: items.length, messages: ordinal }, 'a search was answered');
      }
      if (!goesOn) return;
    }
  };
}

/** In the transaction in which the message is queued: what is not on record does not leave. */
async function discloseMessage(
  db: Queryable,
  { ledger }: TransactionContext,
  { standing: caller, correlationId }: OpenTransaction,
  {
    content,
    told,
    ordinal,
  }: { readonly content: MessageContent; readonly told: readonly Told[]; readonly ordinal: number },
): Promise<void> {
  const { outcomes } = content;
  const detail = {
    message: ordinal,
    items: outcomes.length,
    rejected: outcomes.filter(({ ok }) => !ok).length,
    records: outcomes.reduce((sum, outcome) => sum + (outcome.ok ? outcome.records.length : 0), 0),
  };
  await disclose(ledger, { caller, action: 'search.queued', correlationId, told, detail }, db);
}

/** Goes on in the next hour; where one message alone tells of more people than an hour allows, never. */
async function waitForBudget(
  context: TransactionContext,
  transaction: OpenTransaction,
  told: readonly Told[],
): Promise<void> {
  const { jobs, log } = context;
  const { id, standing, clientName: client, correlationId } = transaction;
  const { recordsPerHour } = standing.access;
  const people = peopleTold(told);
  if (recordsPerHour !== null && people > recordsPerHour) {
    const limit = `This client may be told of ${String(recordsPerHour)} people in an hour`;
    await giveUp(transaction, context, `${limit}, and one page tells of ${String(people)}: ask for smaller pages`);
  } else await jobs.send('transaction', { id }, { startAfter: nextHour(new Date()) });
  log.info({ client, correlationId }, 'a search waits: its client was told of as many people as an hour allows');
}

function writeCallback(
  { senderId }: TransactionContext,
  transaction: OpenTransaction,
  { outcomes, statuses }: MessageContent,
  { now, items }: { readonly now: Date; readonly items: number },
) {
  const completed = statuses.filter(({ status }) => status !== 'pdng').length;
  return writeSearchCallback(
    transaction,
    outcomes,
    { total: items, completed },
    callbackSettings(transaction, senderId, now),
  );
}
