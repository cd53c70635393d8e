import type { Queryable } from '../../database/pool.js';
import { type GivenPurpose, NO_PURPOSE } from '../../dci/consent.js';
import type { WireObject } from '../../dci/wire-object.js';
import type { Access } from '../../record/access.js';
import type { EventWord } from '../../record/event-word.js';
import type { Filter } from '../../record/filter.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import { type ClientStanding, readStanding, standingOf, type StandingRow } from '../../security/client-standing.js';
import type { Keys } from '../../security/keys.js';
import { nextLook, type Schedule } from './subscription-schedule.js';

/** What somebody wants to hear of. */
export interface Interest {
  readonly registry: RegistryKind;
  readonly record: RecordKind;
  readonly events: readonly EventWord[];
  readonly filter: Filter;
  readonly locale: string | null;
  /** `subscribe_criteria` as it came. */
  readonly criteria: WireObject;
  /** Why it was asked for; absent: nothing was said of it. */
  readonly given?: GivenPurpose | undefined;
}

/** A wish to hear of something, and where to tell it. */
export interface NewSubscription extends Interest, Schedule {
  readonly code: string;
  readonly apiClientId: string;
  readonly transactionId: string;
  readonly referenceId: string;
  readonly senderId: string;
  readonly senderUri: string | null;
  readonly receiverId: string | null;
}

