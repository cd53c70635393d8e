import type { RegistryKind } from '../../record/registry-kind.js';
import { type AnswerSettings, type Asked, LOCALE, overall, writeCallbackHeader } from '../answer.js';
import { writeInstant } from '../instant.js';
import { MAX_REASON, type SubscribeRejectionCode } from '../reason-codes.js';
import { REG_TYPES } from '../registry-words.js';
import { field, type WireObject } from '../wire-object.js';
import { readFrequency } from './frequency.js';

/** A subscription as its owner is shown it. */
export interface ShownSubscription {
  readonly code: string;
  readonly active: boolean;
  readonly since: Date;
  readonly registry: RegistryKind;
  /** `subscribe_criteria` as it came. */
  readonly criteria: WireObject;
  readonly locale: string | null;
}

/** What became of one `subscribe_request[]`. */
export type SubscribeOutcome =
  | {
      readonly ok: true;
      readonly referenceId: string;
      readonly subscription: ShownSubscription;
      readonly warnings: readonly string[];
    }
  | {
      readonly ok: false;
      readonly referenceId: string;
      readonly code: SubscribeRejectionCode;
      readonly message: string;
      /** The one that there is already, of `rjct.event.already_subscribed`. */
      readonly subscription?: ShownSubscription;
    };

/** Writes the callback `on-subscribe`: one `subscribe_response[]` for each request, in order. */
export function writeSubscribeCallback(
  asked: Asked,
  outcomes: readonly SubscribeOutcome[],
  settings: AnswerSettings,
): WireObject {
  const counts = { totalCount: outcomes.length, completedCount: outcomes.length };
  return {
    header: writeCallbackHeader(asked.header, { action: 'on-subscribe', ...overall(outcomes), ...counts }, settings),
    message: writeSubscribeResponse(asked.transactionId, settings.correlationId, outcomes, settings.now),
  };
}

/** `SubscribeResponse`, which is also what the status of such a transaction tells. */
export function writeSubscribeResponse(
  transactionId: string,
  correlationId: string,
  outcomes: readonly SubscribeOutcome[],
  now: Date,
  pending: readonly string[] = [],
): WireObject {
  return {
    transaction_id: transactionId,
    correlation_id: correlationId,
    subscribe_response: [
      ...outcomes.map((outcome) => writeOutcome(outcome, now)),
      ...pending.map((referenceId) => ({
        reference_id: referenceId,
        timestamp: writeInstant(now),
        status: 'pdng',
        subscriptions: [],
        locale: LOCALE,
      })),
    ],
  };
}

function writeOutcome(outcome: SubscribeOutcome, now: Date): WireObject {
  const reason = outcome.ok ? outcome.warnings.join('. ') : outcome.message;
  const { subscription } = outcome;
  return {
    reference_id: outcome.referenceId,
    timestamp: writeInstant(now),
    status: outcome.ok ? 'succ' : 'rjct',
    ...(outcome.ok ? {} : { status_reason_code: outcome.code }),
    ...(reason === '' ? {} : { status_reason_message: reason.slice(0, MAX_REASON) }),
    subscriptions: subscription === undefined ? [] : [writeSubscription(subscription)],
    locale: subscription?.locale ?? LOCALE,
  };
}

/** `SubscriptionInfo`: what was asked for is repeated where it is in the standard's form. */
function writeSubscription({ code, active, since, registry, criteria, locale }: ShownSubscription): WireObject {
  const eventType = field(criteria, 'reg_event_type');
  // The disability registry publishes a closed list here, of one word.
  const isListed = registry !== 'dr' || eventType === 'REGISTER';
  const filter = field(criteria, 'filter');
  const filterType = field(criteria, 'filter_type');
  return {
    version: '1.0.0',
    code,
    status: active ? 'subscribe' : 'unsubscribe',
    timestamp: writeInstant(since),
    reg_type: textOr(field(criteria, 'reg_type'), REG_TYPES[registry]),
    ...(typeof eventType === 'string' && isListed ? { reg_event_type: eventType } : {}),
    ...writeFrequency(field(criteria, 'frequency')),
    ...(isFilterType(filterType) ? { filter_type: filterType } : {}),
    ...(typeof filter === 'object' ? { filter } : {}),
    ...textField('notify_record_type', field(criteria, 'notify_record_type')),
    locale: locale ?? LOCALE,
  };
}

function isFilterType(written: unknown): boolean {
  return ['idtype-value', 'expression', 'predicate', 'graphql'].some((word) => word === written);
}

function textOr(written: unknown, fallback: string): string {
  return typeof written === 'string' ? written : fallback;
}

function textField(name: string, written: unknown): WireObject {
  return typeof written === 'string' ? { [name]: written } : {};
}

/** The schema wants all three parts or nothing. */
function writeFrequency(written: unknown): WireObject {
  if (written === undefined) return {};
  const { cron, startsAt, endsAt } = readFrequency(written);
  if (cron === null || startsAt === null || endsAt === null) return {};
  return {
    frequency: { start_time: writeInstant(startsAt), end_time: writeInstant(endsAt), frequency: cron },
  };
}
