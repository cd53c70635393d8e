import type { lookup } from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createRemoteJWKSet, customFetch } from 'jose';
import { postCallback } from '../../src/partners/deliveries/callback-post.js';
import { callbackTarget } from '../../src/partners/deliveries/callback-target.js';
import { GoingOutFailure, GuardedAgent } from '../../src/security/egress/guarded-agent.js';
import { isNetwork } from '../../src/security/egress/network-policy.js';
import { HttpExchange } from '../../src/sources/http-exchange.js';
import { LOOPBACK_SPELLINGS, NAMES, SPELLINGS } from './address-spellings.js';

/** A server that answers everything with an empty key set, on both loopback addresses and all others of this machine. */
let inside: Server;
let port: number;
let reached: string[];

/** Knows the names of the corpus and no other. */
const resolver = ((hostname: string, _options: unknown, done: (error: Error | null, found: unknown) => void) => {
  const addresses = NAMES[hostname] ?? NAMES[hostname.toLowerCase()];
  if (addresses === undefined) done(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), []);
  else
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
}) as typeof lookup;

const ANSWER =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{"keys":[]}';

beforeAll(async () => {
  inside = createServer((socket: Socket) => {
    reached.push(socket.localAddress ?? '');
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(ANSWER));
  });
  inside.listen(0, '::');
  await once(inside, 'listening');
  const address = inside.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
beforeEach(() => {
  reached = [];
});
afterAll(async () => {
  inside.close();
  await once(inside, 'close');
});

type Way = (agent: GuardedAgent, url: string) => Promise<'reached' | 'refused' | 'failed'>;

/** Each way out of the gateway, as its rooms use it. */
const WAYS: Readonly<Record<string, Way>> = {
  'a callback to an address in a message': async (agent, url) => {
    const target = callbackTarget(url, { callbackUri: null, callbackOrigins: [] }, { callbacks: 'any' }, agent);
    if (!target.ok) return 'refused';
    const { outcome } = await postCallback({ agent, ...target, authorization: null, body: '{}', ...LIMITS });
    return outcome === 'taken' ? 'reached' : outcome;
  },
  'a callback to a registered origin': async (agent, url) => {
    const origins = URL.canParse(url) ? [new URL(url).origin] : [];
    const client = { callbackUri: null, callbackOrigins: origins };
    const target = callbackTarget(url, client, { callbacks: 'registered' }, agent);
    if (!target.ok) return 'refused';
    const { outcome } = await postCallback({ agent, ...target, authorization: null, body: '{}', ...LIMITS });
    return outcome === 'taken' ? 'reached' : outcome;
  },
  'the keys of a client': async (agent, url) => {
    if (!URL.canParse(url)) return 'refused';
    const keys = createRemoteJWKSet(new URL(url), {
      [customFetch]: agent.fetch({ givenBy: 'operator', maxBytes: 1024, timeoutMs: LIMITS.timeoutMs }),
    });
    try {
      await keys.reload();
      return 'reached';
    } catch (error) {
      return error instanceof GoingOutFailure && error.fault === 'address' ? 'refused' : 'failed';
    }
  },
  'a data source': async (agent, url) => {
    if (!URL.canParse(url)) return 'refused';
    const exchange = new HttpExchange(agent);
    const answer = await exchange.send({
      purpose: 'search',
      method: 'POST',
      url: new URL(url),
      headers: {},
      maxBytes: 1024,
      secrets: [],
      ...LIMITS,
    });
    if (answer.ok) return 'reached';
    return answer.problem.code === 'SOURCE_ADDRESS_FORBIDDEN' ? 'refused' : 'failed';
  },
};
const LIMITS = { timeoutMs: 5_000, signal: new AbortController().signal };

const agentFor = (
  privateNetworks: readonly string[] | null,
  environment: 'production' | 'development' = 'production',
) => new GuardedAgent({ environment, privateNetworks }, { lookup: resolver });

/** What became of each spelling, where it is not what is expected. */
async function otherThan(expected: string, hosts: readonly string[], way: Way, agent: GuardedAgent): Promise<string[]> {
  const outcomes: string[] = [];
  for (const host of hosts) {
    for (const scheme of ['http', 'https']) {
      if (expected === 'reached' && scheme === 'https') continue;
      const outcome = await way(agent, `${scheme}://${host}:${String(port)}/keys`);
      if (outcome !== expected) outcomes.push(`${scheme}://${host}: ${outcome}`);
    }
  }
  return outcomes;
}

describe('the spellings of addresses that nobody is sent to', () => {
  test('are many, each once', () => {
    expect(SPELLINGS.length).toBeGreaterThanOrEqual(120);
    expect(new Set(SPELLINGS).size).toBe(SPELLINGS.length);
  });

  test.each(Object.entries(WAYS))('are all refused for %s', async (_name, way) => {
    const agent = agentFor([]);
    expect(await otherThan('refused', SPELLINGS, way, agent)).toEqual([]);
    expect(reached).toEqual([]);
    await agent.close();
  });

  test.each(Object.entries(WAYS))('lead to this machine for %s once loopback is allowed', async (_name, way) => {
    const agent = agentFor(['127.0.0.0/8', '::1/128']);
    const names = Object.keys(NAMES).filter((name) =>
      NAMES[name]?.every((address) => /^127|^::1|f:127/u.test(address)),
    );
    const hosts = [...LOOPBACK_SPELLINGS, ...names];
    expect(await otherThan('reached', hosts, way, agent)).toEqual([]);
    expect(reached).toHaveLength(hosts.length);
    const mixed = Object.keys(NAMES).filter((name) => NAMES[name]?.includes('93.184.216.34'));
    const elsewhere = SPELLINGS.filter((host) => ![...hosts, ...mixed].includes(host));
    expect(await otherThan('refused', elsewhere, way, agent)).toEqual([]);
    await agent.close();
  });
});

describe('an address that an operator entered', () => {
  const toSource = WAYS['a data source'] ?? (() => Promise.reject(new Error('no such way')));

  test('may lead to this machine in development, never to what is reserved', async () => {
    const agent = agentFor(null, 'development');
    expect(await toSource(agent, `http://inside.example:${String(port)}/`)).toBe('reached');
    expect(await toSource(agent, `http://metadata.example:${String(port)}/`)).toBe('refused');
    await agent.close();
  });

  test('leads inside in production only as the IP address that it is: who owns a name may point it anywhere', async () => {
    const agent = agentFor(null);
    expect(await toSource(agent, `http://127.0.0.1:${String(port)}/`)).toBe('reached');
    expect(await toSource(agent, `http://inside.example:${String(port)}/`)).toBe('refused');
    await agent.close();
  });
});

describe('a name whose address changes', () => {
  test('is looked up once for each connection, and what was looked up is dialled', async () => {
    const answers = ['127.0.0.1', '127.0.0.2', '127.0.0.1'];
    let looked = 0;
    const turning = ((_hostname: string, _options: unknown, done: (error: null, found: unknown) => void) => {
      const address = answers[looked] ?? '127.0.0.2';
      looked += 1;
      done(null, [{ address, family: 4 }]);
    }) as typeof lookup;
    const agent = new GuardedAgent(
      { environment: 'production', privateNetworks: ['127.0.0.1/32'] },
      { lookup: turning },
    );
    const ask = () =>
      agent.request({
        method: 'GET',
        url: new URL(`http://turning.example:${String(port)}/`),
        givenBy: 'message',
        maxBytes: 1024,
        timeoutMs: 5_000,
        once: true,
      });
    expect((await ask()).status).toBe(200);
    await expect(ask()).rejects.toMatchObject({ fault: 'address' });
    expect((await ask()).status).toBe(200);
    expect(looked).toBe(3);
    expect(reached.map((address) => address.replace('::ffff:', ''))).toEqual(['127.0.0.1', '127.0.0.1']);
    await agent.close();
  });
});

describe('an address in a message', () => {
  test.each(['22', '25', '110', '143', '465', '587', '993'])(
    'does not lead to port %s of another service',
    (service) => {
      const agent = agentFor(['127.0.0.0/8']);
      const url = new URL(`http://127.0.0.1:${service}/`);
      expect(agent.addressFault(url, 'message')).toMatch(/port/u);
      expect(agent.addressFault(url, 'operator')).toBeNull();
    },
  );
});

test.each([
  ['10.0.0.0/8', true],
  ['fd12:3456::/32', true],
  ['127.0.0.1/32', true],
  ['10.0.0.0', false],
  ['10.0.0.0/33', false],
  ['10.0.0/8', false],
  ['::/129', false],
  ['10.0.0.0/8/8', false],
  ['10.0.0.0/-1', false],
  ['example.org/8', false],
])('%s is a network: %s', (text, expected) => {
  expect(isNetwork(text)).toBe(expected);
});
