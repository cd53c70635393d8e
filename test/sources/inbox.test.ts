import { randomUUID } from 'node:crypto';
import { createDataSource, type DataSource } from '../../src/sources/data-sources.js';
import { setBringingClient } from '../../src/sources/bringing-client.js';
import { inboxHandler } from '../../src/sources/inbox.js';
import { listInboxMessages, openInboxMessage } from '../../src/sources/inbox-messages.js';
import { askLater } from '../../src/sources/later-requests.js';
import { type LaterQuestion } from '../../src/sources/later-messages.js';
import { findRequestOfTransaction, listSourceRequests } from '../../src/sources/source-requests.js';
import { RegistryClient } from '../../src/sources/registry-client.js';
import { EVERYBODY, type Filter } from '../../src/record/filter.js';
import { type PartnerGateway, startPartnerGateway } from '../partners/partner-gateway.js';
import { QUICK, SECRET, TOKEN, TOKENS } from './dci-peer.js';
import { hang, json, type LocalPeer, startLocalPeer } from './local-peer.js';
import { OPEN_AGENT } from '../open-agent.js';
import { operator } from '../security/operator.js';

const BORN_2020: Filter = { kind: 'compare', attribute: 'birth_date', operator: 'ge', values: ['2020-01-01'] };
const CALLBACKS = ['/on-search', '/on-subscribe', '/on-unsubscribe', '/notify', '/txn/on-status'] as const;

interface SentMessage {
  readonly header: Readonly<Record<string, unknown>>;
  readonly message: Readonly<Record<string, unknown>> & { readonly transaction_id: string };
}

