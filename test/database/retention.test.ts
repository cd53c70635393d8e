import pino from 'pino';
import { deleteExpired, retentionState } from '../../src/database/retention.js';
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
    insert into search_page_marks (api_client_id, question_digest, page_number, cursor_sealed, cursor_digest, total, marked_at)
    select id, '', n, '', '', 1, now() - make_interval(hours => n * 12) from client, generate_series(0, 19) n`);
  const context = { pool: database.pool, log, config: { transactionRetentionDays: 10, importRetentionDays: 30 } };
  await deleteExpired(context, new AbortController().signal);
  expect(await count('transactions')).toBe(1200);
  expect(await count('deliveries')).toBe(1200 + 10);
  expect(await count('answered_messages')).toBe(10);
  expect(await count('inbox_messages')).toBe(10);
  expect(await count('search_page_marks')).toBe(2);
});

test('it stops when the gateway closes', async () => {
  const context = { pool: database.pool, log, config: { transactionRetentionDays: 10, importRetentionDays: 30 } };
  await expect(deleteExpired(context, AbortSignal.abort())).rejects.toThrow();
});

test('what says itself how long it is kept goes when that is over: ledger, budgets, tokens, items of imports', async () => {
  await database.pool.query(`
    with entry as (
      insert into audit_entries (action, actor) select 'search.answered', 'client:' || n from generate_series(1, 4) n
      returning id
    ), told as (
      insert into disclosures (audit_entry_id, at, actor, action, correlation_id, people, fields, retain_until)
      select id, now(), 'client:m', 'search.answered', gen_random_uuid(), '{}', '{}',
        now() + make_interval(days => (id % 2)::integer * 2 - 1)
      from entry
    ), proof as (
      insert into disclosure_evidence
      select id, '', now() + make_interval(days => (id % 2)::integer * 2 - 1) from entry
    ), budget as (
      insert into record_budgets (actor, hour, people)
      select 'client:' || n, now() - make_interval(hours => n * 20), 1 from generate_series(0, 3) n
    ), token as (
      insert into revoked_tokens (jti, expires_at)
      select n::text, now() + make_interval(hours => n) from generate_series(-2, 2) n
    ), source as (
      insert into data_sources (code, name, base_url, dialect) values ('s', 'S', 'http://s.example', 'spdci-1.0') returning id
    ), criteria as (
      insert into search_criteria (data_source_id, name) select id, 'C' from source returning id
    ), run as (
      insert into import_runs (search_criteria_id, requested_by, state, finished_at)
      select id, 'operator', 'succeeded', now() - make_interval(days => n) from criteria, (values (20), (40)) as d (n)
      returning id
    ), exchange as (
      insert into exchanges (data_source_id, import_run_id, page, purpose, sent_at, duration_ms, text_sealed)
      select source.id, run.id, 1, 'search', now() - make_interval(days => n), 1, ''
      from source, (values (29), (31)) as d (n), (select id from run limit 1) run
    )
    insert into import_items (import_run_id, page, ordinal, outcome) select id, 1, 1, 'created' from run`);
  const context = { pool: database.pool, log, config: { transactionRetentionDays: 10, importRetentionDays: 30 } };
  const due = Object.fromEntries((await retentionState(context)).map((state) => [state.table, state.due]));
  const expected = {
    disclosures: 2,
    disclosure_evidence: 2,
    record_budgets: 2,
    revoked_tokens: 3,
    import_items: 1,
    exchanges: 1,
  };
  expect(due).toMatchObject(expected);
  expect(await deleteExpired(context, new AbortController().signal)).toMatchObject(expected);
  expect(await count('disclosures')).toBe(2);
  expect(await count('import_items')).toBe(1);
  expect(await count('audit_entries')).toBe(4);
  for (const state of await retentionState(context)) expect(state).toMatchObject({ due: 0 });
});
