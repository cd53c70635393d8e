import { randomUUID } from 'node:crypto';
import { inTransaction } from '../../src/database/transaction.js';
import { queueDelivery } from '../../src/partners/deliveries/deliveries.js';
import { startDelivering, sweepDeliveries } from '../../src/partners/deliveries/delivering.js';
import { listDeliveries, readDeliveryBody } from '../../src/partners/deliveries/delivery-list.js';
import { replayDelivery } from '../../src/partners/deliveries/replay-delivery.js';
import { hang, json, type LocalPeer, raw, reset, startLocalPeer } from '../sources/local-peer.js';
import { type DeliveryRig, startDeliveryRig } from './delivery-rig.js';

const ACK = json({ message: { ack_status: 'ACK', timestamp: '2026-01-15T10:30:00Z', correlation_id: 'c-1' } });

let rig: DeliveryRig;
let peer: LocalPeer;
let client: string;
beforeAll(async () => {
  rig = await startDeliveryRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  peer = await startLocalPeer();
  client = await rig.client(randomUUID());
});
afterEach(() => peer.close());

const url = (path = '/registry/on-search') => `${peer.baseUrl}${path}`;

/** Queues one message and posts it once. */
async function post(path?: string): Promise<string> {
  const id = await rig.queue({ apiClientId: client, url: url(path) });
  await rig.deliver(id);
  return id;
}

async function jobsOf(id: string): Promise<{ state: string; delayed: boolean }[]> {
  const { rows } = await rig.database.pool.query<{ state: string; delayed: boolean }>(
    `select state, start_after > now() as delayed from pgboss.job
     where name = 'delivery' and singleton_key = $1 order by created_on`,
    [id],
  );
  return rows;
}

