import pino from 'pino';
import { deleteExpired } from '../../src/database/retention.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const log = pino({ level: 'silent' });
const count = async (table: string): Promise<number> =>
  (await database.pool.query<{ n: number }>(`select count(*) as n from ${table}`)).rows[0]?.n ?? 0;

test('what is older than it is kept goes, in batches, and nothing else', async () => {
  await database.pool.query(`
    with client as (
      insert into api_clients (name, client_id, scopes, dialect) values ('Ministry', 'm', '{registry.search}', 'spdci-1.0')
      returning id
    ), asked as (
      insert into transactions (
        api_client_id, registry, action, transaction_id, correlation_id, message_id, body_digest, sender_id,
        request_sealed, received_at
      )
      select id, 'social', 'search', 't', 'c-' || n, 'm-' || n, '', 's', '', now() - make_interval(days => n % 20)
      from client, generate_series(0, 2399) n
      returning id, api_client_id, received_at
    ), answered as (
      insert into deliveries (api_client_id, transaction_ref, action, created_at)
      select api_client_id, id, 'on-search', received_at from asked
    ), notified as (
      insert into deliveries (api_client_id, action, created_at)
      select id, 'notify', now() - make_interval(days => n) from client, generate_series(0, 19) n
    ), written as (
      insert into answered_messages (api_client_id, action, message_id, body_digest, answer_sealed, answered_at)
      select id, 'notify', 'm-' || n, '', '', now() - make_interval(days => n) from client, generate_series(0, 19) n
    ), received as (
      insert into inbox_messages (action, api_client_id, message_id, body_digest, state, body_sealed, received_at)
      select 'notify', id, 'm-' || n, sha256(n::text::bytea), 'quarantined', '', now() - make_interval(days => n)
      from client, generate_series(0, 19) n
    )
    insert into search_page_marks (api_client_id, question_digest, page_number, cursor_after, total, marked_at)
    select id, '', n, '', 1, now() - make_interval(hours => n * 12) from client, generate_series(0, 19) n`);
  const context = { pool: database.pool, log, config: { transactionRetentionDays: 10 } };
  await deleteExpired(context, new AbortController().signal);
  expect(await count('transactions')).toBe(1200);
  expect(await count('deliveries')).toBe(1200 + 10);
  expect(await count('answered_messages')).toBe(10);
  expect(await count('inbox_messages')).toBe(10);
  expect(await count('search_page_marks')).toBe(2);
});

test('it stops when the gateway closes', async () => {
  const context = { pool: database.pool, log, config: { transactionRetentionDays: 10 } };
  await expect(deleteExpired(context, AbortSignal.abort())).rejects.toThrow();
});
