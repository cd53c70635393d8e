import type { EventWord } from '../../record/event-word.js';
import type { RecordAnswer } from '../../record/record-answer.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import { LOCALE } from '../answer.js';
import type { Dialect } from '../dialects/dialect.js';
import { writeHeader } from '../header.js';
import { writeInstant } from '../instant.js';
import { writeRecord } from '../records/write-record.js';
import { eventTypeWord, recordTypeWord, REG_TYPES } from '../registry-words.js';
import type { WireObject } from '../wire-object.js';
import type { SubscriberWords } from './subscribe.js';

/** Something that a subscriber is told. */
export interface NotifyEvent {
  /** The same however often it is told. */
  readonly id: string;
  readonly event: EventWord;
  readonly occurredAt: Date;
  readonly record: RecordAnswer;
}

/** What a notification says of the subscription that it comes from. */
export interface NotifiedSubscription extends SubscriberWords {
  readonly code: string;
  /** Of the request by which it was made. */
  readonly transactionId: string;
  readonly registry: RegistryKind;
  readonly record: RecordKind;
  readonly locale: string | null;
}

/** To whom a notification goes, from whom, and when. */
export interface NotifySettings {
  readonly dialect: Dialect;
  readonly senderId: string;
  readonly receiverId: string;
  readonly messageId: string;
  readonly now: Date;
}

/**
 * Writes a notification: one `notify_event[]`, with one record, for each event. The standard has no place for the
 * subscription, nor a word for every event: `meta.subscription_code` and `data.event` tell what is missing.
 */
export function writeNotify(
  subscription: NotifiedSubscription,
  events: readonly NotifyEvent[],
  settings: NotifySettings,
): WireObject {
  const { dialect, senderId, receiverId, messageId, now } = settings;
  return {
    header: writeHeader({
      action: 'notify',
      status: 'succ',
      totalCount: events.length,
      completedCount: events.length,
      senderId,
      receiverId,
      messageId,
      now,
      meta: { subscription_code: subscription.code },
    }),
    message: {
      transaction_id: subscription.transactionId,
      notify_event: events.map((event) => writeEvent(event, subscription, dialect)),
    },
  };
}

function writeEvent(
  { id, event, occurredAt, record }: NotifyEvent,
  { registry, regType, notifyRecordType, locale, ...subscription }: NotifiedSubscription,
  dialect: Dialect,
): WireObject {
  const eventType = eventTypeWord(registry, event);
  return {
    reference_id: id,
    timestamp: writeInstant(occurredAt),
    data: {
      version: '1.0.0',
      reg_type: regType ?? REG_TYPES[registry],
      ...(eventType === undefined ? {} : { reg_event_type: eventType }),
      event,
      reg_record_type: notifyRecordType ?? recordTypeWord(registry, subscription.record),
      reg_records: writeRecord(record, dialect, registry),
    },
    locale: locale ?? LOCALE,
  };
}