describe('posting a message', () => {
  test('posts the whole envelope to the address verbatim, over a connection of its own', async () => {
    peer.on('/cb/here', ACK);
    const body = { header: { message_id: 'm-1' }, message: { transaction_id: 't-1', name: 'ዳዊት' } };
    const id = await rig.queue({ apiClientId: client, url: url('/cb/here?tenant=7'), body });
    await rig.deliver(id);
    const [request, ...more] = peer.requests;
    expect(more).toEqual([]);
    expect(request?.method).toBe('POST');
    expect(`${String(request?.url.pathname)}${String(request?.url.search)}`).toBe('/cb/here?tenant=7');
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', connection: 'close' });
    expect(JSON.parse(request?.body ?? '')).toEqual(body);
    expect(await rig.read(id)).toMatchObject({ state: 'delivered', attempts: 1, lastStatus: 200, lastError: null });
    expect(await readDeliveryBody(rig.database.pool, rig.keys, id)).toBeNull();
  });

  test.each([
    ['a flat acknowledgement', json({ ack_status: 'ACK' })],
    ['an empty body', raw('', 204)],
    ['a text that acknowledges nothing', raw('thank you', 202)],
    ['a web page', raw('<html></html>', 200)],
  ])('%s means that it was taken', async (_name, answer) => {
    peer.on('/registry/on-search', answer);
    expect(await rig.read(await post())).toMatchObject({ state: 'delivered' });
  });

  test.each([
    [
      'ERR',
      json({ message: { ack_status: 'ERR', error: { code: 'err.request.bad' } } }),
      200,
      /ERR \(err\.request\.bad\)/u,
    ],
    ['NACK', json({ ack_status: 'NACK' }), 200, /NACK/u],
    ['404', raw('', 404), 404, /answered 404/u],
    ['500', raw('oops', 500), 500, /answered 500/u],
    ['a redirect', raw('', 302, { location: 'http://169.254.169.254/' }), 302, /redirect/u],
    ['a cut connection', reset, null, /cut/u],
  ])('%s means that it is posted again later', async (_name, answer, status, reason) => {
    peer.on('/registry/on-search', answer);
    const id = await post();
    const delivery = await rig.read(id);
    expect(delivery).toMatchObject({ state: 'waiting', attempts: 1, lastStatus: status });
    expect(delivery.lastError).toMatch(reason);
    expect(peer.requests).toHaveLength(1);
    expect(await rig.secondsLeft(id)).toBeGreaterThan(0.5);
    // The job that brought us here still waits: nobody worked it. The next one waits for its time.
    expect((await jobsOf(id)).length).toBeGreaterThan(0);
  });

  test('what a partner says of itself does not go into our records', async () => {
    peer.on(
      '/registry/on-search',
      json({ ack_status: 'ERR', error: { code: '<b>Amina</b>', message: 'Amina Diallo' } }),
    );
    const id = await post();
    expect((await rig.read(id)).lastError).toBe('it answered ERR');
    expect(rig.logLines.join()).not.toContain('Amina');
  });

  test('a closed port is backed off, longer each time', async () => {
    await peer.close();
    const id = await rig.queue({ apiClientId: client, url: url() });
    const waits: number[] = [];
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await rig.deliver(id);
      waits.push(await rig.secondsLeft(id));
      await rig.makeDue(id);
    }
    expect((await rig.read(id)).lastError).toMatch(/ECONNREFUSED/u);
    const [first = 0, second = 0] = waits;
    expect(first).toBeGreaterThan(0.5);
    expect(second).toBeGreaterThan(first);
    peer = await startLocalPeer();
  });

  test('a partner that never answers is given up after the time for one attempt', async () => {
    peer.on('/registry/on-search', hang);
    const id = await rig.queue({ apiClientId: client, url: url() });
    await rig.deliver(id, { timeoutMs: 100 });
    expect(await rig.read(id)).toMatchObject({ state: 'waiting', lastError: 'no whole answer came within 100 ms' });
  });

  test('a partner that drips its answer is given up as well', async () => {
    peer.on('/registry/on-search', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    });
    const id = await rig.queue({ apiClientId: client, url: url() });
    await rig.deliver(id, { timeoutMs: 150 });
    expect(await rig.read(id)).toMatchObject({ state: 'waiting', lastError: 'no whole answer came within 150 ms' });
  });

  test('of an endless answer only the beginning is read', async () => {
    let written = 0;
    peer.on('/registry/on-search', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = 'x'.repeat(65_536);
      const pour = (): void => {
        if (response.destroyed) return;
        written += chunk.length;
        response.write(chunk, () => setImmediate(pour));
      };
      pour();
    });
    expect(await rig.read(await post())).toMatchObject({ state: 'delivered' });
    expect(written).toBeLessThan(50_000_000);
  });

  test('503 with Retry-After is obeyed, for everything that goes to that address', async () => {
    peer.on('/registry/on-search', raw('', 503, { 'retry-after': '120' }));
    const other = await rig.queue({ apiClientId: client, url: url() });
    const elsewhere = await rig.queue({ apiClientId: client, url: url('/elsewhere') });
    peer.on('/elsewhere', ACK);
    await rig.deliver(other);
    for (const id of [other]) {
      expect(await rig.secondsLeft(id)).toBeGreaterThan(110);
      expect(await rig.secondsLeft(id)).toBeLessThanOrEqual(120);
    }
    expect(await rig.read(elsewhere)).toMatchObject({ state: 'delivered' });
    const third = await rig.queue({ apiClientId: client, url: url() });
    await rig.makeDue(other);
    await rig.deliver(other);
    expect(await rig.secondsLeft(third)).toBeGreaterThan(110);
    expect(peer.requestsOf('/registry/on-search')).toHaveLength(2);
  });

  test('a short Retry-After does not use up the attempts sooner than growing pauses do', async () => {
    peer.on('/registry/on-search', raw('', 503, { 'retry-after': '1' }));
    const id = await post();
    await rig.makeDue(id);
    await rig.deliver(id);
    expect(await rig.secondsLeft(id)).toBeGreaterThan(2);
  });

  test('a Retry-After of a year does not put it off for longer than an hour', async () => {
    peer.on('/registry/on-search', raw('', 429, { 'retry-after': '31536000' }));
    expect(await rig.secondsLeft(await post())).toBeLessThanOrEqual(3600);
  });
});

