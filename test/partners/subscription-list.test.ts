import { inTransaction } from '../../src/database/transaction.js';
import { endSubscription, listSubscriptions } from '../../src/partners/subscriptions/subscription-list.js';
import { shownSubscription } from '../../src/partners/subscriptions/subscribe.js';
import { findSubscriptions } from '../../src/partners/subscriptions/subscriptions.js';
import { type EventRig, startEventRig } from './event-rig.js';

describe('subscriptions as operators see them', () => {
  let rig: EventRig;
  beforeEach(async () => {
    rig = await startEventRig();
  });
  afterEach(() => rig.close());

  const end = (code: string) => inTransaction(rig.database.pool, (db) => endSubscription(db, code));

  test('they are listed by page, by state and by client, and say nothing of the filter', async () => {
    const [first, second] = [await rig.client('First'), await rig.client('Second')];
    const filter = { kind: 'identifier', type: 'UIN', values: ['SECRET-1'] } as const;
    const codes = [
      await rig.subscribe(first, { filter }),
      await rig.subscribe(first, { events: ['died'] }),
      await rig.subscribe(second),
    ];
    const { pool } = rig.database;
    const page = await listSubscriptions(pool, { first: 2 });
    expect(page.items.map(({ code }) => code)).toEqual([codes[2], codes[1]]);
    const rest = await listSubscriptions(pool, { first: 2, after: page.cursorAt(1) });
    expect(rest.items.map(({ code }) => code)).toEqual([codes[0]]);
    expect(JSON.stringify(rest.items)).not.toContain('SECRET');
    const { rows } = await pool.query<{ text: string }>('select s::text as text from subscriptions s');
    expect(JSON.stringify(rows)).not.toContain('SECRET');
    await end(codes[1] ?? '');
    const ended = await listSubscriptions(pool, { first: 9, state: 'ended', apiClientId: first });
    expect(ended.items).toMatchObject([{ code: codes[1], clientName: 'First', events: ['died'], state: 'ended' }]);
    expect((await listSubscriptions(pool, { first: 9, apiClientId: 'nobody' })).items).toEqual([]);
  });

  test('one is ended once, and is told nothing from then on', async () => {
    const code = await rig.subscribe(await rig.client('First'));
    await rig.register('Ann');
    await end(code);
    await rig.run();
    expect(await rig.told(code)).toEqual([]);
    await expect(end(code)).rejects.toMatchObject({ code: 'SUBSCRIPTION_ENDED' });
    await expect(end('no such code')).rejects.toMatchObject({ code: 'SUBSCRIPTION_UNKNOWN' });
  });

  test('who repeats a wish from another address is told there', async () => {
    const client = await rig.client('First');
    const code = await rig.subscribe(client);
    expect(await rig.subscribe(client, { senderUri: 'http://127.0.0.1:9/new' })).toBe(code);
    await rig.register('Ann');
    await rig.run();
    const { rows } = await rig.database.pool.query('select url from deliveries');
    expect(rows).toEqual([{ url: 'http://127.0.0.1:9/new' }]);
  });

  test('one that is over makes room for the same wish', async () => {
    const client = await rig.client('First');
    const endsAt = new Date(Date.now() - 1000);
    const code = await rig.subscribe(client, { endsAt });
    const { pool } = rig.database;
    const [over] = await findSubscriptions(pool, rig.keys, client, [code]);
    // Nobody looked at it since its time was up.
    expect(over?.state).toBe('active');
    expect(over && shownSubscription(over, new Date()).active).toBe(false);
    expect(over && shownSubscription(over, new Date(endsAt.getTime() - 1)).active).toBe(true);
    expect(await rig.subscribe(client, { endsAt })).not.toBe(code);
  });
});
