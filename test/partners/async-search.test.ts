import { answerSearch } from '../../src/partners/search/async-search.js';
import { giveUp } from '../../src/partners/transactions/give-up.js';
import { sweepTransactions } from '../../src/partners/transactions/transaction-workers.js';
import { openTransaction } from '../../src/partners/transactions/transactions.js';
import { messageFor } from '../end-to-end/published-messages.js';
import { json } from '../sources/local-peer.js';
import { type AsyncGateway, asyncMessage, startAsyncGateway } from './async-gateway.js';
import { item, predicate } from './partner-gateway.js';

const everybody = (referenceId: string, pagination?: unknown) =>
  item(referenceId, 'predicate', predicate('birth_date', 'ge', '1900-01-01'), {
    sort: [{ attribute_name: 'birth_date', sort_order: 'asc' }],
    ...(pagination === undefined ? {} : { pagination }),
  });
const oneOf = (referenceId: string, value: string) => item(referenceId, 'idtype-value', { type: 'UIN', value });

describe('an asynchronous search before anything is worked on', () => {
  let rig: AsyncGateway;
  beforeAll(async () => {
    rig = await startAsyncGateway();
  });
  afterAll(() => rig.close());
  const callbackUrl = () => `${rig.peer.baseUrl}/cb`;
  const rows = async (text: string): Promise<Record<string, unknown>[]> =>
    (await rig.gateway.database.pool.query<Record<string, unknown>>(text)).rows;

  test('is acknowledged with 202 when it and its job are stored', async () => {
    const answer = await rig.send('/search', asyncMessage([oneOf('r-1', 'ANN')], callbackUrl()));
    expect(answer).toMatchObject({ status: 202, ack: 'ACK', errorCode: undefined });
    expect(answer.correlationId).toMatch(/^.{1,99}$/u);
    const stored = await rows(
      `select t.state, j.state as job from transactions t join pgboss.job j on j.singleton_key = t.id::text
       where correlation_id = '${answer.correlationId}'`,
    );
    expect(stored).toEqual([{ state: 'received', job: 'created' }]);
  });

  test('is acknowledged also for people who are not there and addresses that are not given', async () => {
    const answer = await rig.send('/search', asyncMessage([oneOf('r-1', 'NOBODY')], undefined));
    expect(answer).toMatchObject({ status: 202, ack: 'ACK' });
  });

  test('is acknowledged the same again when it is sent again, and done once', async () => {
    const body = asyncMessage([oneOf('r-1', 'ANN')], callbackUrl());
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => rig.send('/search', body)));
    for (const other of others) expect(other).toEqual(first);
    expect(await rows(`select id from transactions where message_id = '${body.header.message_id}'`)).toHaveLength(1);
  });

  test('another message under its message_id is refused, and that of another client is not', async () => {
    const body = asyncMessage([oneOf('r-1', 'ANN')], callbackUrl());
    await rig.send('/search', body);
    const changed = { ...body, message: { ...body.message, transaction_id: 't-other' } };
    expect(await rig.send('/search', changed)).toMatchObject({ status: 400, ack: 'ERR', errorCode: 'err.request.bad' });
    const other = await rig.newToken('Other ministry');
    expect(await rig.send('/search', changed, other)).toMatchObject({ status: 202, ack: 'ACK' });
  });

  test('leaves nothing behind when it cannot be stored whole', async () => {
    const { pool } = rig.gateway.database;
    const before = await rows('select count(*) as n from transactions');
    const broken = await pool.connect();
    try {
      // The row is written before its job: the failing job must take the row with it.
      await broken.query('begin');
      await broken.query('lock table pgboss.job in access exclusive mode');
      const sent = rig.send('/search', asyncMessage([oneOf('r-1', 'ANN')], callbackUrl()));
      for (;;) {
        const waiting = await rows(
          `select pid from pg_stat_activity where wait_event_type = 'Lock' and query ~* 'insert into pgboss.job'
             and datname = current_database()`,
        );
        const [backend] = waiting;
        if (backend) {
          await broken.query('select pg_terminate_backend($1)', [backend['pid']]).catch(() => undefined);
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const answer = await sent;
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(answer.ack).toBe('ERR');
      await broken.query('rollback');
    } finally {
      broken.release(true);
    }
    expect(await rows('select count(*) as n from transactions')).toEqual(before);
  });

  test('what was asked is sealed', async () => {
    await rig.send('/search', asyncMessage([oneOf('r-1', 'SECRET-UIN')], callbackUrl()));
    const stored = await rows(`select t::text || encode(request_sealed, 'escape') as row from transactions t`);
    expect(JSON.stringify(stored)).not.toContain('SECRET-UIN');
  });

  test.each([
    ['/search', 'on-search', 'search_response'],
    ['/subscribe', 'on-subscribe', 'subscribe_response'],
    ['/unsubscribe', 'on-unsubscribe', 'subscription_status'],
    ['/txn/status', 'txn-on-status', 'txnstatus_response'],
  ])('a request to %s that cannot be answered is told so, once', async (path, action, part) => {
    const sent = messageFor(`/registry${path}`, path === '/txn/status' ? 'txn-status' : path.slice(1), {
      registry: 'social',
      callbackUri: callbackUrl(),
    });
    const answer = await rig.send(path, sent);
    expect(answer.status).toBe(202);
    const [stored] = await rows(`select id from transactions where correlation_id = '${answer.correlationId}'`);
    const transaction = await openTransaction(rig.gateway.database.pool, rig.gateway.keys, String(stored?.['id']));
    if (!transaction) throw new Error('the transaction is not there');
    await giveUp(transaction, rig.context);
    await giveUp(transaction, rig.context);
    const told = await rig.gateway.database.pool.query<{ action: string; body_sealed: Buffer }>(
      'select action, body_sealed from deliveries where transaction_ref = $1',
      [transaction.id],
    );
    expect(told.rows).toMatchObject([{ action }]);
    const body = JSON.parse(rig.gateway.keys.open(told.rows[0]?.body_sealed ?? Buffer.of())) as object;
    expect(body).toMatchObject({
      header: { action, status: 'rjct', status_reason_message: expect.stringContaining('ask again') as string },
      message: { transaction_id: sent.message['transaction_id'], correlation_id: answer.correlationId },
    });
    expect(body).toHaveProperty(`message.${part}`);
    expect(await rows(`select state from transactions where id = '${transaction.id}'`)).toEqual([{ state: 'failed' }]);
  });

  test('a message in which too much is wrong is not taken', async () => {
    const items = Array.from({ length: 101 }, (_, index) => item(`r-${String(index)}`, 'nonsense', {}));
    expect(await rig.send('/search', asyncMessage(items, callbackUrl()))).toMatchObject({ status: 400, ack: 'ERR' });
  });

  test('two workers on one search, and one that is killed between two messages, write every message once', async () => {
    const body = asyncMessage([everybody('r-1', { page_size: 2, page_number: 1 }), oneOf('r-2', 'ANN')], callbackUrl());
    const { correlationId } = await rig.send('/search', body);
    const { pool } = rig.gateway.database;
    const [row] = await rows(`select id from transactions where correlation_id = '${correlationId}'`);
    const id = String(row?.['id']);
    const transaction = await openTransaction(pool, rig.gateway.keys, id);
    if (transaction === null) throw new Error('it is not there');
    const work = answerSearch(rig.context);
    const never = new AbortController().signal;

    // The commit of the second message fails: what it was made of is gone, the first one stays.
    const killed = new AbortController();
    let statements = 0;
    const dying = {
      ...rig.context,
      jobs: {
        ...rig.jobs,
        send: (...parameters: Parameters<typeof rig.jobs.send>) => {
          statements += 1;
          if (statements === 2) {
            killed.abort();
            throw new Error('killed');
          }
          return rig.jobs.send(...parameters);
        },
      },
    };
    await expect(answerSearch(dying)(transaction, killed.signal)).rejects.toThrow('killed');
    expect(await rows(`select ordinal from deliveries where transaction_ref = '${id}'`)).toEqual([{ ordinal: 1 }]);

    await Promise.all([work(transaction, never), work(transaction, never)]);
    await work(transaction, never);
    expect(await rows(`select ordinal from deliveries where transaction_ref = '${id}' order by ordinal`)).toEqual([
      { ordinal: 1 },
      { ordinal: 2 },
      { ordinal: 3 },
    ]);
    expect(await rows(`select state, cursor_sealed from transactions where id = '${id}'`)).toEqual([
      { state: 'done', cursor_sealed: null },
    ]);
  });

  test('no more than five messages wait for a partner that takes none', async () => {
    const body = asyncMessage([everybody('r-1', { page_size: 1, page_number: 1 })], callbackUrl());
    const { correlationId } = await rig.send('/search', body);
    const { pool } = rig.gateway.database;
    await pool.query(`insert into individuals (birth_date, birth_date_precision)
      select '2010-01-01', 'day' from generate_series(1, 3)`);
    const [row] = await rows(`select id from transactions where correlation_id = '${correlationId}'`);
    const transaction = await openTransaction(pool, rig.gateway.keys, String(row?.['id']));
    if (transaction === null) throw new Error('it is not there');
    await answerSearch(rig.context)(transaction, new AbortController().signal);
    const waiting = `select ordinal from deliveries where transaction_ref = '${transaction.id}'`;
    expect(await rows(waiting)).toHaveLength(5);
    expect(await rows(`select state from transactions where id = '${transaction.id}'`)).toEqual([{ state: 'working' }]);
  });
});

