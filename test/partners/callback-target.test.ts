import { type CallbackClient, callbackTarget } from '../../src/partners/deliveries/callback-target.js';
import { postCallback } from '../../src/partners/deliveries/callback-post.js';
import { GuardedAgent } from '../../src/security/egress/guarded-agent.js';

const UNKNOWN = { callbackUri: null, callbackOrigins: [] };
const IN_DEVELOPMENT = new GuardedAgent({ environment: 'development', privateNetworks: null });
const IN_PRODUCTION = new GuardedAgent({ environment: 'production', privateNetworks: null });
afterAll(() => Promise.all([IN_DEVELOPMENT.close(), IN_PRODUCTION.close()]));

const DEVELOPMENT = { callbacks: 'any', agent: IN_DEVELOPMENT } as const;
const PRODUCTION_ANY = { callbacks: 'any', agent: IN_PRODUCTION } as const;
const REGISTERED = { callbacks: 'registered', agent: IN_PRODUCTION } as const;

interface Settings {
  readonly callbacks: 'any' | 'registered';
  readonly agent: GuardedAgent;
}

const targetOf = (url: string | null, client: CallbackClient, { callbacks, agent }: Settings) =>
  callbackTarget(url, client, { callbacks }, agent);
const reasonOf = (...parameters: Parameters<typeof targetOf>): string | null => {
  const target = targetOf(...parameters);
  return target.ok ? null : target.reason;
};

describe('where a callback goes', () => {
  test('to the address of the message, as it is', () => {
    const target = targetOf('https://partner.example:8443/cb/?a=1', UNKNOWN, DEVELOPMENT);
    expect(target.ok && target.url.href).toBe('https://partner.example:8443/cb/?a=1');
  });

  test('to the address that is kept of the client where the message names none', () => {
    const target = targetOf(null, { ...UNKNOWN, callbackUri: 'https://partner.example/home' }, REGISTERED);
    expect(target.ok && target.url.href).toBe('https://partner.example/home');
  });

  test('nowhere without either', () => {
    expect(reasonOf(null, UNKNOWN, DEVELOPMENT)).toMatch(/no sender_uri/u);
  });

  test.each([
    ['ftp://partner.example/in', /neither https/u],
    ['file:///etc/passwd', /neither https/u],
    ['partner.example', /not one such as/u],
    ['https://user:secret@partner.example/', /name or a password/u],
  ])('not to %s', (address, reason) => {
    expect(reasonOf(address, UNKNOWN, DEVELOPMENT)).toMatch(reason);
  });

  test('where only registered origins are allowed, by scheme, host and port', () => {
    const client = { ...UNKNOWN, callbackOrigins: ['https://partner.example'] };
    expect(reasonOf('https://partner.example/any/path', client, REGISTERED)).toBeNull();
    for (const other of [
      'http://partner.example/',
      'https://partner.example:444/',
      'https://partner.example.evil.example/',
      'https://evil.example/?https://partner.example',
    ]) {
      expect([other, reasonOf(other, client, REGISTERED)]).toEqual([other, expect.stringMatching(/not registered/u)]);
    }
  });

  test.each([
    '10.0.0.1',
    '172.16.5.5',
    '192.168.1.1',
    '100.64.0.1',
    '[fd12::1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::a00:1]',
    '167772161',
    '0x0a000001',
    '012.0.0.1',
  ])('not into the private network at %s, but where the operator registered it', (host) => {
    const address = `http://${host}/cb`;
    expect(reasonOf(address, UNKNOWN, DEVELOPMENT)).toMatch(/private/u);
    const { origin } = new URL(address);
    expect(reasonOf(address, { ...UNKNOWN, callbackOrigins: [origin] }, REGISTERED)).toBeNull();
  });

  test.each([
    '169.254.169.254',
    '[::ffff:169.254.169.254]',
    '0.0.0.0',
    '[::]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '224.0.0.1',
  ])('never to %s, registered or not', (host) => {
    const address = `http://${host}/`;
    const client = { ...UNKNOWN, callbackOrigins: [new URL(address).origin] };
    expect(reasonOf(address, client, REGISTERED)).toMatch(/reserved/u);
    expect(reasonOf(address, UNKNOWN, DEVELOPMENT)).toMatch(/reserved/u);
  });

  test('to this machine outside production, or where it is registered', () => {
    for (const address of [
      'http://127.0.0.1:9009/',
      'http://[::1]:9009/',
      'http://2130706433:9009/',
      'http://127.1:9009/',
    ]) {
      expect([address, reasonOf(address, UNKNOWN, DEVELOPMENT)]).toEqual([address, null]);
      expect([address, reasonOf(address, UNKNOWN, PRODUCTION_ANY)]).toEqual([address, expect.any(String)]);
      const client = { ...UNKNOWN, callbackOrigins: [new URL(address).origin] };
      expect([address, reasonOf(address, client, REGISTERED)]).toEqual([address, null]);
    }
  });
});

describe('a name', () => {
  test('that stands for an address that is refused is refused when it is looked up, and not tried again', async () => {
    const outcome = await postCallback({
      url: new URL('http://localhost:9009/'),
      agent: IN_PRODUCTION,
      givenBy: 'message',
      authorization: null,
      body: '{}',
      timeoutMs: 5_000,
      signal: new AbortController().signal,
    });
    expect(outcome).toMatchObject({ outcome: 'refused' });
  });

  test('that nobody knows is a failure that may pass', async () => {
    const outcome = await postCallback({
      url: new URL('http://nobody.invalid/'),
      agent: IN_DEVELOPMENT,
      givenBy: 'message',
      authorization: null,
      body: '{}',
      timeoutMs: 5_000,
      signal: new AbortController().signal,
    });
    expect(outcome).toMatchObject({ outcome: 'failed', status: null, retryAfterMs: null });
  });
});
