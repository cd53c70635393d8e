import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { readConfig } from '../../src/config.js';
import { type RunningServer, startServer } from '../../src/server.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

let database: TestDatabase;
let folder: string;
let server: RunningServer;
const logged: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  const config = readConfig({
    DATABASE_URL: database.url,
    KEYS_DIR: folder,
    PORT: '0',
    PUBLIC_URL: 'https://gateway.example.org',
  });
  server = await startServer(config, pino({ level: 'debug' }, { write: (line: string) => logged.push(line) }));
});
afterAll(async () => {
  await server.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | string;
}

/** Not by `fetch`, which corrects what it sends. */
async function send(path: string, { method = 'POST', headers = {}, body }: Sent = {}): Promise<Answer> {
  const { hostname, port } = new URL(server.url);
  const sent = request({ hostname, port, path, method, headers });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}

/** Bytes as they are; answers with all that comes back. */
async function sendRaw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined).write(bytes);
  return await text(socket);
}

const ROUTES: readonly (readonly [string, string])[] = [
  ['GET', '/'],
  ['GET', '/docs'],
  ['GET', '/docs/swagger-ui.css'],
  ['GET', '/openapi.json'],
  ['GET', '/health/live'],
  ['GET', '/health/ready'],
  ['GET', '/.well-known/jwks.json'],
  ['GET', '/.well-known/locations.json'],
  ['GET', '/.well-known/oauth-authorization-server'],
  ['GET', '/graphql/explorer/explorer.js'],
  ['GET', '/nothing/here'],
  ['POST', '/graphql'],
  ['POST', '/oauth2/client/token'],
  ['POST', '/oauth2/introspect'],
  ['POST', '/oauth2/revoke'],
  ['POST', '/registry/sync/search'],
  ['POST', '/registry/search'],
  ['POST', '/crvs/v1/registry/on-search'],
  ['POST', '/registry/no-such-endpoint'],
];

describe('the gate', () => {
  const CODED: readonly (readonly [string, Buffer])[] = [
    ['gzip', gzipSync('{}')],
    ['br', brotliCompressSync('{}')],
    ['deflate', deflateSync('{}')],
    ['zstd', Buffer.from('{}')],
    ['x-unknown', Buffer.from('{}')],
    ['identity, gzip', gzipSync('{}')],
    ['GZIP', gzipSync('{}')],
  ];

  test.each(CODED)('refuses a body in %s on every route, before anything else is said', async (encoding, body) => {
    for (const [, path] of ROUTES) {
      const headers = { 'content-encoding': encoding, 'content-type': 'application/json' };
      const answer = await send(path, { headers, body });
      expect([path, answer.status]).toEqual([path, 415]);
      expect(answer.headers['content-type']).toMatch(/^application\/json/u);
      expect(JSON.stringify(JSON.parse(answer.body))).toContain('Send the body without Content-Encoding');
      expect(answer.headers.connection).toBe('close');
    }
  });

  test('refuses transfer codings that would have to be decoded', async () => {
    const answer = await sendRaw(
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 501 /u);
  });

  test('lets a body in by the name of no encoding at all', async () => {
    const headers = { 'content-encoding': 'identity', 'content-type': 'application/json' };
    const answer = await send('/graphql', { headers, body: '{"query":"{ __typename }"}' });
    expect(answer.status).toBe(200);
  });

  test.each(ROUTES)('sets the security headers on %s %s', async (method, path) => {
    const { headers } = await send(path, { method });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/u) as string,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': 'max-age=63072000',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test.each(['evil.example', 'evil.example:4000', 'localhost.evil.example', '127.0.0.1.evil.example', 'a b'])(
    'answers nobody in development who calls it "%s": a page on the web may have that name point here',
    async (host) => {
      for (const [method, path] of ROUTES) {
        const answer = await send(path, { method, headers: { host } });
        expect([path, answer.status]).toEqual([path, 421]);
        expect(JSON.stringify(JSON.parse(answer.body))).toContain('PUBLIC_URL');
      }
    },
  );

  test.each(['localhost', 'LOCALHOST:1', '127.0.0.1', '[::1]:80', '192.168.1.7:4000', 'gateway.example.org'])(
    'lets in who calls it %s',
    async (host) => {
      expect((await send('/health/live', { method: 'GET', headers: { host } })).status).toBe(200);
    },
  );
});

