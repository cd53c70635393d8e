import type { IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import { localDeveloper, type LocalDeveloperOptions } from '../../src/security/local-developer.js';

const OPTIONS: LocalDeveloperOptions = { environment: 'development', host: '127.0.0.1' };

function caller(
  headers: IncomingHttpHeaders,
  { remoteAddress = '127.0.0.1', ...options }: Partial<LocalDeveloperOptions> & { remoteAddress?: string } = {},
) {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
  return localDeveloper({ headers, socket }, { ...OPTIONS, ...options });
}

test.each(['127.0.0.1:4000', 'localhost:4000', 'LOCALHOST', '[::1]:4000', '127.8.9.1'])(
  'the developer at the machine needs no token under the name %s',
  (host) => {
    expect(caller({ host })?.scopes).toContain('admin');
  },
);

test.each([
  ['no Host header', {}],
  ['a name that was re-bound to loopback', { host: 'evil.example:4000' }],
  ['a name that only begins like loopback', { host: '127.0.0.1.evil.example' }],
  ['a name that only ends like loopback', { host: 'evil-localhost' }],
  ['a Host header of two names', { host: 'localhost, evil.example' }],
  ['a proxy that says so', { host: 'localhost', forwarded: 'for=1.2.3.4' }],
  ['a proxy that says so its way', { host: 'localhost', 'x-forwarded-for': '1.2.3.4' }],
  ['a proxy that tells the host only', { host: 'localhost', 'x-forwarded-host': 'a.example' }],
  ["another site's page", { host: 'localhost:4000', origin: 'https://evil.example' }],
  ["another site's page whose request has no origin", { host: 'localhost:4000', 'sec-fetch-site': 'cross-site' }],
  ['a page without an origin', { host: 'localhost:4000', origin: 'null' }],
  ['a token, which then counts', { host: 'localhost:4000', authorization: 'Bearer x' }],
] satisfies [string, IncomingHttpHeaders][])('%s does not make a local developer', (_title, headers) => {
  expect(caller(headers)).toBeNull();
});

test('nobody is the local developer in production, from elsewhere, or of a server that others reach', () => {
  const host = 'localhost:4000';
  expect(caller({ host }, { environment: 'production' })).toBeNull();
  expect(caller({ host }, { remoteAddress: '10.0.0.7' })).toBeNull();
  expect(caller({ host }, { host: '0.0.0.0' })).toBeNull();
  expect(caller({ host }, { host: '::' })).toBeNull();
});

test('a loopback peer by IPv6, or by IPv4 within IPv6, counts', () => {
  for (const remoteAddress of ['::1', '::ffff:127.0.0.1']) {
    expect(caller({ host: 'localhost:4000' }, { remoteAddress, host: '::1' })).not.toBeNull();
  }
});

test("the machine's own page may call", () => {
  expect(caller({ host: 'localhost:4000', origin: 'http://localhost:4000' })).not.toBeNull();
});
