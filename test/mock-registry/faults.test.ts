import { type Fault, type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { everything, fetchToken, postSearch, recordsOf, search, searchMessage, send, tokenAddress } from './client.js';

let registry: MockRegistry;
let token: string;
const ask = () => postSearch(registry, token, searchMessage(everything(10, 1)));

beforeAll(async () => {
  registry = await startMockRegistry({ births: 100 });
  token = await fetchToken(registry);
});
beforeEach(() => {
  registry.setFaults([]);
});
afterAll(() => registry.close());

describe('a fault of the mock register', () => {
  test('strikes after so many requests and so many times', async () => {
    registry.setFaults([{ kind: 'server-error', after: 1, times: 2 }]);
    const statuses = [];
    for (let request = 0; request < 5; request += 1) statuses.push((await ask()).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
  });

  test('strikes at its own door only, and ends when it is taken back', async () => {
    registry.setFaults([{ kind: 'server-error', status: 503, at: 'token' }]);
    expect((await ask()).status).toBe(200);
    expect((await send(tokenAddress(registry), { method: 'POST' })).status).toBe(503);
    registry.setFaults([]);
    expect((await send(tokenAddress(registry), { method: 'POST' })).status).toBe(200);
  });

  test('too-many-requests says in seconds when to come again', async () => {
    registry.setFaults([{ kind: 'too-many-requests', retryAfterSeconds: 7, times: 1 }]);
    const answer = await ask();
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect((await ask()).status).toBe(200);
  });

  test('token-expired refuses a good token', async () => {
    registry.setFaults([{ kind: 'token-expired', times: 1 }]);
    expect((await ask()).status).toBe(401);
    expect((await ask()).status).toBe(200);
  });

  test('html and not-json answer what no client can read', async () => {
    registry.setFaults([{ kind: 'html' }]);
    const page = await ask();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('<html>');
    registry.setFaults([{ kind: 'not-json' }]);
    expect((await ask()).json).toBeUndefined();
  });

  test.each<Fault>([{ kind: 'half-body' }, { kind: 'reset' }])('$kind cuts the connection', async (fault) => {
    registry.setFaults([{ ...fault, times: 1 }]);
    await expect(ask()).rejects.toThrow();
    expect((await ask()).status).toBe(200);
  });

  test('hang never answers, and does not keep the register from closing', async () => {
    const hanging = await startMockRegistry({ births: 10, faults: [{ kind: 'hang', at: 'locations' }] });
    const asked = fetch(`${hanging.url}/.well-known/locations.json`);
    const refused = expect(asked).rejects.toThrow();
    while (hanging.asked.locations === 0) await new Promise((resolve) => setImmediate(resolve));
    await hanging.close();
    await refused;
    expect(hanging.requests.map(({ status }) => status)).toEqual([0]);
  });

  test('slow answers later, and does not keep the register from closing', async () => {
    registry.setFaults([{ kind: 'slow', milliseconds: 30, times: 1 }]);
    const started = performance.now();
    expect((await ask()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(29);

    const slow = await startMockRegistry({
      births: 10,
      faults: [{ kind: 'slow', milliseconds: 3_600_000, at: 'locations' }],
    });
    const refused = expect(fetch(`${slow.url}/.well-known/locations.json`)).rejects.toThrow();
    while (slow.asked.locations === 0) await new Promise((resolve) => setImmediate(resolve));
    await slow.close();
    await refused;
  });

  test('wrong-total and changing-total lie about how many there are', async () => {
    const totals = async () =>
      (await search(registry, token, everything(10, 1))).message.search_response[0]?.pagination.total_count ?? 0;
    registry.setFaults([{ kind: 'wrong-total', by: -40 }]);
    expect([await totals(), await totals()]).toEqual([60, 60]);
    registry.setFaults([{ kind: 'changing-total' }]);
    const [first, second] = [await totals(), await totals()];
    expect(second).toBe(first + 1);
    registry.setFaults([{ kind: 'no-pagination' }]);
    const [item] = (await search(registry, token, everything(10, 1))).message.search_response;
    expect(item).not.toHaveProperty('pagination');
  });

  test.each([
    ['sex-null', { sex: null }],
    ['birth-place-text', { birthPlace: 'Maternity ward' }],
    ['impossible-date', { birthDate: expect.stringMatching(/^\d{4}-02-30$/) as string }],
    ['year-only-date', { birthDate: expect.stringMatching(/^\d{4}$/) as string }],
  ] as const)('%s spoils each third record and nothing else in it', async (kind, spoilt) => {
    const sound = recordsOf(await search(registry, token, everything(10, 1)));
    registry.setFaults([{ kind, every: 3 }]);
    const records = recordsOf(await search(registry, token, everything(10, 1)));
    expect(records).toEqual(sound.map((record, number) => (number % 3 === 0 ? { ...record, ...spoilt } : record)));
    registry.setFaults([{ kind }]);
    for (const record of recordsOf(await search(registry, token, everything(10, 1))))
      expect(record).toMatchObject(spoilt);
  });

  test('locations-broken breaks the list of places in the named way', async () => {
    interface Listed {
      readonly identifier: readonly { identifier: string }[];
      readonly containedInPlace: string | null;
    }
    const list = async (how: Extract<Fault, { kind: 'locations-broken' }>['how']) => {
      registry.setFaults([{ kind: 'locations-broken', how }]);
      const { json } = await send(`${registry.url}/.well-known/locations.json`);
      return (json as { locations: Listed[] | null }).locations;
    };
    expect(await list('no-list')).toBeNull();
    const missing = (await list('missing-parent')) ?? [];
    const ids = new Set(missing.map(({ identifier }) => identifier[0]?.identifier ?? null));
    expect(
      missing.filter(({ containedInPlace }) => containedInPlace !== null && !ids.has(containedInPlace)),
    ).toHaveLength(1);
    const [first, second] = (await list('cycle')) ?? [];
    expect(first?.containedInPlace).toBe(second?.identifier[0]?.identifier);
    expect(second?.containedInPlace).toBe(first?.identifier[0]?.identifier);
    expect(await list('listed-twice')).toHaveLength(missing.length + 1);
    expect(((await list('no-identifier')) ?? []).filter(({ identifier }) => identifier.length === 0)).toHaveLength(1);
  });
});