describe('a message that does not arrive', () => {
  test('is dead after its attempts, keeps its text, and arrives when it is replayed', async () => {
    peer.on('/registry/on-search', raw('', 500));
    const id = await post();
    for (let attempt = 2; attempt <= 3; attempt += 1) {
      await rig.makeDue(id);
      await rig.deliver(id);
    }
    expect(await rig.read(id)).toMatchObject({ state: 'dead', attempts: 3, lastStatus: 500, nextAttemptAt: null });
    expect(await readDeliveryBody(rig.database.pool, rig.keys, id)).toContain('m-1');
    const dead = await listDeliveries(rig.database.pool, { state: 'dead', apiClientId: client });
    expect(dead.items.map((delivery) => delivery.id)).toEqual([id]);

    await rig.deliver(id);
    expect(peer.requests).toHaveLength(3);

    peer.on('/registry/on-search', ACK);
    await replayDelivery(rig.database.pool, rig.jobs, id);
    await rig.deliver(id);
    expect(await rig.read(id)).toMatchObject({ state: 'delivered', attempts: 1, lastError: null });
    const ids = new Set(
      peer.requests.map(({ body }) => (JSON.parse(body) as { header: { message_id: string } }).header.message_id),
    );
    expect([...ids]).toEqual(['m-1']);
  });

  test('is dead at once where there is no address, and arrives when one is kept of the client', async () => {
    const id = await rig.queue({ apiClientId: client, url: null });
    await rig.deliver(id);
    expect(await rig.read(id)).toMatchObject({ state: 'dead', url: null });
    expect((await rig.read(id)).lastError).toMatch(/no sender_uri/u);
    peer.on('/home', ACK);
    await rig.database.pool.query('update api_clients set callback_uri = $2 where id = $1', [client, url('/home')]);
    await replayDelivery(rig.database.pool, rig.jobs, id);
    await rig.deliver(id);
    expect(await rig.read(id)).toMatchObject({ state: 'delivered' });
  });

  test('is not posted for a client that was revoked', async () => {
    await rig.database.pool.query(`update api_clients set state = 'revoked' where id = $1`, [client]);
    expect(await rig.read(await post())).toMatchObject({ state: 'dead', lastError: 'the client was revoked' });
    expect(peer.requests).toEqual([]);
  });

  test('cannot be replayed while it waits or when there is no such message', async () => {
    const id = await rig.queue({ apiClientId: client, url: url() });
    const { pool } = rig.database;
    await expect(replayDelivery(pool, rig.jobs, id)).rejects.toMatchObject({ code: 'DELIVERY_NOT_DEAD' });
    await expect(replayDelivery(pool, rig.jobs, randomUUID())).rejects.toMatchObject({ code: 'DELIVERY_UNKNOWN' });
  });
});