describe('an asynchronous search that is answered', () => {
  let rig: AsyncGateway;
  beforeAll(async () => {
    rig = await startAsyncGateway();
    await rig.startWorkers();
  });
  afterAll(() => rig.close());
  const callbackUrl = () => `${rig.peer.baseUrl}/cb`;

  test('comes as one message under the correlation id of the acknowledgement', async () => {
    const body = asyncMessage(
      [oneOf('r-1', 'ANN'), oneOf('r-2', 'NOBODY'), item('r-3', 'nonsense', {})],
      callbackUrl(),
    );
    const { correlationId } = await rig.send('/search', body);
    const [callback, ...more] = await rig.callbacks(correlationId, 1);
    expect(more).toEqual([]);
    expect(callback?.body.header).toMatchObject({
      action: 'on-search',
      status: 'succ',
      total_count: 3,
      completed_count: 3,
      sender_id: 'gateway.example.org',
      receiver_id: 'ministry.example.org',
      is_msg_encrypted: false,
    });
    const { search_response: items = [], ...rest } = callback?.body.message ?? {};
    expect(rest).toEqual({ transaction_id: 't-1', correlation_id: correlationId });
    expect(items.map(({ reference_id, status, data }) => [reference_id, status, data.reg_records.length])).toEqual([
      ['r-1', 'succ', 1],
      ['r-2', 'succ', 0],
      ['r-3', 'rjct', 0],
    ]);
  });

  test('comes in as many messages as it has pages, all under one correlation id, each person once', async () => {
    const body = asyncMessage([everybody('r-1', { page_size: 2 }), oneOf('r-2', 'ANN')], callbackUrl());
    const { correlationId } = await rig.send('/search', body);
    const callbacks = await rig.callbacks(correlationId, 3);
    const pages = callbacks
      .map(({ body: { header, message } }) => ({
        completed: header['completed_count'],
        items: (message.search_response ?? []).map(({ reference_id, pagination, data }) => ({
          reference_id,
          page: pagination?.page_number,
          total: pagination?.total_count,
          records: data.reg_records.length,
        })),
      }))
      .sort((a, b) => Number(a.items[0]?.page) - Number(b.items[0]?.page));
    expect(pages).toEqual([
      { completed: 0, items: [{ reference_id: 'r-1', page: 1, total: 5, records: 2 }] },
      { completed: 0, items: [{ reference_id: 'r-1', page: 2, total: 5, records: 2 }] },
      {
        completed: 2,
        items: [
          { reference_id: 'r-1', page: 3, total: 5, records: 1 },
          { reference_id: 'r-2', page: 1, total: 1, records: 1 },
        ],
      },
    ]);
    const uins = callbacks.flatMap(({ body: { message } }) =>
      (message.search_response ?? [])
        .filter(({ reference_id }) => reference_id === 'r-1')
        .flatMap(({ data }) =>
          data.reg_records.map((record) => /"identifier_value":"([A-Z]+)"/u.exec(JSON.stringify(record))?.[1]),
        ),
    );
    expect(uins.sort()).toEqual(['ANN', 'BOB', 'CLEO', 'DAWIT', 'MUM']);
    const ids = callbacks.map(({ body: { header } }) => header['message_id']);
    expect(new Set(ids).size).toBe(3);
  });

  test('goes on behind the five messages that may wait, as they are taken', async () => {
    const body = asyncMessage([everybody('r-1', { page_size: 1 }), everybody('r-2', { page_size: 1 })], callbackUrl());
    const { correlationId } = await rig.send('/search', body);
    expect(await rig.callbacks(correlationId, 9)).toHaveLength(9);
  });

  test('is one page where a later page was asked for', async () => {
    const body = asyncMessage([everybody('r-1', { page_size: 2, page_number: 2 })], callbackUrl());
    const { correlationId } = await rig.send('/search', body);
    const [callback] = await rig.callbacks(correlationId, 1);
    const [answered] = callback?.body.message.search_response ?? [];
    expect(answered).toMatchObject({ status: 'succ', pagination: { page_size: 2, page_number: 2, total_count: 5 } });
    const { rows } = await rig.gateway.database.pool.query('select state from transactions where correlation_id = $1', [
      correlationId,
    ]);
    expect(rows).toEqual([{ state: 'done' }]);
  });

  test('comes although its job was lost', async () => {
    const { pool } = rig.gateway.database;
    // As after a database that was restored without the queue.
    const body = asyncMessage([oneOf('r-1', 'ANN')], callbackUrl());
    const { correlationId } = await rig.send('/search', body);
    await rig.callbacks(correlationId, 1);
    await pool.query(
      `with t as (
         update transactions set state = 'received', next_ordinal = 2, next_item = 0, finished_at = null
         where correlation_id = $1 returning id
       )
       update deliveries set state = 'delivered' where transaction_ref in (select id from t)`,
      [correlationId],
    );
    expect(await sweepTransactions(pool, rig.jobs, 0)).toBeGreaterThan(0);
    expect(await rig.callbacks(correlationId, 2)).toHaveLength(2);
  });

  test('comes to the address that is kept of the client where the message names none', async () => {
    rig.peer.on('/home', json({ ack_status: 'ACK' }));
    await rig.gateway.database.pool.query('update api_clients set callback_uri = $1', [`${rig.peer.baseUrl}/home`]);
    const { correlationId } = await rig.send('/search', asyncMessage([oneOf('r-1', 'ANN')], undefined));
    const [callback] = await rig.callbacks(correlationId, 1);
    expect(callback?.path).toBe('/home');
  });

  test('comes although the partner was away at first', async () => {
    rig.peer.on('/away', json({}, 503, { 'retry-after': '1' }), json({ ack_status: 'ACK' }));
    const { correlationId } = await rig.send(
      '/search',
      asyncMessage([oneOf('r-1', 'ANN')], `${rig.peer.baseUrl}/away`),
    );
    expect(await rig.callbacks(correlationId, 2)).toHaveLength(2);
  });
});
