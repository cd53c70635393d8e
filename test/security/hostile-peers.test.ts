import { once, setMaxListeners } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { GoingOutFailure, GuardedAgent, type GuardedRequest } from '../../src/security/egress/guarded-agent.js';
import { AUTHORITY, EXPIRED, FOR_ANOTHER, FOR_LOCALHOST, SERVER_KEY } from './certificates.js';

const MEBIBYTE = 1_048_576;
const HEAD = 'HTTP/1.1 200 OK\r\n';
const JSON_ANSWER = `${HEAD}Content-Length: 2\r\n\r\n{}`;

/** What a peer does once the first bytes of a request have come. */
type Peer = (socket: Socket) => void;

const says =
  (...parts: readonly (string | Buffer)[]): Peer =>
  (socket) => {
    for (const part of parts) socket.write(part);
    socket.end();
  };

/** Writes the same again and again, as fast as it is read, until the connection ends. */
const floods =
  (head: string, part: string | Buffer): Peer =>
  (socket) => {
    socket.write(head);
    const more = (): void => {
      while (!socket.destroyed && socket.write(part));
    };
    socket.on('drain', more);
    more();
  };

const drips =
  (head: string, part: string): Peer =>
  (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(part), 10);
    socket.on('close', () => clearInterval(timer));
  };

const encoded = (name: string, body: Buffer): Peer =>
  says(`${HEAD}Content-Encoding: ${name}\r\nContent-Length: ${String(body.length)}\r\n\r\n`, body);

const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`;
const bomb = Buffer.alloc(64 * MEBIBYTE);

const ZOO: readonly (readonly [string, Peer, string])[] = [
  ['a gzip bomb', encoded('gzip', gzipSync(bomb)), 'encoding'],
  ['a brotli bomb', encoded('br', brotliCompressSync(bomb.subarray(0, MEBIBYTE))), 'encoding'],
  ['deflate', encoded('deflate', Buffer.from('x')), 'encoding'],
  ['zstd', encoded('zstd', Buffer.from('x')), 'encoding'],
  ['identity and gzip', encoded('identity, gzip', gzipSync('{}')), 'encoding'],
  ['10 MB, announced', floods(`${HEAD}Content-Length: 10000000\r\n\r\n`, 'x'.repeat(65_536)), 'size'],
  ['endless chunks', floods(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, chunk(65_536)), 'size'],
  ['an endless body without a length', floods(`${HEAD}\r\n`, 'x'.repeat(65_536)), 'size'],
  ['an endless header', floods(`${HEAD}X-Long: `, 'x'.repeat(65_536)), 'network'],
  ['endless headers', floods(HEAD, 'X-Short: 1\r\n'.repeat(1000)), 'network'],
  ['endless trailers', floods(`${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n`, 'X-T: 1\r\n'.repeat(1000)), 'network'],
  ['endless interim answers', floods('', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)), 'time'],
  ['endless chunk extensions', floods(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1;`, 'x'.repeat(65_536)), 'time'],
  ['headers that drip', drips(HEAD, 'X: 1\r\n'), 'time'],
  ['a body that drips', drips(`${HEAD}Content-Length: 100000\r\n\r\n`, 'x'), 'time'],
  ['silence', () => undefined, 'time'],
  ['a reset', (socket) => socket.resetAndDestroy(), 'network'],
  ['a closed connection', (socket) => socket.end(), 'network'],
  ['half a body', says(`${HEAD}Content-Length: 100\r\n\r\nhalf`), 'network'],
  ['half a chunk', says(`${HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\nhalf`), 'network'],
  ['what is not HTTP', says('220 mail.example ESMTP\r\n'), 'network'],
  ['TLS where HTTP was asked', says(Buffer.from('15030300020228', 'hex')), 'network'],
  ['a length that is none', says(`${HEAD}Content-Length: -1\r\n\r\n`), 'network'],
  ['two lengths', says(`${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`), 'network'],
  ['length and chunks', says(`${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`), 'network'],
  [
    'another protocol',
    says('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    'network',
  ],
  ['a redirect', says('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'), 'redirect'],
  ['a redirect without an address', says('HTTP/1.1 304 Not Modified\r\n\r\n'), 'redirect'],
  ['a redirect with an endless body', floods('HTTP/1.1 307 X\r\nLocation: /\r\n\r\n', 'x'.repeat(65_536)), 'redirect'],
];

const sockets = new Set<Socket>();
const servers: Server[] = [];

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const listenAs = (peer: Peer): Promise<number> =>
  listen(createServer((socket) => void socket.on('error', () => undefined).once('data', () => peer(socket))));

let agent: GuardedAgent;
beforeEach(() => {
  agent = new GuardedAgent({ environment: 'test', privateNetworks: ['127.0.0.0/8'] });
});
afterEach(() => agent.close());
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

const ask = (url: string, more: Partial<GuardedRequest> = {}, by = agent) =>
  by.request({ method: 'GET', url: new URL(url), givenBy: 'operator', maxBytes: 262_144, timeoutMs: 5_000, ...more });
const faultOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'none',
    (error: unknown) => (error instanceof GoingOutFailure ? error.fault : `not a failure: ${String(error)}`),
  );

