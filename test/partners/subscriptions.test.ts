import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Jobs, startJobs } from '../../src/database/jobs.js';
import { inTransaction } from '../../src/database/transaction.js';
import { startDelivering } from '../../src/partners/deliveries/delivering.js';
import { startEventWorkers } from '../../src/partners/subscriptions/event-workers.js';
import type { NotifyContext } from '../../src/partners/subscriptions/notify.js';
import { answerSubscribe, subscribe } from '../../src/partners/subscriptions/subscribe.js';
import type { TransactionContext } from '../../src/partners/transactions/transaction-context.js';
import { startTransactionWorkers } from '../../src/partners/transactions/transaction-workers.js';
import { answerUnsubscribe, unsubscribe } from '../../src/partners/subscriptions/unsubscribe.js';
import { CORE_CATALOGUE } from '../../src/record/catalogue.js';
import { writePage } from '../../src/registry/write-sources/write-page.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { PUBLISHED_PRESENT, type PublishedOperation, publishedOperations } from '../end-to-end/published-interfaces.js';
import { givenNameOf } from './event-rig.js';
import { type PartnerGateway, RECEPTION, SENDER_ID, startPartnerGateway } from './partner-gateway.js';
import { type Callback, type Subscriber, startSubscriber } from './subscriber.js';
import { testLedger } from './test-ledger.js';
import { OPEN_AGENT, OPEN_KEYS } from '../open-agent.js';
import { erased } from '../registry/erased.js';
import { onPage } from '../registry/on-page.js';

const OPERATIONS: readonly PublishedOperation[] = PUBLISHED_PRESENT ? publishedOperations() : [];
if (!PUBLISHED_PRESENT)
  process.stdout.write('The published documents are not here: callbacks are not held against them\n');

