import { randomUUID } from 'node:crypto';
import { answerSearch } from '../../src/partners/search/async-search.js';
import { openTransaction } from '../../src/partners/transactions/transactions.js';
import type { AccessDocument } from '../../src/security/access-document.js';
import { type AsyncGateway, asyncMessage, startAsyncGateway } from './async-gateway.js';
import { type EventRig, startEventRig } from './event-rig.js';
import { item, predicate } from './partner-gateway.js';
import { onRecord } from './test-ledger.js';

const LUSAKA = '00000000-0000-4000-8000-0000000000a1';

/** Pages of one record each, of everybody whose birth date is known. */
const everybody = (criteria: Record<string, unknown> = {}) =>
  item('r', 'predicate', predicate('birth_date', 'gt', '1900-01-01'), {
    pagination: { page_size: 1, page_number: 1 },
    ...criteria,
  });

describe('an asynchronous search', () => {
  let rig: AsyncGateway;
  beforeAll(async () => {
    rig = await startAsyncGateway();
  });
  afterAll(() => rig.close());

  const sql = (text: string, values: unknown[] = []) =>
    rig.gateway.database.pool.query<{ id: string; state: string; body: Buffer }>(text, values);

  interface Asked {
    readonly clientId: string;
    readonly transactionId: string;
    readonly correlationId: string;
    limit(access: AccessDocument): Promise<unknown>;
    /** Does a turn of the work, until it waits or is done. */
    work(): Promise<void>;
    /** Bodies of the messages that wait to be posted, in order. */
    messages(): Promise<string[]>;
    state(): Promise<string>;
    delivered(): Promise<unknown>;
  }

  /** A search of a client of its own, that nobody works on but the test. */
  async function ask(...items: readonly unknown[]): Promise<Asked> {
    const client = await rig.gateway.createClient({ name: `Partner ${randomUUID()}` });
    const { ack, correlationId } = await rig.send(
      '/search',
      asyncMessage(items, `${rig.peer.baseUrl}/cb`),
      await rig.gateway.token(client),
    );
    expect(ack).toBe('ACK');
    const { rows } = await sql('select id from transactions where correlation_id = $1', [correlationId]);
    const transactionId = rows[0]?.id ?? '';
    const { pool } = rig.gateway.database;
    return {
      clientId: client.clientId,
      transactionId,
      correlationId,
      limit: (access) => sql('update api_clients set access = $2 where client_id = $1', [client.clientId, access]),
      async work() {
        const transaction = await openTransaction(pool, rig.gateway.keys, transactionId);
        if (transaction !== null) await answerSearch(rig.context)(transaction, new AbortController().signal);
      },
      async messages() {
        const { rows: sent } = await sql(
          'select body_sealed as body from deliveries where transaction_ref = $1 order by ordinal',
          [transactionId],
        );
        return sent.map(({ body }) => rig.gateway.keys.open(body));
      },
      state: async () =>
        (await sql('select state from transactions where id = $1', [transactionId])).rows[0]?.state ?? '',
      delivered: () => sql(`update deliveries set state = 'delivered' where transaction_ref = $1`, [transactionId]),
    };
  }
  const recorded = async ({ clientId }: Asked) =>
    (await onRecord(rig.gateway.database.pool, rig.gateway.keys, 'search.queued')).filter(
      ({ actor }) => actor === `client:${clientId}`,
    );

  test('each page is on record with its purpose, in the transaction that queues it', async () => {
    const asked = await ask(everybody({ consent: { purpose: { code: 'food' } } }));
    await asked.work();
    expect(await asked.messages()).toHaveLength(5);
    const entries = await recorded(asked);
    expect(entries.map(({ purpose, correlationId, detail }) => [purpose, correlationId, detail['message']])).toEqual(
      [1, 2, 3, 4, 5].map((ordinal) => ['food', asked.correlationId, ordinal]),
    );
    expect(entries.flatMap(({ uins }) => uins)).toContain('DAWIT');
    expect(await asked.state()).toBe('done');
  });

  test('the limits are those that hold when the page is made, not when it was asked for', async () => {
    const asked = await ask(everybody());
    await asked.limit({ rows: { bornWithin: [LUSAKA] }, never: ['individual.name'] });
    await asked.work();
    const messages = await asked.messages();
    expect(messages).toHaveLength(2);
    expect(messages.join()).toMatch(/ANN.*BOB/u);
    expect(messages.join()).not.toMatch(/Kabwe|CLEO|MUM/u);

    const refused = await ask(everybody());
    await refused.limit({ never: ['individual.birth_date'] });
    await refused.work();
    expect(JSON.parse((await refused.messages())[0] ?? '')).toMatchObject({
      message: { search_response: [{ status: 'rjct', status_reason_code: 'rjct.filter.invalid' }] },
    });
    expect(await recorded(refused)).toEqual([]);
  });

  test('a client that was revoked is sent nothing more', async () => {
    const asked = await ask(everybody());
    await sql(`update api_clients set state = 'revoked' where client_id = $1`, [asked.clientId]);
    await asked.work();
    expect({ messages: await asked.messages(), state: await asked.state() }).toEqual({ messages: [], state: 'failed' });
  });

  test('a client that was told of as many people as an hour allows is sent the rest in the next one', async () => {
    const asked = await ask(everybody());
    // The records of two children tell of their mother as well.
    await asked.limit({ recordsPerHour: 4 });
    await asked.work();
    const before = (await asked.messages()).length;
    expect(before).toBeLessThan(5);
    expect(await asked.state()).toBe('working');
    expect(await recorded(asked)).toHaveLength(before);
    await sql(`delete from record_budgets where actor = $1`, [`client:${asked.clientId}`]);
    await asked.work();
    expect(await asked.messages()).toHaveLength(5);
    expect(await asked.state()).toBe('done');
  });

  test('a page that tells of more people than an hour allows ends the search with a reason', async () => {
    const asked = await ask(everybody({ pagination: { page_size: 5, page_number: 1 } }));
    await asked.limit({ recordsPerHour: 2 });
    await asked.work();
    const [only, ...more] = await asked.messages();
    expect(more).toEqual([]);
    expect(JSON.parse(only ?? '')).toMatchObject({
      header: { status: 'rjct', status_reason_message: expect.stringContaining('smaller pages') as string },
      message: { search_response: [] },
    });
    expect(await recorded(asked)).toEqual([]);
  });

  test('the consent of each item is required of later answers as well', async () => {
    const asked = await ask(everybody());
    await sql('update api_clients set consent_required = true where client_id = $1', [asked.clientId]);
    await asked.work();
    expect((await asked.messages()).join()).toContain('rjct.search_criteria.invalid');
  });
});

