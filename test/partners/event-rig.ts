import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Pool } from 'pg';
import { pino } from 'pino';
import { type Jobs, startJobs } from '../../src/database/jobs.js';
import { inTransaction } from '../../src/database/transaction.js';
import { followChanges } from '../../src/partners/subscriptions/change-feed.js';
import { type NotifyContext, tellDue } from '../../src/partners/subscriptions/notify.js';
import { type NewSubscription, placeSubscriptions } from '../../src/partners/subscriptions/subscriptions.js';
import { CORE_CATALOGUE } from '../../src/record/catalogue.js';
import { EVERYBODY } from '../../src/record/filter.js';
import { EVENT_WORDS } from '../../src/record/event-word.js';
import { createApiClient } from '../../src/security/client-administration.js';
import { type Keys, openKeys } from '../../src/security/keys.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { testLedger } from './test-ledger.js';
import { operator } from '../security/operator.js';

/** A message that waits to be posted, as far as the tests look at it. */
export interface Notification {
  readonly header: { readonly action: string; readonly meta: { readonly subscription_code: string } };
  readonly message: {
    readonly transaction_id: string;
    readonly notify_event: readonly {
      readonly reference_id: string;
      readonly data: { readonly event: string; readonly reg_records: object };
    }[];
  };
}

/** The feed over a database of its own, without workers: the test does each step itself. */
export interface EventRig {
  readonly database: TestDatabase;
  readonly keys: Keys;
  readonly jobs: Jobs;
  readonly context: NotifyContext;
  readonly logLines: string[];
  readonly feedId: string;
  client(name: string, scopes?: readonly string[]): Promise<string>;
  /** Subscribes to every event of every person of the social registry but for what is given; answers with the code. */
  subscribe(apiClientId: string, wish?: Partial<NewSubscription>): Promise<string>;
  /** Registers people by plain SQL; answers with their ids. */
  register(...givenNames: readonly string[]): Promise<string[]>;
  /** A change of these people by plain SQL. */
  change(ids: readonly string[], kind: string, fields?: readonly string[]): Promise<void>;
  /** Resolves when no transaction runs, of any database of the server, that began before the latest change. */
  settle(): Promise<void>;
  /** Reads all changes that are there and makes all messages that are due. */
  run(pool?: Pool): Promise<void>;
  /** What was told under a subscription, as `event given-name`, in the order of the messages. */
  told(code: string): Promise<string[]>;
  notifications(code?: string): Promise<Notification[]>;
  close(): Promise<void>;
}

export async function startEventRig(overrides: Partial<NotifyContext> = {}): Promise<EventRig> {
  const database = await createTestDatabase();
  const { pool } = database;
  const folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  const logLines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logLines.push(line) });
  const keys = await openKeys(folder, pool, log);
  const jobs = await startJobs({ url: database.url, log });
  const context: NotifyContext = {
    pool,
    jobs,
    keys,
    log,
    catalogue: () => CORE_CATALOGUE,
    ledger: testLedger(pool, keys),
    senderId: () => 'gateway.example.org',
    ...overrides,
  };
  const feed = await pool.query<{ id: string }>('select id from change_feed');
  const feedId = feed.rows[0]?.id ?? '';

  const rig: EventRig = {
    database,
    keys,
    jobs,
    context,
    logLines,
    feedId,
    async client(name, scopes = ['registry.subscribe']) {
      const { client } = await createApiClient(pool, keys, { name, scopes }, { by: operator(pool) });
      return client.id;
    },
    async subscribe(apiClientId, wish = {}) {
      const code = randomUUID();
      const placed = await inTransaction(pool, (db) =>
        placeSubscriptions(
          db,
          keys,
          [
            {
              code,
              apiClientId,
              registry: 'social',
              record: 'individual',
              events: EVENT_WORDS,
              filter: EVERYBODY,
              locale: null,
              criteria: {},
              cron: null,
              startsAt: null,
              endsAt: null,
              transactionId: 't-1',
              referenceId: 'r-1',
              senderId: 'partner.example.org',
              senderUri: 'http://127.0.0.1:9/callback',
              receiverId: null,
              ...wish,
            },
          ],
          new Date(),
        ),
      );
      return placed[0]?.code ?? '';
    },
    async register(...givenNames) {
      const { rows } = await pool.query<{ id: string }>(
        `with made as (
           insert into individuals (given_name) select name from unnest($1::text[]) name returning id
         ), told as (
           insert into changes (subject, subject_id, kind, origin) select 'individual', id, 'created', 'sql' from made
         )
         select id from made`,
        [givenNames],
      );
      await rig.settle();
      return rows.map(({ id }) => id);
    },
    async change(ids, kind, fields = []) {
      await pool.query(
        `insert into changes (subject, subject_id, kind, fields, origin)
         select 'individual', id, $2, $3, 'sql' from unnest($1::uuid[]) id`,
        [ids, kind, fields],
      );
      await rig.settle();
    },
    settle: () => untilSettled(pool),
    async run(using = pool) {
      const running = { ...context, pool: using };
      while (await isBehind(pool)) await followChanges(running, feedId);
      await tellDue(running, new AbortController().signal);
    },
    async told(code) {
      const notifications = await rig.notifications(code);
      return notifications.flatMap(({ message }) =>
        message.notify_event.map(({ data }) => `${data.event} ${givenNameOf(data.reg_records)}`),
      );
    },
    async notifications(code) {
      const { rows } = await pool.query<{ body: Buffer }>(
        `select d.body_sealed as body from deliveries d join subscriptions s on s.id = d.subscription_id
         where $1::text is null or s.code = $1 order by d.created_at, d.id`,
        [code ?? null],
      );
      return rows.map(({ body }) => JSON.parse(keys.open(body)) as Notification);
    },
    async close() {
      await jobs.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

/** Transactions of other tests, which have databases of their own on the same server, count as well. */
export async function untilSettled(pool: Pool): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ settled: boolean }>(
      `select coalesce(max(transaction_id) < pg_snapshot_xmin(pg_current_snapshot()), true) as settled
       from (select transaction_id from changes order by transaction_id desc, id desc limit 1) c`,
    );
    if (rows[0]?.settled) return;
    await delay(10);
  }
}

async function isBehind(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ behind: boolean }>(
    `select exists (
       select from changes c, change_feed f where (c.transaction_id, c.id) > (f.transaction_id, f.change_id)
         and c.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
     ) as behind`,
  );
  return rows[0]?.behind === true;
}

/** Wherever the record of a registry has it. */
export function givenNameOf(record: object): string {
  return /"given_name":"([^"]*)"/u.exec(JSON.stringify(record))?.[1] ?? '?';
}
