import { randomUUID } from 'node:crypto';
import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import { dialect } from '../../dci/dialects/dialect.js';
import { writeNotify, type NotifyEvent } from '../../dci/messages/notify.js';
import { readSubscriberWords } from '../../dci/messages/subscribe.js';
import type { EventWord } from '../../record/event-word.js';
import { loggableError } from '../../record/loggable-error.js';
import type { RecordAnswer } from '../../record/record-answer.js';
import { loadRecordAnswers } from '../../registry/answers/record-answers.js';
import type { FeedContext } from './change-feed.js';
import { queueDelivery } from '../deliveries/deliveries.js';
import { isFeedBehind } from './read-changes.js';
import { nextLook } from './subscription-schedule.js';
import { endSubscriptions, lookAgain, takeDue, type DueSubscription } from './subscriptions.js';

/** What telling works with. */
export interface NotifyContext extends FeedContext {
  /** `sender_id` of our messages. */
  readonly senderId: () => string;
}

/** Events in one message. */
const EVENTS_PER_MESSAGE = 100;
/** A subscription whose message could not be made is looked at again after this long: the others do not wait for it. */
const POSTPONED_MS = 60_000;
/** A subscription that is over waits so long for the feed to catch up. */
const BEHIND_MS = 1000;

interface EventRow {
  readonly id: string;
  readonly word: EventWord;
  readonly recordId: string;
  readonly occurredAt: Date;
}

const SELECT_UNTOLD = {
  name: 'notify-select-untold',
  text: `
    select id, event as word, record_id as "recordId", occurred_at as "occurredAt" from events
    where subscription_id = $1 and told_at is null
    order by change_id, id limit ${String(EVENTS_PER_MESSAGE)}`,
};

const MARK_TOLD = {
  name: 'notify-mark-told',
  text: 'update events set told_at = now(), delivery_id = $2 where id = any($1::uuid[])',
};

/**
 * Makes the messages of every subscription that is due, each in one transaction with all that follows from it: that its
 * events are told, the message that waits to be posted, and when it is looked at next. Subscriptions that are over, or
 * whose client was shut out, end here.
 */
export async function tellDue(context: NotifyContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await tellNext(context)));
}

/** Looks at one subscription that is due; `false` when none is. */
async function tellNext(context: NotifyContext): Promise<boolean> {
  const { pool, keys, log } = context;
  const taken = { id: '' };
  try {
    return await inTransaction(pool, async (db) => {
      const due = await takeDue(db, keys);
      if (due === null) return false;
      taken.id = due.subscription.id;
      await tell(db, due, context);
      return true;
    });
  } catch (error) {
    if (taken.id === '') throw error;
    log.error(
      { subscription: taken.id, err: loggableError(error) },
      'a subscriber could not be told; tried again soon',
    );
    await lookAgain(pool, taken.id, new Date(Date.now() + POSTPONED_MS));
    return true;
  }
}

async function tell(db: Queryable, due: DueSubscription, context: NotifyContext): Promise<void> {
  const { subscription, mayListen, now } = due;
  const { id, endsAt } = subscription;
  if (!mayListen) {
    await endSubscriptions(db, [id]);
    return;
  }
  const isOver = endsAt !== null && endsAt <= now;
  const { rows: events } = await db.query<EventRow>({ ...SELECT_UNTOLD, values: [id] });
  if (events.length > 0) {
    const delivery = await queueMessage(db, due, events, context);
    await db.query({ ...MARK_TOLD, values: [events.map((event) => event.id), delivery] });
    // There may be more; who has much to be told waits behind the others for the rest.
    await lookAgain(db, id, events.length === EVENTS_PER_MESSAGE || isOver ? now : nextLook(subscription, now));
  } else if (!isOver) {
    await lookAgain(db, id, nextLook(subscription, now));
  } else if (await isFeedBehind(db)) {
    // What is not read yet may have happened before the end.
    await lookAgain(db, id, new Date(now.getTime() + BEHIND_MS));
  } else {
    await endSubscriptions(db, [id]);
  }
}

/** Queues one message with the records as they are now; `null` where none of them is there, or may be seen, any more. */
async function queueMessage(
  db: Queryable,
  { subscription, dialect: speaks, now }: DueSubscription,
  events: readonly EventRow[],
  { jobs, keys, senderId, visibleTo }: NotifyContext,
): Promise<string | null> {
  const { id, apiClientId, registry, record, criteria } = subscription;
  const ids = [...new Set(events.map((event) => event.recordId))];
  const answers = await loadRecordAnswers(db, record, ids, visibleTo(apiClientId), { registry });
  const held = new Map(answers.map((answer) => [idOf(answer), answer]));
  const told = events.flatMap(({ recordId, word, ...event }): NotifyEvent[] => {
    const answer = held.get(recordId);
    return answer === undefined ? [] : [{ ...event, event: word, record: answer }];
  });
  if (told.length === 0) return null;
  const body = writeNotify({ ...subscription, ...readSubscriberWords(criteria) }, told, {
    dialect: dialect(speaks),
    senderId: senderId(),
    receiverId: subscription.senderId,
    messageId: randomUUID(),
    now,
  });
  const delivery = { apiClientId, action: 'notify', url: subscription.senderUri, body, subscriptionId: id } as const;
  return queueDelivery(db, { jobs, keys }, delivery);
}

function idOf(answer: RecordAnswer): string {
  switch (answer.kind) {
    case 'individual':
      return answer.individual.id;
    case 'group':
      return answer.group.id;
    case 'farmer':
      return answer.farmer.id;
    case 'disability':
      return answer.disability.id;
    case 'enrolment':
      return answer.enrolment.id;
  }
}