describe('subscriptions, from the request to the notification', () => {
  let gateway: PartnerGateway;
  let jobs: Jobs;
  let partner: Subscriber;
  let token: string;
  let events: { close(): Promise<void> };
  let context: TransactionContext & NotifyContext;
  let backOffMs: number;

  beforeEach(async () => {
    const later = (): TransactionContext => context;
    gateway = await startPartnerGateway('spdci-1.0', {
      handlers: () => ({
        '/subscribe': (received) => subscribe(later())(received),
        '/unsubscribe': (received) => unsubscribe(later())(received),
      }),
    });
    const { database, keys, log } = gateway;
    const { pool } = database;
    jobs = await startJobs({ url: database.url, log });
    context = {
      pool,
      jobs,
      keys,
      log,
      config: RECEPTION,
      catalogue: () => CORE_CATALOGUE,
      ledger: testLedger(pool, keys),
      senderId: () => SENDER_ID,
    };
    startTransactionWorkers(context, {
      subscribe: answerSubscribe(context),
      unsubscribe: answerUnsubscribe(context),
      search: () => Promise.resolve(),
      'txn-status': () => Promise.resolve(),
    });
    await startDelivering({
      ...context,
      config: { callbacks: 'any', callbackAttempts: 5 },
      agent: OPEN_AGENT,
      partnerKeys: OPEN_KEYS,
      backOffMs: () => backOffMs,
    });
    events = startEventWorkers({ ...context, url: database.url });
    backOffMs = 50;
    partner = await startSubscriber();
    token = await tokenOf('Subscriber');
  });
  afterEach(async () => {
    await events.close();
    await jobs.close();
    await partner.close();
    await gateway.close();
  });

  async function tokenOf(name: string): Promise<string> {
    return gateway.token(await gateway.createClient({ name, scopes: ['registry.subscribe'] }));
  }

  function envelope(action: string, message: object, header: object = {}): object {
    return {
      header: {
        version: '1.0.0',
        message_id: randomUUID(),
        message_ts: new Date().toISOString(),
        action,
        sender_id: 'partner.example.org',
        sender_uri: partner.url,
        receiver_id: SENDER_ID,
        total_count: 1,
        ...header,
      },
      message,
    };
  }

  const criteria = (over: object = {}): object => ({
    version: '1.0.0',
    reg_type: 'ns:org:RegistryType:Civil',
    reg_event_type: '*',
    filter_type: 'predicate',
    filter: [{ seq_num: 1, expression1: { attribute_name: 'family_name', operator: 'eq', attribute_value: 'Banda' } }],
    notify_record_type: 'spdci-extensions-dci:Person',
    ...over,
  });

  const wish = (over: object = {}, referenceId = 'r-1'): object => ({
    reference_id: referenceId,
    timestamp: new Date().toISOString(),
    subscribe_criteria: criteria(over),
    locale: 'eng',
  });

  async function post(path: string, body: object, bearer = token): Promise<{ correlation_id: string }> {
    const { status, body: answer } = await gateway.post(body, { authorization: `Bearer ${bearer}` }, path);
    expect([status, answer.message.ack_status]).toEqual([202, 'ACK']);
    return answer.message;
  }

  /** The callback that answers the request with this correlation id. */
  const answered = (correlationId: string): Promise<Callback> =>
    partner.until((callbacks) => callbacks.find(({ body }) => body.message.correlation_id === correlationId));

  async function ask(
    path: string,
    action: string,
    message: object,
    bearer = token,
  ): Promise<{ callback: Callback; correlationId: string }> {
    const ack = await post(path, envelope(action, message), bearer);
    return { callback: await answered(ack.correlation_id), correlationId: ack.correlation_id };
  }

  async function subscribed(over: object = {}, registry = 'crvs'): Promise<string> {
    const { callback } = await ask(`/${registry}/registry/subscribe`, 'subscribe', {
      transaction_id: `txn-${randomUUID()}`,
      subscribe_request: [wish(over)],
    });
    const [only] = callback.body.message.subscribe_response ?? [];
    expect(only?.status).toBe('succ');
    expectPublished(callback, registry, '/registry/on-subscribe');
    return only?.subscriptions[0]?.code ?? '';
  }

  function expectPublished({ body }: Callback, registry: string, path: string): void {
    const operation = OPERATIONS.find((one) => one.registry === registry && one.path === path);
    if (!operation) return;
    operation.fitsRequest(body);
    expect(operation.fitsRequest.errors ?? []).toEqual([]);
  }

  /** What was told under a code, as `event given-name`. */
  const told = (code: string): string[] =>
    partner.callbacks
      .filter(({ body }) => body.header.meta?.subscription_code === code)
      .flatMap(({ body }) => body.message.notify_event ?? [])
      .map(({ data }) => `${data.event} ${givenNameOf(data.reg_records)}`);

  const untilTold = (code: string, line: string): Promise<true> =>
    partner.until(() => told(code).includes(line) || false);

  const write = (...records: Parameters<typeof writeRecords>[1]) =>
    inTransaction(gateway.database.pool, (client) => writeRecords(client, records, { origin: 'test', erased }));

  test('a partner is told of a birth, a correction and a death, whoever wrote them', async () => {
    const code = await subscribed();
    const identifiers = [{ type: 'UIN', value: 'BANDA-1' }];
    await write({ kind: 'individual', identifiers, givenName: 'Ann', familyName: 'Banda' });
    await write({
      kind: 'individual',
      identifiers: [{ type: 'UIN', value: 'X-1' }],
      givenName: 'Eve',
      familyName: 'Other',
    });
    await untilTold(code, 'registered Ann');
    await write({ kind: 'individual', identifiers, sex: 'female' });
    await untilTold(code, 'updated Ann');
    await write({ kind: 'individual', identifiers, deathDate: { date: '2026-01-01', precision: 'day' } });
    await untilTold(code, 'died Ann');

    const { pool } = gateway.database;
    const source = await pool.query<{ id: string }>(
      `insert into data_sources (code, name, base_url, dialect) values ('crvs', 'crvs', 'http://localhost', 'spdci-1.0') returning id`,
    );
    const dataSourceId = source.rows[0]?.id ?? '';
    await inTransaction(pool, (client) =>
      writePage(client, {
        dataSourceId,
        origin: 'import',
        importRunId: null,
        page: null,
        erased,
        records: onPage([
          {
            identifiers: [{ type: 'BRN', value: 'B-7' }],
            name: { given: 'Bob', middle: null, family: 'Banda' },
            parents: [
              {
                role: 'mother',
                record: {
                  identifiers: [{ type: 'UIN', value: 'M-7' }],
                  name: { given: 'Mum', middle: null, family: 'Banda' },
                  parents: [],
                  issues: [],
                },
              },
            ],
            issues: [],
          },
        ]),
      }),
    );
    await untilTold(code, 'registered Bob');
    await pool.query(
      `with made as (insert into individuals (given_name, family_name) values ('Sql', 'Banda') returning id)
       insert into changes (subject, subject_id, kind, origin) select 'individual', id, 'created', 'sql' from made`,
    );
    await untilTold(code, 'registered Sql');
    expect(told(code).sort()).toEqual(
      ['registered Ann', 'updated Ann', 'died Ann', 'registered Bob', 'registered Mum', 'registered Sql'].sort(),
    );
    for (const callback of partner.callbacks) {
      const isNotify = callback.body.header['action'] === 'notify';
      if (isNotify) expectPublished(callback, 'crvs', '/registry/notify');
      expect(callback.headers['connection']).toBe('close');
    }
  });

  test('the answer says under which code, and a repeated wish is acknowledged and told that code', async () => {
    const code = await subscribed();
    const again = await ask('/crvs/registry/subscribe', 'subscribe', {
      transaction_id: 'txn-again',
      subscribe_request: [
        wish(),
        wish({}, 'r-2'),
        wish({ reg_event_type: 'Death' }, 'r-3'),
        wish({ reg_event_type: 'Moon' }, 'r-4'),
      ],
    });
    expect(again.callback.body.header).toMatchObject({ action: 'on-subscribe', status: 'succ', total_count: 4 });
    const answers = again.callback.body.message.subscribe_response ?? [];
    expect(answers.map(({ status, status_reason_code }) => status_reason_code ?? status)).toEqual([
      'rjct.event.already_subscribed',
      'rjct.event.already_subscribed',
      'succ',
      'rjct.notify_types.invalid',
    ]);
    expect(answers.slice(0, 2).map(({ subscriptions }) => subscriptions[0]?.code)).toEqual([code, code]);
    expectPublished(again.callback, 'crvs', '/registry/on-subscribe');
  });

  test('one message is done once, however often it comes', async () => {
    const message = envelope('subscribe', { transaction_id: 't-twice', subscribe_request: [wish()] });
    const first = await post('/crvs/registry/subscribe', message);
    const second = await post('/crvs/registry/subscribe', message);
    expect(second.correlation_id).toBe(first.correlation_id);
    await answered(first.correlation_id);
    const { rows } = await gateway.database.pool.query('select code from subscriptions');
    expect(rows).toHaveLength(1);
  });

  test('the same wish of another client is a subscription of its own', async () => {
    const code = await subscribed();
    const other = await ask(
      '/crvs/registry/subscribe',
      'subscribe',
      { transaction_id: 't-other', subscribe_request: [wish()] },
      await tokenOf('Other'),
    );
    const [only] = other.callback.body.message.subscribe_response ?? [];
    expect(only?.status).toBe('succ');
    expect(only?.subscriptions[0]?.code).not.toBe(code);
  });

  test('who unsubscribes hears no more, and each code is answered for', async () => {
    const code = await subscribed();
    const message = (...codes: string[]): object => ({
      transaction_id: 't-end',
      timestamp: new Date().toISOString(),
      subscription_codes: codes,
    });
    const path = '/crvs/registry/unsubscribe';
    const foreign = await ask(path, 'unsubscribe', message(code), await tokenOf('Other'));
    expect(foreign.callback.body.message).toMatchObject({
      status: 'rjct',
      status_reason_code: 'rjct.requester.invalid',
      subscription_status: [],
    });
    const unknown = await ask(path, 'unsubscribe', message('nobody-has-this'));
    expect(unknown.callback.body.message).toMatchObject({
      status: 'rjct',
      status_reason_code: 'rjct.subscription_code.invalid',
    });
    const ended = await ask(path, 'unsubscribe', message(code, 'nobody-has-this'));
    expect(ended.callback.body.header).toMatchObject({ action: 'on-unsubscribe', status: 'succ' });
    expect(ended.callback.body.message.subscription_status).toEqual([
      { code, status: 'unsubscribe' },
      { code: 'nobody-has-this', status: 'unsubscribe' },
    ]);
    const again = await ask(path, 'unsubscribe', message(code));
    expect(again.callback.body.message).toMatchObject({ status_reason_code: 'rjct.event.already_unsubscribed' });
    for (const { callback } of [foreign, unknown, ended, again]) {
      expectPublished(callback, 'crvs', '/registry/on-unsubscribe');
    }

    const [renewed, line] = [await subscribed(), 'registered Late'];
    expect(renewed).not.toBe(code);
    await write({
      kind: 'individual',
      identifiers: [{ type: 'UIN', value: 'L' }],
      givenName: 'Late',
      familyName: 'Banda',
    });
    await untilTold(renewed, line);
    expect(told(code)).toEqual([]);
  });

  test('a message that waits to be posted again is not posted after the subscription was ended', async () => {
    const code = await subscribed();
    // Nobody is at it again while the subscription is ended.
    backOffMs = 3_600_000;
    partner.statuses.push(503);
    await write({
      kind: 'individual',
      identifiers: [{ type: 'UIN', value: 'W' }],
      givenName: 'Wait',
      familyName: 'Banda',
    });
    await untilTold(code, 'registered Wait');
    const { pool } = gateway.database;
    // The partner has it before the refusal of it is written down.
    const refused = async () => (await pool.query('select from deliveries where last_error is not null')).rowCount;
    while ((await refused()) === 0) await delay(10);
    await ask('/crvs/registry/unsubscribe', 'unsubscribe', {
      transaction_id: 't-end',
      timestamp: new Date().toISOString(),
      subscription_codes: [code],
    });
    const { rows } = await pool.query(`select state from deliveries where action = 'notify'`);
    expect(rows).toEqual([{ state: 'dead' }]);
  });

  test('a notification that is not taken is posted again, with the same ids', async () => {
    const code = await subscribed();
    partner.statuses.push(500, 503);
    await write({
      kind: 'individual',
      identifiers: [{ type: 'UIN', value: 'R' }],
      givenName: 'Rita',
      familyName: 'Banda',
    });
    await partner.until(() => told(code).length === 3);
    const ids = partner.callbacks.flatMap(({ body }) => body.message.notify_event ?? []).map((one) => one.reference_id);
    expect(new Set(ids).size).toBe(1);
  });

  test.each([
    ['social', { reg_type: 'ns:org:RegistryType:Social', notify_record_type: 'Group', reg_event_type: 'REGISTER' }],
    [
      'fr',
      {
        reg_type: 'ns:org:RegistryType:FR',
        notify_record_type: 'spdci-extensions-dci:Farmer',
        reg_event_type: 'REGISTER',
      },
    ],
    [
      'dr',
      {
        reg_type: 'ns:org:RegistryType:DR',
        notify_record_type: 'spdci-extensions-dci:DisabledPerson',
        reg_event_type: 'REGISTER',
      },
    ],
    ['ibr', { reg_type: 'ns:org:RegistryType:IBR', notify_record_type: 'Member', reg_event_type: 'enrollement' }],
  ])('the %s registry tells of its own records', async (registry, over) => {
    const code = await subscribed({ ...over, filter_type: 'expression', filter: { type: '*', value: '*' } }, registry);
    const person = { identifiers: [{ type: 'UIN', value: 'P-1' }] };
    await write(
      { kind: 'individual', ...person, givenName: 'Pia' },
      {
        kind: 'group',
        identifiers: [{ type: 'HH', value: 'H-1' }],
        groupKind: 'household',
        members: [{ person, role: 'head' }],
      },
      { kind: 'farmer', person, farmSize: 2 },
      { kind: 'disability', person, status: '1' },
      { kind: 'programme', identifier: 'CASH', name: 'Cash' },
      { kind: 'enrolment', person, programme: 'CASH', status: '1' },
    );
    const notified = await partner.until((callbacks) =>
      callbacks.find(({ body }) => body.header.meta?.subscription_code === code),
    );
    expect(notified.body.message.notify_event).toHaveLength(1);
    expect(notified.body.message.notify_event?.[0]?.data.event).toBe(registry === 'ibr' ? 'enrolled' : 'registered');
    expectPublished(notified, registry, '/registry/notify');
  });
});