describe('an offer to speak another protocol', () => {
  const offer = (target: string, protocol: string, headers = '', body = ''): Promise<string> => {
    const length = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n`;
    const head = `${target} HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: ${protocol}\r\n`;
    return sendRaw(`${head}HTTP2-Settings: AAMAAABkAAQAAP__\r\n${headers}${length}\r\n${body}`);
  };
  const HANDSHAKE =
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n';

  test('is passed over where it is HTTP/2, as Java makes it with every request', async () => {
    expect(await offer('GET /health/live', 'h2c', 'Host: localhost\r\n')).toMatch(/^HTTP\/1\.1 200 /u);
    const asked = await offer('POST /graphql', 'h2c', 'Host: localhost\r\n', '{"query":"{ __typename }"}');
    expect(asked).toMatch(/^HTTP\/1\.1 200 /u);
    expect(asked).toContain('{"data":{"__typename":"Query"}}');
    expect(await offer('GET /health/live', 'h2c', 'Host: evil.example\r\n')).toMatch(/^HTTP\/1\.1 421 /u);
  });

  test.each([
    ["to a name that may be anybody's", 'GET /graphql', 'Host: evil.example\r\n', 421],
    ['at another address', 'GET /registry/sync/search', 'Host: localhost\r\n', 404],
    ['by a page elsewhere', 'GET /graphql', 'Host: localhost\r\nOrigin: https://evil.example\r\n', 403],
    ['without a key', 'GET /graphql', 'Host: localhost\r\nSec-WebSocket-Version: 13\r\n', 400],
  ])('is refused %s', async (_what, target, headers, status) => {
    const answer = await offer(target, 'websocket', status === 400 ? headers : headers + HANDSHAKE);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `, 'u'));
    expect(answer).not.toMatch(/evil|graphql-transport/u);
  });

  test.each([
    ['by the developer at this machine, who needs no token', {}, 'connection_ack'],
    ['by a page of ours, which has to show one', { origin: 'https://gateway.example.org' }, 4401],
    ['by a proxy, which has to show one', { headers: { 'X-Forwarded-For': '10.0.0.1' } }, 4401],
  ])('is taken where it is a WebSocket to the graph, %s', async (_what, options, expected) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
    await once(socket, 'open');
    const closed = once(socket, 'close') as Promise<[number]>;
    const heard = once(socket, 'message') as Promise<[Buffer]>;
    socket.send('{"type":"connection_init"}');
    const first = await Promise.race([
      closed.then(([code]) => code),
      heard.then(([message]) => (JSON.parse(message.toString()) as { type: string }).type),
    ]);
    expect(first).toBe(expected);
    socket.close();
    await closed;
  });
});

describe('a request that cannot be read', () => {
  test.each([
    ['/%', 400],
    ['/%zz/%c0%af', 400],
    ['/docs/%E0%A4%A', 400],
    ['/graphql/explorer/%', 400],
    ['/health/../../etc/passwd', 404],
    ['//evil.example/', 404],
    ['/?q=%', 400],
    ['/registry/sync/search?x=%ff', 400],
  ])('because of its address %s is answered in JSON, without a word of it', async (path, status) => {
    const answer = await send(path, { method: 'GET' });
    expect(answer.status).toBe(status);
    const { errors } = JSON.parse(answer.body) as { errors: { message: string }[] };
    expect(errors).toMatchObject([{ message: expect.any(String) as string }]);
    expect(answer.body).not.toMatch(/URIError|evil|passwd|node_modules/u);
  });

  test.each([
    ['rubbish', 'rubbish\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['a header with a bare line feed', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\nb\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['an empty host', 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', 421],
    ['17 KB of headers', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
  ])('because of %s is answered and the connection closed', async (_what, bytes, status) => {
    const answer = await sendRaw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `, 'u'));
  });

  test('tells of unreadable headers in JSON, with the security headers', async () => {
    const answer = await sendRaw('rubbish\r\n\r\n');
    expect(answer).toContain('X-Content-Type-Options: nosniff');
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
      errors: [{ code: 'err.request.bad', message: 'The request is not well-formed HTTP' }],
    });
  });

  test('is not written into the log', () => {
    expect(logged.join('')).not.toMatch(/evil|passwd|rubbish|%zz/u);
  });
});