export interface Subscription extends NewSubscription {
  readonly id: string;
  readonly state: 'active' | 'ended';
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** What of an interest may name a person, and is therefore kept sealed. */
type Sealed = Pick<Interest, 'filter' | 'locale' | 'criteria' | 'given'>;

interface SubscriptionRow extends Omit<Subscription, keyof Sealed> {
  readonly criteriaSealed: Buffer;
}

const COLUMNS = `
  s.id, s.code, s.api_client_id as "apiClientId", s.registry, s.record, s.events, s.criteria_sealed as "criteriaSealed",
  s.transaction_id as "transactionId", s.reference_id as "referenceId", s.sender_id as "senderId",
  s.sender_uri as "senderUri", s.receiver_id as "receiverId", s.cron, s.starts_at as "startsAt", s.ends_at as "endsAt",
  s.state, s.created_at as "createdAt", s.ended_at as "endedAt"`;

/** A client that was shut out, or may no longer subscribe, hears nothing. */
const MAY_LISTEN = `
  s.state = 'active' and c.state = 'active' and 'registry.subscribe' = any(c.scopes)`;

const END_OVER = {
  name: 'subscriptions-end-over',
  text: `
    update subscriptions s set state = 'ended', ended_at = s.ends_at
    where s.api_client_id = $1 and s.criteria_digest = any($2::bytea[]) and s.state = 'active' and s.ends_at < $3`,
};

/** Who repeats a wish is told at the address of the latest message from then on: the former may be gone. */
const INSERT_SUBSCRIPTIONS = {
  name: 'subscriptions-insert',
  text: `
    insert into subscriptions (
      code, api_client_id, registry, record, events, criteria_sealed, criteria_digest, transaction_id, reference_id,
      sender_id, sender_uri, receiver_id, cron, starts_at, ends_at, next_due_at
    )
    select n.code, n.api_client_id, n.registry, n.record, string_to_array(n.events, ','), n.criteria_sealed,
      n.criteria_digest, n.transaction_id, n.reference_id, n.sender_id, n.sender_uri, n.receiver_id, n.cron,
      n.starts_at, n.ends_at, n.next_due_at
    from unnest(
      $1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bytea[], $8::text[], $9::text[],
      $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[]
    ) as n (
      code, api_client_id, registry, record, events, criteria_sealed, criteria_digest, transaction_id, reference_id,
      sender_id, sender_uri, receiver_id, cron, starts_at, ends_at, next_due_at
    )
    on conflict (api_client_id, criteria_digest) where state = 'active'
    do update set sender_id = excluded.sender_id, sender_uri = excluded.sender_uri, receiver_id = excluded.receiver_id
    returning code, criteria_digest as digest`,
};

const SELECT_LISTENING = {
  name: 'subscriptions-select-listening',
  text: `
    select ${COLUMNS}, ${standingOf('c')} as standing from subscriptions s join api_clients c on c.id = s.api_client_id
    where ${MAY_LISTEN} order by s.id`,
};

const SELECT_OF_CLIENT = {
  name: 'subscriptions-select-of-client',
  text: `
    select ${COLUMNS} from subscriptions s
    where s.api_client_id = $1 and s.code = any($2::text[]) order by s.created_at, s.id`,
};

/** One that is due and that no other worker is telling. */
const LOCK_DUE = {
  name: 'subscriptions-lock-due',
  text: `
    select ${COLUMNS}, (${MAY_LISTEN}) as "mayListen", c.dialect, ${standingOf('c')} as standing, now() as now
    from subscriptions s join api_clients c on c.id = s.api_client_id
    where s.state = 'active' and s.next_due_at <= now()
    order by s.next_due_at limit 1
    for no key update of s skip locked`,
};

const LOOK_AGAIN = {
  name: 'subscriptions-look-again',
  text: 'update subscriptions set next_due_at = $2 where id = $1',
};

const END = {
  name: 'subscriptions-end',
  text: `
    update subscriptions set state = 'ended', ended_at = now(), next_due_at = null
    where id = any($1::uuid[]) and state = 'active'`,
};

/** Of somebody who wants to hear nothing more, what waits to be posted is not posted any more. */
const WITHDRAW_MESSAGES = {
  name: 'subscriptions-withdraw-messages',
  text: `
    update deliveries set state = 'dead', finished_at = now(), claimed_until = null, next_attempt_at = null,
      last_error = 'the subscription was ended'
    where subscription_id = any($1::uuid[]) and state = 'waiting'`,
};

const LOCK_CODES = {
  name: 'subscriptions-lock-codes',
  text: `
    select id, code, api_client_id as "apiClientId", state from subscriptions where code = any($1::text[])
    order by id for no key update`,
};

/** What became of a wish: `code` is that of the subscription that stands now. */
export interface Placed {
  readonly code: string;
  readonly isNew: boolean;
}

/**
 * Places the subscriptions of one client, each of them once: of two that want the same the first stands. Answers in
 * their order, with the same number of statements however many they are.
 */
export async function placeSubscriptions(
  db: Queryable,
  keys: Keys,
  wishes: readonly NewSubscription[],
  now: Date,
): Promise<Placed[]> {
  const [first] = wishes;
  if (!first) return [];
  const digests = wishes.map((wish) => keys.hashSecret(sameness(wish)));
  const distinct = wishes
    .map((wish, index) => ({ wish, digest: digests[index] ?? Buffer.alloc(0) }))
    .filter(({ digest }, index) => digests.findIndex((other) => other.equals(digest)) === index)
    // Two messages at once take the same rows in the same order.
    .sort((one, other) => Buffer.compare(one.digest, other.digest));
  const column = (read: (wish: NewSubscription) => unknown): unknown[] => distinct.map(({ wish }) => read(wish));

  await db.query({ ...END_OVER, values: [first.apiClientId, distinct.map(({ digest }) => digest), now] });
  const { rows } = await db.query<{ code: string; digest: Buffer }>({
    ...INSERT_SUBSCRIPTIONS,
    values: [
      column((wish) => wish.code),
      column((wish) => wish.apiClientId),
      column((wish) => wish.registry),
      column((wish) => wish.record),
      column((wish) => wish.events.join(',')),
      column((wish) => seal(keys, wish)),
      distinct.map(({ digest }) => digest),
      column((wish) => wish.transactionId),
      column((wish) => wish.referenceId),
      column((wish) => wish.senderId),
      column((wish) => wish.senderUri),
      column((wish) => wish.receiverId),
      column((wish) => wish.cron),
      column((wish) => wish.startsAt),
      column((wish) => wish.endsAt),
      column((wish) => nextLook(wish, now)),
    ],
  });
  const standing = new Map(rows.map(({ code, digest }) => [digest.toString('hex'), code]));
  return wishes.map((wish, index) => {
    const code = standing.get(digests[index]?.toString('hex') ?? '');
    if (code === undefined) throw new Error('a subscription was neither placed nor there');
    return { code, isNew: code === wish.code };
  });
}

/** A subscription whose client hears of what happens now. */
export interface ListeningSubscription extends Subscription {
  /** What the client may see now. */
  readonly access: Access;
}

/** Those who hear of what happens now, with what they want to hear of and may. */
export async function findListening(db: Queryable, keys: Keys): Promise<ListeningSubscription[]> {
  const { rows } = await db.query<SubscriptionRow & { standing: StandingRow }>(SELECT_LISTENING);
  const known = new Map<string, Access>();
  return rows.map(({ standing, ...row }) => {
    const access = known.get(row.apiClientId) ?? readStanding(standing).access;
    known.set(row.apiClientId, access);
    return { ...open(keys, row), access };
  });
}

/** Those of the client's own subscriptions that have one of the codes, the oldest first. */
export async function findSubscriptions(
  db: Queryable,
  keys: Keys,
  apiClientId: string,
  codes: readonly string[],
): Promise<Subscription[]> {
  const { rows } = await db.query<SubscriptionRow>({ ...SELECT_OF_CLIENT, values: [apiClientId, codes] });
  return rows.map((row) => open(keys, row));
}

/** A subscription that is to be looked at. */
export interface DueSubscription {
  readonly subscription: Subscription;
  /** `false`: its client was shut out, or may no longer subscribe. */
  readonly mayListen: boolean;
  /** Name of the dialect that the client speaks now. */
  readonly dialect: string;
  /** What it may see now. */
  readonly standing: ClientStanding;
  /** By the clock of the database. */
  readonly now: Date;
}

type DueRow = SubscriptionRow & Omit<DueSubscription, 'subscription' | 'standing'> & { readonly standing: StandingRow };

/** Takes one subscription that is due, for the transaction of `db`; `null` when none is, or others have them all. */
export async function takeDue(db: Queryable, keys: Keys): Promise<DueSubscription | null> {
  const { rows } = await db.query<DueRow>(LOCK_DUE);
  const [row] = rows;
  if (!row) return null;
  const { mayListen, dialect, standing, now, ...subscription } = row;
  return { subscription: open(keys, subscription), mayListen, dialect, standing: readStanding(standing), now };
}

/** Looks at the subscription again at this time; `null`: when something happens. */
export async function lookAgain(db: Queryable, id: string, at: Date | null): Promise<void> {
  await db.query({ ...LOOK_AGAIN, values: [id, at] });
}

/** Ends these subscriptions; events that were not told yet never are. */
export async function endSubscriptions(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query({ ...END, values: [ids] });
}

/** Ends these subscriptions because somebody wants to hear nothing more: messages that wait are not posted either. */
export async function silenceSubscriptions(db: Queryable, ids: readonly string[]): Promise<void> {
  await endSubscriptions(db, ids);
  await db.query({ ...WITHDRAW_MESSAGES, values: [ids] });
}

/** A subscription that is held under one of the codes, whoever has it. */
export interface HeldCode {
  readonly id: string;
  readonly code: string;
  readonly apiClientId: string;
  readonly state: Subscription['state'];
}

/** The subscriptions with these codes, for the transaction of `db`, whoever's they are. */
export async function lockCodes(db: Queryable, codes: readonly string[]): Promise<HeldCode[]> {
  const { rows } = await db.query<HeldCode>({ ...LOCK_CODES, values: [codes] });
  return rows;
}

/** What makes two subscriptions of a client the same. */
function sameness(wish: NewSubscription): string {
  const { registry, record, events, filter, cron, startsAt, endsAt } = wish;
  return JSON.stringify(['subscription', registry, record, [...events].sort(), filter, cron, startsAt, endsAt]);
}

function seal(keys: Keys, { filter, locale, criteria, given = NO_PURPOSE }: Interest): Buffer {
  return keys.seal(JSON.stringify({ filter, locale, criteria, given } satisfies Sealed));
}

function open(keys: Keys, { criteriaSealed, ...row }: SubscriptionRow): Subscription {
  // What was sealed here is what `seal` was given: nobody else can have made it.
  const sealed = JSON.parse(keys.open(criteriaSealed)) as Sealed;
  return { ...row, ...sealed };
}
