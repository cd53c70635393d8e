import { Client } from 'pg';
import pino from 'pino';
import { migrate } from '../../src/database/migrate.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

const log = pino({ level: 'silent' });

describe('migrations', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase({ migrated: false });
  });
  afterEach(() => database.close());

  async function asOwner(statement: string): Promise<void> {
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query(statement).finally(() => owner.end());
  }

  test('a new database gets every migration, in order, and a second call has nothing to do', async () => {
    const applied = await migrate(database.ownerUrl, database.url, log);
    expect(applied[0]).toBe('0001-sources');
    expect(applied).toEqual([...applied].sort());
    expect(await migrate(database.ownerUrl, database.url, log)).toEqual([]);
  });

  test('two gateways that start at once on a new database both come up, and each migration ran once', async () => {
    const results = await Promise.all([1, 2, 3].map(() => migrate(database.ownerUrl, database.url, log)));
    const { rows } = await database.pool.query<{ name: string }>('select name from schema_migrations order by id');
    expect(rows.map((row) => row.name)).toEqual(results.flat());
    expect(await migrate(database.ownerUrl, database.url, log)).toEqual([]);
  });

  test('a database that a newer program migrated is refused by name and left alone', async () => {
    await migrate(database.ownerUrl, database.url, log);
    await asOwner(`insert into schema_migrations (name, run_on) values ('9999-from-the-future', now())`);
    await expect(migrate(database.ownerUrl, database.url, log)).rejects.toMatchObject({
      code: 'DATABASE_NEWER',
      message: expect.stringContaining('9999-from-the-future') as string,
    });
  });

  test('the serving role writes rows, but makes, changes or drops no table and rewrites no history', async () => {
    await migrate(database.ownerUrl, database.url, log);
    await database.pool.query(
      `insert into data_sources (code, name, base_url, dialect) values ('a', 'A', 'http://a', 'x')`,
    );
    await database.pool.query(
      `insert into changes (subject, subject_id, kind, origin) values ('group', gen_random_uuid(), 'created', 'test')`,
    );
    const forbidden = [
      'drop table individuals',
      'alter table individuals add column x text',
      'create table mine (id integer)',
      'truncate individuals',
      `update changes set origin = 'nobody'`,
      'delete from changes',
      'delete from schema_migrations',
    ];
    for (const statement of forbidden) {
      await expect(database.pool.query(statement)).rejects.toThrow(/permission denied|must be owner/u);
    }
  });

  test('one role can be owner and serving role', async () => {
    await migrate(database.ownerUrl, database.ownerUrl, log);
    expect(await migrate(database.ownerUrl, database.ownerUrl, log)).toEqual([]);
  });

  test('a serving role that appears later is let in by the next start', async () => {
    await migrate(database.ownerUrl, database.ownerUrl, log);
    await expect(database.pool.query('select from individuals')).rejects.toThrow(/permission denied/u);
    expect(await migrate(database.ownerUrl, database.url, log)).toEqual([]);
    await database.pool.query('select from individuals');
  });

  test('a serving role that does not exist is named', async () => {
    const url = Object.assign(new URL(database.url), { username: 'nobody_here' }).href;
    await expect(migrate(database.ownerUrl, url, log)).rejects.toThrow(
      /role "nobody_here" of DATABASE_URL does not exist/u,
    );
  });

  test('a database that cannot be reached is named, without its password', async () => {
    const url = 'postgresql://someone:verysecret@127.0.0.1:1/nowhere';
    const error = await migrate(url, url, log).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(String(error)).toContain('127.0.0.1:1/nowhere');
    expect(String(error)).not.toContain('verysecret');
  });
});
