import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { type Jobs, startJobs } from '../../src/database/jobs.js';
import { createPool } from '../../src/database/pool.js';
import { enrolmentUpdates } from '../../src/partners/enrolment-updates.js';
import { endpoints } from '../../src/partners/reception/endpoints.js';
import { receptionRoutes } from '../../src/partners/reception/reception.js';
import { acceptSearch } from '../../src/partners/search/async-search.js';
import { syncSearch } from '../../src/partners/search/sync-search.js';
import { subscribe } from '../../src/partners/subscriptions/subscribe.js';
import { CORE_CATALOGUE } from '../../src/record/catalogue.js';
import type { Parts } from '../security/test-gateway.js';
import { item, message, type PartnerGateway, RECEPTION, SENDER_ID, startPartnerGateway } from './partner-gateway.js';
import { onRecord, testLedger } from './test-ledger.js';

/** A gateway on a database that another one has as well. */
interface Gateway {
  readonly url: string;
  close(): Promise<void>;
}

async function startGateway({ database, bearer, keys, log, partnerKeys }: Parts): Promise<Gateway> {
  const pool: Pool = createPool(database.url, { applicationName: 'dci-gateway tests', size: 4 });
  const jobs: Jobs = await startJobs({ url: database.url, log });
  const senderId = (): string => SENDER_ID;
  const config = RECEPTION;
  const ledger = testLedger(pool, keys);
  const context = { pool, jobs, keys, ledger, log, config, senderId, catalogue: () => CORE_CATALOGUE };
  const receive = receptionRoutes({
    endpoints: endpoints({
      '/sync/search': syncSearch(context),
      '/search': acceptSearch(context),
      '/subscribe': subscribe(context),
      '/sync/enrollment/updates': enrolmentUpdates(context),
    }),
    bearer,
    config,
    log,
    senderId,
    keys,
    partnerKeys,
  });
  const server: Server = createServer((request, response) => {
    void receive(request, response, () => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await jobs.close();
      await pool.end();
    },
  };
}

let origin: PartnerGateway;
let gateways: readonly Gateway[];
let token: string;
beforeAll(async () => {
  const held: { parts?: Parts } = {};
  origin = await startPartnerGateway('spdci-1.0', {
    handlers: (parts) => {
      held.parts = parts;
      return {};
    },
  });
  if (held.parts === undefined) throw new Error('the gateway has no parts');
  gateways = await Promise.all([startGateway(held.parts), startGateway(held.parts)]);
  await origin.database.pool.query(
    `insert into programmes (identifier, identifier_key, name) values ('DCI001', 'DCI001', 'Cash for food')`,
  );
  token = await origin.token(
    await origin.createClient({
      name: 'Partner',
      scopes: ['registry.search', 'registry.subscribe', 'registry.write'],
    }),
  );
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
  await origin.close();
});

/** The same bytes to both gateways, four times at once. */
async function sendToBoth(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }[]> {
  const text = JSON.stringify(body);
  return await Promise.all(
    [...gateways, ...gateways].map(async ({ url }) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(`${url}/registry${path}`, { method: 'POST', headers, body: text });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    }),
  );
}

const count = async (text: string, values: unknown[]): Promise<number> =>
  (await origin.database.pool.query<{ count: number }>(`select count(*)::integer as count from ${text}`, values))
    .rows[0]?.count ?? -1;
const ann = item('r', 'idtype-value', { type: 'UIN', value: 'ANN' });

test.each([
  ['/search', 'search', { search_request: [ann] }],
  [
    '/subscribe',
    'subscribe',
    {
      subscribe_request: [
        {
          reference_id: 'r',
          timestamp: '2026-01-15T10:30:00Z',
          subscribe_criteria: { reg_type: 'ns:org:RegistryType:Social', reg_event_type: '*', filter: '*' },
        },
      ],
    },
  ],
])(
  '%s: the same message at two gateways at once has one acknowledgement and one effect',
  async (path, action, asked) => {
    const messageId = randomUUID();
    const { header } = message([ann], { message_id: messageId, action, sender_uri: 'http://127.0.0.1:9/' });
    const answers = await sendToBoth(path, { header, message: { transaction_id: 't-1', ...asked } });
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await count('transactions where message_id = $1', [messageId])).toBe(1);
    expect(
      await count('pgboss.job j join transactions t on j.singleton_key = t.id::text where t.message_id = $1', [
        messageId,
      ]),
    ).toBe(1);

    const other = await sendToBoth(path, { header, message: { transaction_id: 't-2', ...asked } });
    expect(other.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(await count('transactions where message_id = $1', [messageId])).toBe(1);
  },
);

test('a synchronous search is answered afresh each time, and each answer is on record', async () => {
  const body = message([ann], { message_id: randomUUID() });
  const before = (await onRecord(origin.database.pool, origin.keys, 'search.answered')).length;
  const answers = await sendToBoth('/sync/search', body);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await origin.database.pool.query(`update individuals set middle_name = 'Fresh' where given_name = 'Ann'`);
  const again = await sendToBoth('/sync/search', body);
  for (const answer of again) expect(JSON.stringify(answer.body)).toContain('Fresh');
  const entries = (await onRecord(origin.database.pool, origin.keys, 'search.answered')).slice(before);
  expect(new Set(entries.map(({ correlationId }) => correlationId)).size).toBe(8);
});

test('an update of enrolments at two gateways at once is written once and answered the same', async () => {
  const beneficiary = {
    member: { member_identifier: [{ identifier_type: 'UIN', identifier_value: 'BOB' }] },
    programme_identifier: [{ programme_identifier: 'DCI001' }],
    enrollment_date: '2026-01-01',
    enrollment_status: '1',
  };
  const { header } = message([], { message_id: randomUUID(), action: 'notify', total_count: 1 });
  const body = {
    header: { ...header, status: 'succ' },
    message: { transaction_id: 't-1', enrolled_updates: { beneficiaries: [beneficiary] } },
  };
  const answers = await sendToBoth('/sync/enrollment/updates', body);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
  expect(await count('enrolments', [])).toBe(1);
  const written = await onRecord(origin.database.pool, origin.keys, 'enrolment.written');
  expect(written).toMatchObject([{ detail: { items: 1, refused: 0 } }]);
});