describe('a message and its job', () => {
  test('exist together or not at all', async () => {
    const { pool } = rig.database;
    const before = await pool.query('select count(*) as n from pgboss.job');
    const failing = inTransaction(pool, async (db) => {
      await queueDelivery(db, rig, { apiClientId: client, action: 'notify', url: url(), body: {} });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await listDeliveries(pool, { apiClientId: client })).items).toEqual([]);
    expect((await pool.query('select count(*) as n from pgboss.job')).rows).toEqual(before.rows);
  });

  test('what a message says is sealed in the database, and the queue holds none of it', async () => {
    await rig.queue({ apiClientId: client, url: url(), body: { name: 'Amina Diallo' } });
    const { rows } = await rig.database.pool.query<{ row: string }>(
      `select encode(body_sealed, 'escape') as row from deliveries union all select job::text from pgboss.job`,
    );
    expect(rows.map(({ row }) => row).join()).not.toContain('Amina');
  });

  test('a worker that was killed while it posted leaves it to the next, once its claim has run out', async () => {
    peer.on('/registry/on-search', ACK);
    const id = await rig.queue({ apiClientId: client, url: url() });
    await rig.database.pool.query(
      `update deliveries set attempts = 1, claimed_until = now() + interval '30 seconds',
         next_attempt_at = now() + interval '30 seconds' where id = $1`,
      [id],
    );
    await rig.deliver(id);
    expect(peer.requests).toEqual([]);
    await rig.database.pool.query(
      `update deliveries set claimed_until = now() - interval '2 minutes', next_attempt_at = now() - interval '2 minutes'
       where id = $1`,
      [id],
    );
    expect(await sweepDeliveries(rig.database.pool, rig.jobs)).toBe(1);
    await rig.deliver(id);
    expect(await rig.read(id)).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  test('a gateway that closes gives back what it was posting, and that was no attempt', async () => {
    const closing = new AbortController();
    peer.on('/registry/on-search', () => closing.abort());
    const id = await rig.queue({ apiClientId: client, url: url() });
    await expect(rig.deliver(id, {}, closing.signal)).rejects.toThrow();
    expect(await rig.read(id)).toMatchObject({ state: 'waiting', attempts: 0 });
    expect(await rig.secondsLeft(id)).toBeLessThanOrEqual(0);
  });
});

describe('many messages', () => {
  test('one worker posts all that is due to a client, four at once are enough, and the rest of the jobs leave', async () => {
    let atOnce = 0;
    let most = 0;
    peer.on('/registry/on-search', (_request, response) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      setTimeout(() => {
        atOnce -= 1;
        response.end();
      }, 5);
    });
    const ids = await Promise.all(Array.from({ length: 20 }, () => rig.queue({ apiClientId: client, url: url() })));
    await Promise.all(ids.map((id) => rig.deliver(id)));
    expect(peer.requests).toHaveLength(20);
    expect(most).toBeLessThanOrEqual(4);
    for (const id of ids) expect(await rig.read(id)).toMatchObject({ state: 'delivered' });
  });

  test('what was not taken at first arrives soon, whichever worker posted it first', async () => {
    const own = await startDeliveryRig();
    try {
      const seen = new Set<string>();
      peer.on('/registry/on-search', ({ body }, response) => {
        response.writeHead(seen.has(body) ? 200 : 500).end();
        seen.add(body);
      });
      const apiClientId = await own.client('Unsteady');
      for (let count = 0; count < 12; count += 1) await own.queue({ apiClientId, url: url(), body: { count } });
      const began = performance.now();
      await startDelivering({ ...own.context, backOffMs: () => 50 });
      const arrived = async () =>
        (await listDeliveries(own.database.pool, { apiClientId, state: 'delivered' })).items.length;
      while ((await arrived()) < 12) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(peer.requests).toHaveLength(24);
    } finally {
      await own.close();
    }
  });

  test('a dead partner does not hold up the others, and everything arrives at those by real workers', async () => {
    const own = await startDeliveryRig();
    try {
      peer.on('/dead', hang);
      peer.on('/registry/on-search', ACK);
      const dead = await own.client('Dead');
      const living = await own.client('Living');
      for (let count = 0; count < 40; count += 1) await own.queue({ apiClientId: dead, url: url('/dead') });
      const ids: string[] = [];
      for (let count = 0; count < 10; count += 1) ids.push(await own.queue({ apiClientId: living, url: url() }));
      await startDelivering({ ...own.context, timeoutMs: 60_000 });
      const arrived = async () =>
        (await listDeliveries(own.database.pool, { apiClientId: living, state: 'delivered' })).items.length;
      const began = performance.now();
      while ((await arrived()) < ids.length) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(peer.requestsOf('/dead').length).toBeLessThanOrEqual(4);
      await peer.close();
      peer = await startLocalPeer();
    } finally {
      await own.close();
    }
  });
});