describe('subscriptions', () => {
  let rig: EventRig;
  let partner: string;
  beforeEach(async () => {
    rig = await startEventRig();
    partner = await rig.client('Ministry');
  });
  afterEach(() => rig.close());

  const limit = (access: AccessDocument) =>
    rig.database.pool.query('update api_clients set access = $2 where id = $1', [partner, access]);
  const recorded = () => onRecord(rig.database.pool, rig.keys, 'notify.queued');

  test('each message is on record with the purpose of its subscription', async () => {
    const given = { purpose: 'food', consent: { id: 'c-1' }, authorize: null };
    const code = await rig.subscribe(partner, { given });
    await rig.register('Ann', 'Bob');
    await rig.run();
    expect(await rig.told(code)).toHaveLength(2);
    const entries = await recorded();
    expect(entries).toMatchObject([
      {
        registry: 'social',
        purpose: 'food',
        detail: { events: 2, people: 2 },
        fields: expect.arrayContaining(['individual.name']) as string[],
      },
    ]);
    expect(JSON.parse(entries[0]?.evidence ?? '')).toEqual({ consent: { id: 'c-1' } });
  });

  test('what was taken from a client since it subscribed is neither told nor matched', async () => {
    const byName = await rig.subscribe(partner, {
      filter: { kind: 'compare', attribute: 'given_name', operator: 'eq', values: ['Ann'] },
    });
    const all = await rig.subscribe(partner);
    await limit({ never: ['individual.name'] });
    await rig.register('Ann');
    await rig.run();
    expect(await rig.notifications(byName)).toEqual([]);
    const [told] = await rig.notifications(all);
    expect(told).toBeDefined();
    expect(JSON.stringify(told)).not.toContain('Ann');
  });

  test('a word that tells of a withheld field is not said, nor is anything of a registry that was taken away', async () => {
    const code = await rig.subscribe(partner);
    const [ann = ''] = await rig.register('Ann');
    await rig.run();
    await limit({ never: ['individual.deceased', 'individual.death_date'] });
    await rig.database.pool.query('update individuals set deceased = true where id = $1', [ann]);
    await rig.change([ann], 'updated', ['deceased']);
    await rig.run();
    expect(await rig.told(code)).toEqual(['registered Ann', 'updated Ann']);
    await limit({ registries: ['crvs'] });
    await rig.change([ann], 'updated', ['sex']);
    await rig.run();
    expect(await rig.told(code)).toHaveLength(2);
  });

  test('more people than an hour allows wait for the next one', async () => {
    const code = await rig.subscribe(partner);
    await limit({ recordsPerHour: 2 });
    await rig.register('Ann', 'Bob', 'Cleo');
    await rig.run();
    expect(await rig.told(code)).toHaveLength(2);
    const { rows } = await rig.database.pool.query<{ waits: boolean }>(
      `select next_due_at > now() and next_due_at <= date_trunc('hour', now()) + interval '1 hour' as waits from subscriptions`,
    );
    expect(rows).toEqual([{ waits: true }]);
    await rig.database.pool.query('delete from record_budgets');
    await rig.database.pool.query('update subscriptions set next_due_at = now()');
    await rig.run();
    expect(await rig.told(code)).toHaveLength(3);
  });
});
