import { randomUUID } from 'node:crypto';
import { withRows } from '../../database/limited.js';
import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import { NO_PURPOSE } from '../../dci/consent.js';
import { dialect } from '../../dci/dialects/dialect.js';
import { writeNotify, type NotifyEvent } from '../../dci/messages/notify.js';
import { readSubscriberWords } from '../../dci/messages/subscribe.js';
import type { EventWord } from '../../record/event-word.js';
import { loggableError } from '../../record/loggable-error.js';
import type { RecordAnswer } from '../../record/record-answer.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import { loadRecordAnswers } from '../../registry/answers/record-answers.js';
import type { Ledger } from '../../security/audit/ledger.js';
import { disclose, isBudgetSpent, nextHour } from '../disclosures/disclose.js';
import { shownBy, tellingOf } from '../disclosures/shown-people.js';
import type { FeedContext } from './change-feed.js';
import { mayHear, unheard } from './heard-of.js';
import { queueDelivery } from '../deliveries/deliveries.js';
import { isFeedBehind } from './read-changes.js';
import { nextLook } from './subscription-schedule.js';
import { endSubscriptions, lookAgain, takeDue, type DueSubscription } from './subscriptions.js';

/** What telling works with. */
export interface NotifyContext extends FeedContext {
  /** `sender_id` of our messages. */
  readonly senderId: () => string;
  /** Where it is written down who was told of whom. */
  readonly ledger: Pick<Ledger, 'disclose'>;
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
    if (isBudgetSpent(error)) {
      log.info({ subscription: taken.id }, 'a subscriber waits: it was told of as many people as an hour allows');
      await lookAgain(pool, taken.id, nextHour(new Date()));
      return true;
    }
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
    const { delivery, done } = await queueMessage(db, due, events, context);
    await db.query({ ...MARK_TOLD, values: [done.map((event) => event.id), delivery] });
    const mayBeMore = events.length === EVENTS_PER_MESSAGE || done.length < events.length;
    // Who has much to be told waits behind the others for the rest.
    await lookAgain(db, id, mayBeMore || isOver ? now : nextLook(subscription, now));
  } else if (!isOver) {
    await lookAgain(db, id, nextLook(subscription, now));
  } else if (await isFeedBehind(db)) {
    // What is not read yet may have happened before the end.
    await lookAgain(db, id, new Date(now.getTime() + BEHIND_MS));
  } else {
    await endSubscriptions(db, [id]);
  }
}

/** What became of the first of the events. */
interface QueuedMessage {
  /** `null`: nothing of them is told. */
  readonly delivery: string | null;
  /** Those that were dealt with. */
  readonly done: readonly EventRow[];
}

/**
 * Queues one message with the records as they are, and as its client may see them, now. What is not there any more, or
 * not for this client, is told by nothing. Throws `RECORD_BUDGET_SPENT` where the client must wait for the next hour.
 */
async function queueMessage(
  db: Queryable,
  { subscription, dialect: speaks, standing, now }: DueSubscription,
  events: readonly EventRow[],
  { pool, jobs, keys, ledger, log, senderId }: NotifyContext,
): Promise<QueuedMessage> {
  const { id, apiClientId, registry, record, criteria, given = NO_PURPOSE } = subscription;
  const { access } = standing;
  if (unheard(subscription, access) !== null) return { delivery: null, done: events };
  const ids = [...new Set(events.map((event) => event.recordId))];
  const read = (seen: Queryable): Promise<RecordAnswer[]> =>
    loadRecordAnswers(seen, record, ids, access.rows, { registry, fields: access.fields });
  const answers = access.rowLimits.length === 0 ? await read(db) : await withRows(pool, access, read);
  const held = new Map(answers.map((answer) => [idOf(answer), answer]));
  const done = withinAnHour(events, held, registry, access.recordsPerHour);
  if (done.length === 0) {
    const [largest] = events;
    log.warn(
      { subscription: id },
      'a record is not told of: it tells of more people than the client may hear of in an hour',
    );
    return { delivery: null, done: largest === undefined ? [] : [largest] };
  }
  const told = done.flatMap(({ recordId, word, ...event }): NotifyEvent[] => {
    const answer = held.get(recordId);
    return answer === undefined || !mayHear(word, access) ? [] : [{ ...event, event: word, record: answer }];
  });
  if (told.length === 0) return { delivery: null, done };
  const messageId = randomUUID();
  const shown = shownBy(
    told.map((event) => event.record),
    tellingOf(registry),
  );
  await disclose(
    ledger,
    {
      caller: standing,
      action: 'notify.queued',
      correlationId: messageId,
      told: [{ registry, given, shown }],
      detail: { subscription: subscription.code, events: told.length },
    },
    db,
  );
  const body = writeNotify({ ...subscription, ...readSubscriberWords(criteria) }, told, {
    dialect: dialect(speaks),
    senderId: senderId(),
    receiverId: subscription.senderId,
    messageId,
    now,
  });
  const delivery = { apiClientId, action: 'notify', url: subscription.senderUri, body, subscriptionId: id } as const;
  return { delivery: await queueDelivery(db, { jobs, keys }, delivery), done };
}

/** As many of the first events as tell of no more people than an hour allows. */
function withinAnHour(
  events: readonly EventRow[],
  held: ReadonlyMap<string, RecordAnswer>,
  registry: RegistryKind,
  recordsPerHour: number | null,
): readonly EventRow[] {
  if (recordsPerHour === null) return events;
  const people = new Set<string>();
  const beyond = events.findIndex(({ recordId }) => {
    const answer = held.get(recordId);
    for (const { individualIds } of answer === undefined ? [] : shownBy([answer], tellingOf(registry))) {
      for (const id of individualIds) people.add(id);
    }
    return people.size > recordsPerHour;
  });
  return beyond < 0 ? events : events.slice(0, beyond);
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
