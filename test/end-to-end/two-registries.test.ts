import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import {
  DeliveriesDocument,
  EventSubscriptionsDocument,
  InboxMessageDocument,
  InboxMessagesDocument,
  SaveIndividualDocument,
  type SaveIndividualInput,
  SourceRequestsDocument,
} from '../../schema/generated/graphql.js';
import { readConfig } from '../../src/config.js';
import type { Filter } from '../../src/record/filter.js';
import { createApiClient } from '../../src/security/client-administration.js';
import { type RunningServer, startServer } from '../../src/server.js';
import { createDataSource, type DataSource, getDataSource, updateDataSource } from '../../src/sources/data-sources.js';
import type { LaterQuestion } from '../../src/sources/later-messages.js';
import { askLater } from '../../src/sources/later-requests.js';
import { RegistryClient } from '../../src/sources/registry-client.js';
import { findRequestOfTransaction } from '../../src/sources/source-requests.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { ask } from './ask.js';
import { OPEN_AGENT } from '../open-agent.js';
import { operator } from '../security/operator.js';

const log = pino({ level: 'silent' });
const BORN_SINCE_2000: Filter = { kind: 'compare', attribute: 'birth_date', operator: 'ge', values: ['2000-01-01'] };

interface Gateway {
  readonly server: RunningServer;
  readonly client: RegistryClient;
  close(): Promise<void>;
}