describe('what is answered later', () => {
  let gateway: PartnerGateway;
  let client: RegistryClient;
  let peer: LocalPeer;
  let source: DataSource;

  beforeAll(async () => {
    gateway = await startPartnerGateway('spdci-1.0', {
      handlers: ({ database: { pool }, keys, log }) => ({
        '/on-search': inboxHandler({ pool, keys, log }, 'on-search'),
        '/on-subscribe': inboxHandler({ pool, keys, log }, 'on-subscribe'),
        '/on-unsubscribe': inboxHandler({ pool, keys, log }, 'on-unsubscribe'),
        '/notify': inboxHandler({ pool, keys, log }, 'notify'),
        '/txn/on-status': inboxHandler({ pool, keys, log }, 'txn-on-status'),
      }),
    });
    const { keys, log, database } = gateway;
    client = new RegistryClient({
      agent: OPEN_AGENT,
      pool: database.pool,
      keys,
      senderId: () => 'gateway.example.org',
      publicUrl: () => gateway.url,
      log,
      limits: QUICK,
    });
  });

  afterAll(async () => {
    await client.close();
    await gateway.close();
  });

  beforeEach(async () => {
    peer = await startLocalPeer();
    peer.on(TOKENS, json({ access_token: TOKEN, token_type: 'Bearer', expires_in: 600 }));
    await gateway.database.pool.query('delete from data_sources');
    await gateway.database.pool.query('delete from inbox_messages');
    source = await createDataSource(
      gateway.database.pool,
      gateway.keys,
      {
        code: 'crvs',
        name: 'CRVS',
        baseUrl: peer.baseUrl,
        clientId: 'gateway',
        clientSecret: SECRET,
        timeoutMs: 1_000,
      },
      operator(gateway.database.pool),
    );
  });

  afterEach(async () => {
    await peer.close();
  });

  const ask = (question: LaterQuestion) =>
    askLater({ pool: gateway.database.pool, client, keys: gateway.keys }, source, question);
  const subscribe = (): LaterQuestion => ({ action: 'subscribe', eventType: 'REGISTER', filter: BORN_2020 });
  const ack = (correlationId = 'c-1') =>
    json({ message: { ack_status: 'ACK', timestamp: '2026-01-01T00:00:00Z', correlation_id: correlationId } }, 202);
  const sent = (path: string): SentMessage => JSON.parse(peer.requestsOf(path)[0]?.body ?? '') as SentMessage;
  const requestOf = (transactionId: string) => findRequestOfTransaction(gateway.database.pool, transactionId);
  const inbox = async () => (await listInboxMessages(gateway.database.pool, {})).items;

  function callback(action: string, message: object, header: object = {}) {
    return {
      header: {
        version: '1.0.0',
        message_id: randomUUID(),
        message_ts: new Date().toISOString(),
        action,
        status: 'succ',
        sender_id: 'crvs.example.org',
        total_count: 1,
        ...header,
      },
      message,
    };
  }
  const bring = async (path: string, body: object) => {
    const answer = await gateway.post(body, {}, `/registry${path}`);
    expect({ status: answer.status, ack: answer.body.message.ack_status }).toEqual({ status: 200, ack: 'ACK' });
    return answer;
  };
  const confirmed = (transactionId: string, code: string, more: object = {}) =>
    callback('on-subscribe', {
      transaction_id: transactionId,
      correlation_id: 'c-1',
      subscribe_response: [
        {
          reference_id: 'r',
          timestamp: '2026-01-01T00:00:00Z',
          status: 'succ',
          subscriptions: [{ code, status: 'subscribe', timestamp: '2026-01-01T00:00:00Z', reg_event_type: 'REGISTER' }],
          ...more,
        },
      ],
    });

  test('each request goes out once, to its own endpoint, and says who asks and where the answer shall come', async () => {
    for (const path of ['/registry/search', '/registry/subscribe', '/registry/unsubscribe', '/registry/txn/status']) {
      peer.on(path, ack());
    }
    const search = await ask({ action: 'search', questions: [{ filter: BORN_2020 }] });
    await ask(subscribe());
    await ask({ action: 'unsubscribe', codes: ['code-1'] });
    await ask({ action: 'txn-status', of: search });

    const places = {
      '/registry/search': ['search', '/registry/on-search'],
      '/registry/subscribe': ['subscribe', '/registry/on-subscribe'],
      '/registry/unsubscribe': ['unsubscribe', '/registry/on-unsubscribe'],
      '/registry/txn/status': ['txn-status', '/registry/txn/on-status'],
    };
    for (const [path, [action, callbackPath]] of Object.entries(places)) {
      expect(peer.requestsOf(path)).toHaveLength(1);
      expect(peer.requestsOf(path)[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
      expect(sent(path).header).toMatchObject({
        action,
        receiver_id: 'crvs',
        sender_id: 'gateway.example.org',
        sender_uri: `${gateway.url}${callbackPath ?? ''}`,
        total_count: 1,
      });
    }
    expect(search).toMatchObject({ state: 'acknowledged', correlationId: 'c-1', problem: null });
    expect(sent('/registry/txn/status').message.txnstatus_request).toMatchObject({
      txn_type: 'search',
      attribute_type: 'transaction_id',
      attribute_value: search.transactionId,
    });
    const { items } = await listSourceRequests(gateway.database.pool, { dataSourceId: source.id, first: 3 });
    expect(items.map(({ action }) => action)).toEqual(['txn-status', 'unsubscribe', 'subscribe']);
  });

  test.each([
    ['a flat acknowledgement', { ack_status: 'ACK', correlation_id: 'c-9' }, 'c-9'],
    ['one without a correlation id', { message: { ack_status: 'ACK' } }, null],
    ['a body that is no acknowledgement', { ok: true }, null],
  ])('%s is an acceptance', async (_name, body, correlationId) => {
    peer.on('/registry/subscribe', json(body));
    expect(await ask(subscribe())).toMatchObject({ state: 'acknowledged', correlationId });
  });

  test.each([
    [
      'an ERR with an unknown code',
      json({ message: { ack_status: 'ERR', error: { code: 'err.odd', message: 'no' } } }),
    ],
    ['a NACK', json({ ack_status: 'NACK', error: { code: 'err.odd', message: 'no' } })],
  ])('%s is a refusal that stays with the request', async (_name, answer) => {
    peer.on('/registry/subscribe', answer);
    await expect(ask(subscribe())).rejects.toMatchObject({ code: 'SOURCE_REJECTED_REQUEST' });
    const { items } = await listSourceRequests(gateway.database.pool, {});
    expect(items).toMatchObject([{ state: 'refused', problem: 'err.odd: no' }]);
  });

  test('a source that does not answer is asked once, and the request says so', async () => {
    peer.on('/registry/subscribe', hang);
    await expect(ask(subscribe())).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(peer.requestsOf('/registry/subscribe')).toHaveLength(1);
    const { items } = await listSourceRequests(gateway.database.pool, {});
    expect(items[0]).toMatchObject({ state: 'failed', problem: expect.stringContaining('1000 ms') as string });
  });

  test('the endpoints lie beside the synchronous search, or below the path for requests', async () => {
    const { pool } = gateway.database;
    const other = { clientId: 'gateway', clientSecret: SECRET, baseUrl: peer.baseUrl };
    peer.on('/dci_api/v1/registry/subscribe', ack());
    peer.on('/elsewhere/subscribe', ack());
    source = await createDataSource(
      pool,
      gateway.keys,
      {
        ...other,
        code: 'beside',
        name: 'Beside',
        paths: { search: '/dci_api/v1/registry/sync/search' },
      },
      operator(pool),
    );
    await ask(subscribe());
    source = await createDataSource(
      pool,
      gateway.keys,
      {
        ...other,
        code: 'below',
        name: 'Below',
        paths: { requests: '/elsewhere/' },
      },
      operator(pool),
    );
    await ask(subscribe());
    source = await createDataSource(
      pool,
      gateway.keys,
      {
        ...other,
        code: 'nowhere',
        name: 'Nowhere',
        paths: { search: '/find' },
      },
      operator(pool),
    );
    await expect(ask(subscribe())).rejects.toMatchObject({ code: 'DATA_SOURCE_PATH_MISSING' });
    expect(peer.requestsOf('/elsewhere/subscribe')).toHaveLength(1);
  });

  test('a filter that the source cannot hear as a whole is not subscribed to', async () => {
    const filter: Filter = { kind: 'name_contains', text: 'Ann' };
    await expect(ask({ action: 'subscribe', eventType: 'REGISTER', filter })).rejects.toMatchObject({
      code: 'FILTER_NOT_EXPRESSIBLE',
    });
    expect(peer.requests).toHaveLength(0);
  });

  test('what another client brings than the one that a source named is put aside, whatever transaction it knows of', async () => {
    const { pool } = gateway.database;
    peer.on('/registry/subscribe', ack());
    const named = await gateway.createClient({ name: `Civil register ${randomUUID()}` });
    const { transactionId } = await ask(subscribe());

    await setBringingClient(pool, 'crvs', named.clientId);
    await bring('/on-subscribe', confirmed(transactionId, 'forged'));
    expect(await inbox()).toMatchObject([{ state: 'quarantined', reason: expect.stringContaining('token') as string }]);
    expect(await requestOf(transactionId)).toMatchObject({ state: 'acknowledged', subscriptionCodes: [] });

    const authorization = `Bearer ${await gateway.token(named)}`;
    await gateway.post(confirmed(transactionId, 'real'), { authorization }, '/registry/on-subscribe');
    expect(await requestOf(transactionId)).toMatchObject({ state: 'answered', subscriptionCodes: ['real'] });

    // A client that is a source's own brings nothing for another one that named none.
    const credentials = { clientId: 'gateway', clientSecret: SECRET };
    const asked = { code: 'other', name: 'Other', baseUrl: peer.baseUrl };
    source = await createDataSource(pool, gateway.keys, { ...asked, ...credentials }, operator(pool));
    const other = await ask(subscribe());
    await gateway.post(confirmed(other.transactionId, 'taken'), { authorization }, '/registry/on-subscribe');
    expect(await requestOf(other.transactionId)).toMatchObject({ state: 'acknowledged', subscriptionCodes: [] });
    await bring('/on-subscribe', confirmed(other.transactionId, 'given'));
    expect(await requestOf(other.transactionId)).toMatchObject({ state: 'answered', subscriptionCodes: ['given'] });

    await expect(setBringingClient(pool, 'crvs', 'nobody')).rejects.toMatchObject({ code: 'SOURCE_OR_CLIENT_UNKNOWN' });
  });

  test('a subscription lives from its confirmation to its end, and notifications belong to it', async () => {
    peer.on('/registry/subscribe', ack());
    peer.on('/registry/unsubscribe', ack('c-2'));
    const { transactionId } = await ask(subscribe());
    const first = confirmed(transactionId, 'code-1');
    await bring('/on-subscribe', first);
    expect(await requestOf(transactionId)).toMatchObject({ state: 'answered', subscriptionCodes: ['code-1'] });

    const notified = { transaction_id: transactionId, notify_event: [{ reference_id: 'e-1' }] };
    await bring('/notify', callback('notify', notified, { meta: { subscription_code: 'code-1' } }));
    // Registries send everything about a subscription to the address that it gave.
    await bring('/on-subscribe', callback('notify', notified));
    await bring('/notify', callback('notify', { transaction_id: 'anew' }, { meta: { subscription_code: 'code-1' } }));

    const ending = await ask({ action: 'unsubscribe', codes: ['code-1'] });
    await bring(
      '/on-unsubscribe',
      callback('on-unsubscribe', {
        transaction_id: ending.transactionId,
        correlation_id: 'c-2',
        status: 'succ',
        subscription_status: [{ code: 'code-1', status: 'unsubscribe' }],
      }),
    );
    expect((await inbox()).map(({ action, state }) => [action, state])).toEqual([
      ['on-unsubscribe', 'matched'],
      ['notify', 'matched'],
      ['notify', 'matched'],
      ['notify', 'matched'],
      ['on-subscribe', 'matched'],
    ]);
    const { rows } = await gateway.database.pool.query('select code, state from source_subscriptions');
    expect(rows).toEqual([{ code: 'code-1', state: 'ended' }]);
    expect(await requestOf(ending.transactionId)).toMatchObject({ state: 'answered' });
  });

  test('a subscription that there was before is ours all the same', async () => {
    peer.on('/registry/subscribe', ack());
    const { transactionId } = await ask(subscribe());
    const before = { status: 'rjct', status_reason_code: 'rjct.event.already_subscribed' };
    await bring('/on-subscribe', confirmed(transactionId, 'code-7', before));
    expect(await requestOf(transactionId)).toMatchObject({ state: 'answered', subscriptionCodes: ['code-7'] });
  });

  test('what a source refuses later is told with its reason, and pages that come after an answer do not undo it', async () => {
    peer.on('/registry/search', ack());
    const questions = [{ filter: EVERYBODY }];
    const refused = await ask({ action: 'search', questions });
    const rejection = {
      reference_id: 'r',
      status: 'rjct',
      status_reason_code: 'rjct.filter.invalid',
      status_reason_message: 'not a day',
    };
    const said = (transactionId: string, ...items: object[]) =>
      callback('on-search', { transaction_id: transactionId, correlation_id: 'c-1', search_response: items });
    await bring('/on-search', said(refused.transactionId, { reference_id: 'r', status: 'pdng' }));
    expect(await requestOf(refused.transactionId)).toMatchObject({ state: 'acknowledged', answeredAt: null });
    await bring('/on-search', said(refused.transactionId, rejection));
    expect(await requestOf(refused.transactionId)).toMatchObject({
      state: 'refused',
      problem: 'rjct.filter.invalid: not a day',
    });

    const answered = await ask({ action: 'search', questions });
    await bring('/on-search', said(answered.transactionId, { reference_id: 'r', status: 'succ' }, rejection));
    await bring('/on-search', said(answered.transactionId, rejection));
    expect(await requestOf(answered.transactionId)).toMatchObject({ state: 'answered', problem: null });
  });

  test('an answer that overtakes its acknowledgement counts, and keeps its word', async () => {
    const answered = new Promise<void>((resolve, reject) => {
      peer.on('/registry/subscribe', (request, response) => {
        const { message } = JSON.parse(request.body) as SentMessage;
        bring('/on-subscribe', confirmed(message.transaction_id, 'code-2'))
          .then(() => {
            ack()(request, response);
            resolve();
          })
          .catch(reject);
      });
    });
    const request = await ask(subscribe());
    await answered;
    expect(request).toMatchObject({ state: 'answered', correlationId: 'c-1', subscriptionCodes: ['code-2'] });
  });

  test('the same message again is acknowledged again and kept once', async () => {
    peer.on('/registry/subscribe', ack());
    const { transactionId } = await ask(subscribe());
    const body = confirmed(transactionId, 'code-3');
    await Promise.all([bring('/on-subscribe', body), bring('/on-subscribe', body), bring('/on-subscribe', body)]);
    await bring('/on-subscribe', body);
    expect(await inbox()).toHaveLength(1);
  });

  test.each(CALLBACKS)('%s acknowledges what belongs to nothing of ours and keeps it apart', async (path) => {
    const action = path === '/txn/on-status' ? 'txn-on-status' : path.slice(1);
    await bring(path, callback(action, { transaction_id: randomUUID(), correlation_id: 'x' }));
    await bring(path, { ...callback(action, {}), message: undefined });
    await bring(path, callback(action, { transaction_id: ['odd'], search_response: 7, subscribe_response: [null] }));
    const messages = await inbox();
    expect(messages.map(({ action: kept, state }) => [kept, state])).toEqual(Array(3).fill([action, 'quarantined']));
    expect(messages.map(({ reason }) => reason)).toEqual([
      'The message names no transaction_id',
      'The message names no transaction_id',
      expect.stringContaining('No request of ours'),
    ]);
  });

  test('an answer of another kind or with another correlation changes nothing', async () => {
    peer.on('/registry/subscribe', ack());
    const { transactionId } = await ask(subscribe());
    await bring('/on-search', callback('on-search', { transaction_id: transactionId, search_response: [] }));
    const other = confirmed(transactionId, 'code-4');
    await bring('/on-subscribe', { ...other, message: { ...other.message, correlation_id: 'c-other' } });
    expect((await inbox()).map(({ state, reason }) => [state, reason])).toEqual([
      ['quarantined', 'Its correlation_id is not that of the acknowledgement'],
      ['quarantined', 'Its transaction_id is that of a request to subscribe, which on-search does not answer'],
    ]);
    expect(await requestOf(transactionId)).toMatchObject({ state: 'acknowledged', subscriptionCodes: [] });
  });

  test('a message that names people is kept sealed and opened for an operator', async () => {
    const body = callback('notify', { transaction_id: 't', notify_event: [{ data: { reg_records: 'Mary Kabwe' } }] });
    await bring('/notify', body);
    const [message] = await inbox();
    const { rows } = await gateway.database.pool.query<{ body_sealed: Buffer }>(
      'select body_sealed from inbox_messages',
    );
    expect(rows[0]?.body_sealed.includes('Kabwe')).toBe(false);
    const opened = await openInboxMessage(gateway.database.pool, gateway.keys, message?.id ?? '');
    expect(JSON.parse(opened?.body ?? '')).toEqual(body);
    expect(gateway.logLines.join()).not.toContain('Kabwe');
    expect(await openInboxMessage(gateway.database.pool, gateway.keys, 'no id')).toBeNull();
  });

  test('texts at and beyond every limit are taken without a failure', async () => {
    const long = 'x'.repeat(20_000);
    const { header } = callback('on-subscribe', {});
    peer.on('/registry/subscribe', ack());
    const { transactionId } = await ask(subscribe());
    const subscriptions = [{ code: long }, { code: 'nul\u0000' }, { code: 'ok', reg_event_type: '\ud800' }, 'odd'];
    await bring('/on-subscribe', {
      header: { ...header, message_id: 'm'.repeat(1000), sender_id: '', meta: { subscription_code: long } },
      message: { transaction_id: transactionId, correlation_id: 'c-1', subscribe_response: { subscriptions } },
    });
    await bring('/notify', callback('notify', { transaction_id: 't'.repeat(99), correlation_id: '\u0000' }));
    expect(await requestOf(transactionId)).toMatchObject({ subscriptionCodes: ['ok'] });
  });

  test.each(['transaction_id', 'correlation_id'])(
    'a %s that is longer than the standard has it is refused',
    async (id) => {
      const refused = await gateway.post(callback('on-search', { [id]: 'x'.repeat(100) }), {}, '/registry/on-search');
      expect(refused.status).toBe(400);
      expect(refused.body).toMatchObject({
        error: { code: 'err.request.bad', message: expect.stringContaining(id) as string },
        message: { ack_status: 'ERR' },
      });
      expect(await inbox()).toEqual([]);
    },
  );

  test('a token that the source refused is not shown again', async () => {
    const token = (value: string) => json({ access_token: value, token_type: 'Bearer', expires_in: 600 });
    peer.on(TOKENS, token('first'), token('second'));
    const url = new URL(`${peer.baseUrl}/registry/notify`);
    expect(await client.authorizationFor(url)).toBe('Bearer first');
    expect(await client.authorizationFor(url, 'Bearer first')).toBe('Bearer second');
    expect(await client.authorizationFor(url, 'Bearer first')).toBe('Bearer second');
  });

  test('a subscription to no event is not asked for', async () => {
    await expect(ask({ action: 'subscribe', eventType: ' ' })).rejects.toMatchObject({ code: 'SUBSCRIPTION_INVALID' });
  });

  test('our token of a source is shown below its address and nowhere else', async () => {
    expect(await client.authorizationFor(new URL(`${peer.baseUrl}/registry/on-search`))).toBe(`Bearer ${TOKEN}`);
    expect(await client.authorizationFor(new URL('http://127.0.0.1:1/registry/on-search'))).toBeNull();
  });
});
