import { startTestGateway, type TestGateway } from '../security/test-gateway.js';
import { call, form, TOKEN_PATH } from '../security/token-cases.js';
import { welch } from './trimmed-times.js';

/** Whether the time of an answer tells a client that exists from one that does not. */
const REQUESTS = Number(process.env['DCI_TIMING_REQUESTS'] ?? 20_000);
const WARM_UP = 200;
/** The rule of dudect: beyond this there is a difference. */
const LARGEST_T = 4.5;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(() => undefined);
});
afterAll(() => gateway.close());

async function timeOf(fields: Record<string, string>): Promise<number> {
  const body = form({ grant_type: 'client_credentials', ...fields });
  const started = performance.now();
  // Each from an address of its own: nobody is slowed down.
  const { status } = await call(`${gateway.url}${TOKEN_PATH}`, {
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  const time = performance.now() - started;
  expect(status).toBe(401);
  return time;
}

test('an unknown client takes as long as a wrong secret', async () => {
  const { clientId } = await gateway.createClient({ name: 'Known' });
  const client_secret = `dci_${'x'.repeat(49)}`;
  const asks = [
    { client_id: clientId, client_secret },
    // As long as the other, so that nothing but the answer of the database differs.
    { client_id: '00000000-0000-4000-8000-000000000000', client_secret },
  ] as const;
  const times: [number[], number[]] = [[], []];
  for (let n = 0; n < WARM_UP; n += 1) for (const ask of asks) await timeOf(ask);
  for (let n = 0; n < REQUESTS; n += 1) {
    const which = Math.random() < 0.5 ? 0 : 1;
    times[which].push(await timeOf(asks[which]));
  }
  const t = welch(...times);
  process.stdout.write(`unknown client against wrong secret: Welch t = ${t.toFixed(2)} over ${String(REQUESTS)}\n`);
  expect(Math.abs(t)).toBeLessThan(LARGEST_T);
});