async function startGateway(): Promise<Gateway> {
  const database: TestDatabase = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'dci-gateway-'));
  const server = await startServer(
    readConfig({
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      PORT: '0',
      KEYS_DIR: join(folder, 'keys'),
      DATA_DIR: join(folder, 'data'),
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
    }),
    log,
  );
  const { pool, keys, url } = server;
  const client = new RegistryClient({ pool, keys, senderId: () => url, publicUrl: () => url, log, agent: OPEN_AGENT });
  return {
    server,
    client,
    async close() {
      await client.close();
      await server.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The one is a client of the other, and knows it as a source of this code. */
async function introduce(to: Gateway, at: Gateway, code: string): Promise<void> {
  const { client, clientSecret } = await createApiClient(
    at.server.pool,
    at.server.keys,
    {
      name: `The gateway that calls this one ${code}`,
      scopes: ['registry.search', 'registry.subscribe'],
    },
    { by: operator(at.server.pool) },
  );
  await createDataSource(
    to.server.pool,
    to.server.keys,
    {
      code,
      name: code,
      baseUrl: at.server.url,
      clientId: client.clientId,
      clientSecret,
    },
    operator(to.server.pool),
  );
}

async function until<Value>(what: string, look: () => Promise<Value | null | undefined | false>): Promise<Value> {
  const deadline = Date.now() + 40_000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    await delay(50);
  }
  throw new Error(`In vain waited for ${what}`);
}

describe('two gateways that know each other', () => {
  let asking: Gateway;
  let holding: Gateway;
  let source: DataSource;

  beforeAll(async () => {
    [asking, holding] = await Promise.all([startGateway(), startGateway()]);
    await introduce(asking, holding, 'holder');
    await introduce(holding, asking, 'asker');
    source = await getDataSource(asking.server.pool, 'holder');
  });
  afterAll(async () => {
    await Promise.all([asking.close(), holding.close()]);
  });

  const put = (question: LaterQuestion) =>
    askLater({ pool: asking.server.pool, client: asking.client, keys: asking.server.keys }, source, question);
  const answered = (transactionId: string) =>
    until('an answer', async () => {
      const request = await findRequestOfTransaction(asking.server.pool, transactionId);
      return request?.state === 'answered' || request?.state === 'refused' ? request : null;
    });
  const inbox = async (transactionId: string, action: string) => {
    const { inboxMessages } = await ask(asking.server.url, InboxMessagesDocument, { first: 50 });
    return inboxMessages.nodes.filter((one) => one.transactionId === transactionId && one.action === action);
  };
  const open = async (id: string): Promise<string> => {
    const { inboxMessage } = await ask(asking.server.url, InboxMessageDocument, { id });
    return JSON.stringify(inboxMessage?.body);
  };
  const save = async (input: SaveIndividualInput): Promise<void> => {
    const { saveIndividual } = await ask(holding.server.url, SaveIndividualDocument, { input });
    if (saveIndividual.__typename !== 'SavedIndividual') throw new Error(JSON.stringify(saveIndividual));
  };

  test('what one saves over its graph reaches the inbox of the other, which had subscribed, until it ends that', async () => {
    const { transactionId } = await put({ action: 'subscribe', eventType: 'REGISTER', filter: BORN_SINCE_2000 });
    const subscribed = await answered(transactionId);
    expect(subscribed).toMatchObject({ state: 'answered', problem: null });
    const [code] = subscribed.subscriptionCodes;

    await save({ identifiers: [{ type: 'UIN', value: 'OLD' }], givenName: 'Too old', birthDate: '1999-12-31' });
    await save({ identifiers: [{ type: 'UIN', value: 'ANN' }], givenName: 'Ann', birthDate: '2000-01-01' });
    const [notified] = await until('a notification', async () => {
      const found = await inbox(transactionId, 'NOTIFY');
      return found.length > 0 && found;
    });
    expect(notified).toMatchObject({ state: 'MATCHED', reason: null, request: { dataSource: { code: 'holder' } } });
    const body = await open(notified?.id ?? '');
    expect(body).toContain('Ann');
    expect(body).not.toContain('Too old');
    expect(body).toContain(`"subscription_code":"${code ?? ''}"`);

    const { eventSubscriptions } = await ask(holding.server.url, EventSubscriptionsDocument, {});
    expect(eventSubscriptions.nodes).toMatchObject([{ code, active: true, events: ['registered'] }]);

    const ending = await put({ action: 'unsubscribe', codes: subscribed.subscriptionCodes });
    expect(await answered(ending.transactionId)).toMatchObject({ state: 'answered' });
    const { rows } = await asking.server.pool.query('select code, state from source_subscriptions');
    expect(rows).toEqual([{ code, state: 'ended' }]);
    const after = await ask(holding.server.url, EventSubscriptionsDocument, {});
    expect(after.eventSubscriptions.nodes).toMatchObject([{ code, active: false }]);
  });

  test('a search is answered later, and its status told', async () => {
    await save({ identifiers: [{ type: 'UIN', value: 'BOB' }], givenName: 'Bob', birthDate: '2010-10-10' });
    const filter: Filter = { kind: 'identifier', type: 'UIN', values: ['BOB'] };
    const search = await put({ action: 'search', questions: [{ filter }] });
    expect(await answered(search.transactionId)).toMatchObject({ state: 'answered' });
    const [answer] = await inbox(search.transactionId, 'ON_SEARCH');
    expect(answer).toMatchObject({ state: 'MATCHED', correlationId: search.correlationId });
    expect(await open(answer?.id ?? '')).toContain('Bob');

    const status = await put({ action: 'txn-status', of: search });
    expect(await answered(status.transactionId)).toMatchObject({ state: 'answered' });
    const [told] = await inbox(status.transactionId, 'TXN_ON_STATUS');
    expect(told).toMatchObject({ state: 'MATCHED' });
    expect(await open(told?.id ?? '')).toContain(search.transactionId);

    const { sourceRequests } = await ask(asking.server.url, SourceRequestsDocument, { source: 'holder', first: 2 });
    expect(sourceRequests.nodes).toMatchObject([{ action: 'TXN_STATUS' }, { action: 'SEARCH', state: 'ANSWERED' }]);
    await until('every message to be delivered', async () => {
      const { deliveries } = await ask(holding.server.url, DeliveriesDocument, { first: 50 });
      return deliveries.nodes.every(({ state }) => state === 'DELIVERED');
    });
  });

  test('they sign and encrypt to one another, in every form: the requests, the answers and what is brought later', async () => {
    for (const [one, other, code] of [
      [asking, holding, 'holder'],
      [holding, asking, 'asker'],
    ] as const) {
      const jwksUri = `${other.server.url}/.well-known/jwks.json`;
      await one.server.pool.query(
        `update api_clients set inbound_signature = 'required', encrypt_answers = true, outbound_signature = 'cavage',
           jwks_uri = $1`,
        [jwksUri],
      );
      const sealing = { inboundSignature: 'required', encryptRequests: true, jwksUri };
      await updateDataSource(
        one.server.pool,
        one.server.keys,
        code,
        { ...sealing, signature: 'jws-compact' },
        operator(one.server.pool),
      );
    }
    const find = async () => {
      const sealed = await getDataSource(asking.server.pool, 'holder');
      return { sealed, found: await asking.client.search(sealed, { filter: BORN_SINCE_2000 }) };
    };
    for (const [signature, outbound] of [
      ['jws-compact', 'cavage'],
      ['jws-detached', 'jws-compact'],
      ['cavage', 'jws-detached'],
    ] as const) {
      await updateDataSource(
        asking.server.pool,
        asking.server.keys,
        'holder',
        { signature },
        operator(asking.server.pool),
      );
      await holding.server.pool.query('update api_clients set outbound_signature = $1', [outbound]);
      expect((await find()).found.records.length).toBeGreaterThan(0);
    }
    const { sealed } = await find();
    const { transactionId } = await askLater(
      { pool: asking.server.pool, client: asking.client, keys: asking.server.keys },
      sealed,
      {
        action: 'search',
        questions: [{ filter: BORN_SINCE_2000 }],
      },
    );
    expect(await answered(transactionId)).toMatchObject({ state: 'answered' });
    const [came] = await inbox(transactionId, 'ON_SEARCH');
    expect(await open(came?.id ?? '')).toContain('Ann');

    await updateDataSource(
      asking.server.pool,
      asking.server.keys,
      'holder',
      { signature: 'none' },
      operator(asking.server.pool),
    );
    await expect(find()).rejects.toThrow('must be signed');
    await updateDataSource(
      asking.server.pool,
      asking.server.keys,
      'holder',
      { signature: 'cavage' },
      operator(asking.server.pool),
    );
    await holding.server.pool.query("update api_clients set outbound_signature = 'none'");
    await expect(find()).rejects.toMatchObject({ code: 'SOURCE_ANSWER_UNSIGNED' });
  });
});
