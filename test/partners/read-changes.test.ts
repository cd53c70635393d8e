import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { readChanges } from '../../src/partners/subscriptions/read-changes.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { untilSettled } from './event-rig.js';

const BEGINNING = { transactionId: '0', changeId: 0 };

describe('changes in the order of their commits', () => {
  let database: TestDatabase;
  const clients: Client[] = [];
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.end();
    await database.close();
  });

  async function connect(): Promise<Client> {
    const client = new Client(database.url);
    await client.connect();
    clients.push(client);
    return client;
  }

  const change = (client: Pick<Client, 'query'>, id: string): Promise<unknown> =>
    client.query(
      `insert into changes (subject, subject_id, kind, origin) values ('individual', $1, 'created', 'test')`,
      [id],
    );

  async function readAll(): Promise<string[]> {
    const read: string[] = [];
    let position = BEGINNING;
    for (;;) {
      const changes = await readChanges(database.pool, position);
      const last = changes.at(-1);
      if (!last) return read;
      read.push(...changes.map(({ subjectId }) => subjectId));
      position = { transactionId: last.transactionId, changeId: last.id };
    }
  }

  test('a transaction that began early and commits late is not skipped', async () => {
    const [slow, quick] = [await connect(), await connect()];
    const [first, second] = [randomUUID(), randomUUID()];
    await slow.query('begin');
    await change(slow, first);
    await change(quick, second);
    // The second has the higher id and is committed; reading it now would pass the first for good.
    const before = await readChanges(database.pool, BEGINNING);
    expect(before).toEqual([]);
    await slow.query('commit');
    await untilSettled(database.pool);
    expect(await readAll()).toEqual([first, second]);
  });

  test('a change with a low id in a late transaction comes after those of earlier ones, and is read', async () => {
    const [one, other] = [await connect(), await connect()];
    const ids = [randomUUID(), randomUUID(), randomUUID()] as const;
    await one.query('begin');
    await one.query('select pg_current_xact_id()');
    await other.query('begin');
    await change(other, ids[0]);
    await change(one, ids[1]);
    await one.query('commit');
    let read = await readChanges(database.pool, BEGINNING);
    while (read.length === 0) read = await readChanges(database.pool, BEGINNING);
    expect(read.map(({ subjectId }) => subjectId)).toEqual([ids[1]]);
    await other.query('commit');
    await change(database.pool, ids[2]);
    await untilSettled(database.pool);
    expect(await readAll()).toEqual([ids[1], ids[0], ids[2]]);
  });

  test('what was rolled back is not read and holds nothing up', async () => {
    const failing = await connect();
    await failing.query('begin');
    await change(failing, randomUUID());
    const kept = randomUUID();
    await change(database.pool, kept);
    await failing.query('rollback');
    await untilSettled(database.pool);
    expect(await readAll()).toEqual([kept]);
  });

  test('a transaction is not parted, and one that is very large is', async () => {
    const insert = `
      insert into changes (subject, subject_id, kind, origin)
      select 'individual', gen_random_uuid(), 'created', 'test' from generate_series(1, $1)`;
    await database.pool.query(insert, [700]);
    await database.pool.query(insert, [700]);
    await untilSettled(database.pool);
    expect(await readChanges(database.pool, BEGINNING)).toHaveLength(1400);
    await database.pool.query(insert, [7000]);
    await untilSettled(database.pool);
    expect(await readAll()).toHaveLength(8400);
  });

  test('the changes are found by their index and not sorted, however many there are', async () => {
    await database.pool.query(`
      insert into changes (subject, subject_id, kind, origin)
      select 'individual', gen_random_uuid(), 'created', 'test' from generate_series(1, 50000)`);
    const owner = new Client(database.ownerUrl);
    await owner.connect();
    await owner.query('analyze changes');
    await owner.end();
    database.statements.length = 0;
    await readChanges(database.pool, BEGINNING);
    const [text = ''] = database.statements;
    const client = await connect();
    await client.query(`prepare reading (xid8, bigint) as ${text}`);
    const plan = await client.query<{ 'QUERY PLAN': string }>(`explain execute reading ('0', 0)`);
    const lines = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(lines).toContain('changes_order');
    expect(lines).not.toMatch(/Seq Scan|Sort/u);
  });
});