describe('a hostile peer', () => {
  test.each(ZOO)('with %s costs little and comes to nothing', async (_name, peer, expected) => {
    const port = await listenAs(peer);
    const timeoutMs = expected === 'time' ? 300 : 5_000;
    const memory = process.memoryUsage().rss;
    const began = performance.now();
    expect(await faultOf(ask(`http://127.0.0.1:${String(port)}/`, { timeoutMs }))).toBe(expected);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(process.memoryUsage().rss - memory).toBeLessThan(64 * MEBIBYTE);
  });

  test('is left: the connection does not live on', async () => {
    const port = await listenAs(floods(`${HEAD}\r\n`, 'x'.repeat(65_536)));
    await faultOf(ask(`http://127.0.0.1:${String(port)}/`));
    while ([...sockets].some((socket) => socket.localPort === port && !socket.destroyed)) await setImmediate();
  });

  test('may be read in part where the beginning is enough', async () => {
    const port = await listenAs(floods(`${HEAD}\r\n`, 'x'.repeat(65_536)));
    const { text } = await ask(`http://127.0.0.1:${String(port)}/`, { maxBytes: 1000, mayBeCut: true });
    expect(text).toBe('x'.repeat(1000));
  });

  test('takes eight connections, not those of the others', async () => {
    let held = 0;
    const hole = await listenAs(() => {
      held += 1;
    });
    const good = await listenAs(says(JSON_ANSWER));
    const lost = Array.from({ length: 100 }, () =>
      faultOf(ask(`http://127.0.0.1:${String(hole)}/`, { timeoutMs: 1_000 })),
    );
    while (held < 8) await setImmediate();
    const began = performance.now();
    expect((await ask(`http://127.0.0.1:${String(good)}/`)).text).toBe('{}');
    expect(performance.now() - began).toBeLessThan(500);
    expect(new Set(await Promise.all(lost))).toEqual(new Set(['time']));
    expect(held).toBe(8);
  });
});

describe('requests that wait for their turn', () => {
  test('are at most 64 at once in all', async () => {
    const held: Socket[] = [];
    let isHolding = true;
    const answer: Peer = (socket) => {
      if (isHolding) held.push(socket);
      else socket.end(JSON_ANSWER);
    };
    const ports = await Promise.all(Array.from({ length: 12 }, () => listenAs(answer)));
    const asked = ports.flatMap((port) => Array.from({ length: 16 }, () => ask(`http://127.0.0.1:${String(port)}/`)));
    while (held.length < 64) await setImmediate();
    for (let turn = 0; turn < 200; turn += 1) await setImmediate();
    expect(held).toHaveLength(64);
    isHolding = false;
    for (const socket of held) socket.end(JSON_ANSWER);
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
  });

  test('end when their caller leaves, and when the agent is closed', async () => {
    const hole = `http://127.0.0.1:${String(await listenAs(() => undefined))}/`;
    const leaves = new AbortController();
    setMaxListeners(0, leaves.signal);
    const asked = Array.from({ length: 20 }, () => faultOf(ask(hole, { signal: leaves.signal })));
    const others = Array.from({ length: 5 }, () => faultOf(ask(hole)));
    leaves.abort();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['stopped']));
    await agent.close();
    expect(new Set(await Promise.all(others))).toEqual(new Set(['stopped']));
    expect(await faultOf(ask(hole))).toBe('stopped');
  });
});

describe('TLS', () => {
  const listenTls = (options: TlsOptions): Promise<number> =>
    listen(createTlsServer(options, (socket) => void socket.once('data', () => socket.end(JSON_ANSWER))));
  let trusting: GuardedAgent;
  beforeEach(() => {
    trusting = new GuardedAgent(
      { environment: 'test', privateNetworks: ['127.0.0.0/8', '::1/128'] },
      {
        authorities: AUTHORITY,
      },
    );
  });
  afterEach(() => trusting.close());

  test('is spoken with who shows a certificate for that name by a trusted authority', async () => {
    const port = await listenTls({ cert: FOR_LOCALHOST, key: SERVER_KEY });
    expect((await ask(`https://127.0.0.1:${String(port)}/`, {}, trusting)).text).toBe('{}');
    expect((await ask(`https://localhost:${String(port)}/`, {}, trusting)).text).toBe('{}');
  });

  test.each<[string, TlsOptions]>([
    ['of another name', { cert: FOR_ANOTHER }],
    ['that is out of date', { cert: EXPIRED }],
    ['over TLS 1.1', { cert: FOR_LOCALHOST, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }],
  ])('is not spoken with a certificate %s', async (_name, options) => {
    const port = await listenTls({ key: SERVER_KEY, ...options });
    expect(await faultOf(ask(`https://localhost:${String(port)}/`, {}, trusting))).toBe('network');
  });

  test('is not spoken with an unknown authority, not even where the environment says that any will do', async () => {
    const port = await listenTls({ cert: FOR_LOCALHOST, key: SERVER_KEY });
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await faultOf(ask(`https://127.0.0.1:${String(port)}/`))).toBe('network');
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  test('is expected where https was written', async () => {
    const port = await listenAs(says(JSON_ANSWER));
    expect(await faultOf(ask(`https://127.0.0.1:${String(port)}/`))).toBe('network');
  });
});

test('nothing of the request is in the failure', async () => {
  const port = await listenAs((socket) => socket.resetAndDestroy());
  const headers = { authorization: 'Bearer very-secret' };
  const error: unknown = await ask(`http://127.0.0.1:${String(port)}/path?token=also-secret`, {
    method: 'POST',
    headers,
    body: 'private',
  }).catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(GoingOutFailure);
  const told = JSON.stringify([error, String(error), error instanceof Error ? [error.stack, error.cause] : null]);
  expect(told).not.toMatch(/secret|private/u);
});
