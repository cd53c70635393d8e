import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { readConfig } from '../../src/config.js';
import { loadDemo } from '../../src/registry/demo/demo.js';
import { createApiClient } from '../../src/security/client-administration.js';
import { type RunningServer, startServer } from '../../src/server.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { PUBLISHED_PRESENT, publishedOperations } from './published-interfaces.js';
import { type Message, messageFor } from './published-messages.js';
import { operator } from '../security/operator.js';

if (!PUBLISHED_PRESENT) process.stderr.write('skipped, no published schemas (DCI_SPEC): every published interface\n');

interface Heard {
  readonly path: string;
  readonly connection: string | undefined;
  readonly body: { readonly header: Record<string, unknown>; readonly message: Record<string, unknown> };
}

/** A partner's server: hears callbacks and acknowledges them. */
class Partner {
  readonly heard: Heard[] = [];
  #waiting: (() => void)[] = [];
  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<Partner> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const partner = new Partner(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, server);
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as Heard['body'];
        partner.heard.push({ path: request.url ?? '', connection: request.headers.connection, body });
        response.setHeader('content-type', 'application/json');
        response.end('{"ack_status":"ACK"}');
        for (const wake of partner.#waiting.splice(0)) wake();
      });
    });
    return partner;
  }

  async about(transactionId: unknown): Promise<Heard> {
    for (;;) {
      const found = this.heard.find(({ body }) => body.message['transaction_id'] === transactionId);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

(PUBLISHED_PRESENT ? describe : describe.skip)('every published interface', () => {
  const operations = PUBLISHED_PRESENT ? publishedOperations() : [];
  let database: TestDatabase;
  let server: RunningServer;
  let partner: Partner;
  let keysDir: string;
  let token: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    keysDir = await mkdtemp(join(tmpdir(), 'dci-keys-'));
    const config = readConfig({
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      KEYS_DIR: keysDir,
      PORT: '0',
      LOG_LEVEL: 'silent',
    });
    server = await startServer(config, pino({ level: 'silent' }));
    await loadDemo(database.pool, { individuals: 100 });
    partner = await Partner.start();
    const { client, clientSecret } = await createApiClient(
      database.pool,
      server.keys,
      {
        name: 'SPMIS',
        scopes: ['registry.search', 'registry.subscribe', 'registry.write'],
      },
      { by: operator(database.pool) },
    );
    const answer = await fetch(`${server.url}/oauth2/client/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_secret: clientSecret,
      }),
    });
    token = ((await answer.json()) as { access_token: string }).access_token;
  });

  afterAll(async () => {
    await server.close();
    await partner.close();
    await database.close();
    await rm(keysDir, { recursive: true, force: true });
  });

  async function post(path: string, message: unknown) {
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(message),
    });
    const body = (await response.json()) as Message & { message: { ack_status?: string; correlation_id?: string } };
    return { status: response.status, type: response.headers.get('content-type'), body };
  }

  const callbackUri = (): string => `${partner.url}/callback`;
  /** On which path of the published document the callback to a request is described. */
  const CALLBACKS: Readonly<Record<string, string>> = {
    '/registry/search': '/registry/on-search',
    '/registry/subscribe': '/registry/on-subscribe',
    '/registry/unsubscribe': '/registry/on-unsubscribe',
    '/registry/txn/status': '/registry/txn/on-status',
  };

  test.each(operations.map((one): [string, string, typeof one] => [one.registry, one.path, one]))(
    '%s %s takes what the document describes and answers as it describes',
    async (registry, path, operation) => {
      const message = messageFor(path, operation.action, { registry, callbackUri: callbackUri() });
      expect(operation.fitsRequest(message) ? [] : operation.fitsRequest.errors).toEqual([]);

      for (const prefix of ['', `/${registry}`, `/${registry}/v1.0.0`]) {
        const sent = { ...message, header: { ...message.header, message_id: `${registry}${prefix}${path}` } };
        const { status, type, body } = await post(`${prefix}${path}`, sent);
        const isRequest = path in CALLBACKS;
        expect({ prefix, status, body }).toMatchObject({ prefix, status: isRequest ? 202 : 200 });
        expect(type).toMatch(/^application\/json/u);
        expect(operation.fitsAnswer(body) ? [] : operation.fitsAnswer.errors).toEqual([]);
        if (!path.includes('/sync/')) expect(body.message.ack_status).toBe('ACK');
      }
    },
  );

  test.each(
    operations.filter(({ path }) => path in CALLBACKS).map(({ registry, path }): [string, string] => [registry, path]),
  )('%s %s is followed by a callback as the document describes it', async (registry, path) => {
    const described = operations.find((one) => one.registry === registry && one.path === CALLBACKS[path]);
    const request = operations.find((one) => one.registry === registry && one.path === path);
    const message = messageFor(path, request?.action ?? '', { registry, callbackUri: `${callbackUri()}/${registry}` });
    const { status, body } = await post(`/${registry}${path}`, message);
    expect(status).toBe(202);
    const heard = await partner.about(message.message['transaction_id']);
    expect(heard.path).toBe(`/callback/${registry}`);
    expect(heard.connection).toBe('close');
    expect(heard.body.header['action']).toBe(described?.action);
    expect(heard.body.message['correlation_id']).toBe(body.message.correlation_id);
    expect(heard.body.header).toMatchObject({ is_msg_encrypted: false, receiver_id: 'spmis.example.org' });
    expect(described?.fitsRequest(heard.body) ? [] : described?.fitsRequest.errors).toEqual([]);
  });

  test.each(operations.filter(({ path }) => path === '/registry/sync/search').map(({ registry }) => [registry]))(
    '%s answers with records that the document accepts',
    async (registry) => {
      const operation = operations.find((one) => one.registry === registry && one.path === '/registry/sync/search');
      const query = {
        query_type: 'predicate',
        query: [
          { seq_num: 1, expression1: { attribute_name: 'birth_date', operator: 'ge', attribute_value: '1900-01-01' } },
        ],
      };
      const message = messageFor('/registry/sync/search', 'search', { registry, callbackUri: callbackUri(), query });
      const { status, body } = await post('/registry/sync/search', message);
      expect(status).toBe(200);
      const [item] =
        (body.message as { search_response?: { status: string; data: { reg_records: object[] } }[] }).search_response ??
        [];
      expect(item?.status).toBe('succ');
      expect(item?.data.reg_records.length).toBeGreaterThan(0);
      expect(operation?.fitsAnswer(body) ? [] : operation?.fitsAnswer.errors).toEqual([]);
    },
  );
});
