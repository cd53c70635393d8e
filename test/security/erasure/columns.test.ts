import { createTestDatabase, type TestDatabase } from '../../test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** Tables whose rows go with the person, by their foreign keys or by `deletePerson`. */
const WITH_THE_PERSON = [
  'individuals',
  'identifiers',
  'individual_sources',
  'source_records',
  'individual_revisions',
  // Of what was said of the person before a run.
  'import_pages',
  'marriages',
  'relationships',
  'memberships',
  'farmers',
  'disabilities',
  'enrolments',
  'events',
  'search_page_marks',
  // Those of the person alone go; of others the name goes where it is the person's.
  'groups',
  'group_identifiers',
];

/** Tables whose rows `deleteWaitingRecords` deletes, by marks and ids. */
const WAITING = ['import_records', 'preview_items', 'preview_people', 'preview_identifiers', 'preview_said'];

/** Columns that `eraseSealedMentions` opens, and what is guessable beside them. */
const LOOKED_THROUGH = [
  'transactions.request_sealed',
  'transactions.cursor_sealed',
  'deliveries.body_sealed',
  'inbox_messages.body_sealed',
  'subscriptions.criteria_sealed',
  'subscriptions.criteria_digest',
  'answered_messages.answer_sealed',
  'disclosure_evidence.evidence_sealed',
  // A case goes with the record that waits in it, an exchange with what was said in it.
  'conflict_cases.record_sealed',
  'individual_merge_snapshots.snapshot_sealed',
  'exchanges.text_sealed',
];

/** Tables, or columns, in which nothing says who a person of the registry is, and why. */
const TELLS_OF_NOBODY: Readonly<Record<string, string>> = {
  // What operators set up.
  api_clients: 'of programs',
  api_client_secrets: 'of programs',
  roles: 'of programs',
  trusted_issuers: 'of other systems',
  attributes: 'which fields there are',
  data_sources: 'of other systems',
  data_source_paths: 'of other systems',
  data_source_parameters: 'of other systems',
  data_source_field_mappings: 'of other systems',
  data_source_field_policies: 'of other systems',
  search_criteria: 'places and years',
  locations: 'places',
  source_locations: 'places',
  programmes: 'programmes',
  // Keys, tokens and limits.
  key_pairs: 'our keys',
  key_fingerprints: 'our keys',
  revoked_tokens: 'random ids of tokens',
  used_assertions: 'random ids of tokens',
  token_failures: 'clients and addresses of machines',
  record_budgets: 'callers and hours',
  schema_migrations: 'names of files',
  // The record of what was done; the person's random key in it leads nowhere after the erasure.
  audit_entries: 'ids, counts and codes',
  audit_links: 'digests of entries',
  audit_checkpoints: 'digests of entries',
  disclosures: 'random keys, names of fields and the purpose that the caller gave, which is of the answer',
  erasures: 'digests under the pepper',
  changes: 'ids and names of fields',
  // Runs of imports.
  import_runs: 'counts and texts of ours',
  import_schedules: 'when what is asked for',
  import_schedule_times: 'times and texts of ours',
  import_items: 'ids, which are emptied, and issues without values',
  preview_ties: 'ids and which parent it is, until the preview ends',
  // Ids, addresses, states and digests of whole messages, which hold random ids.
  'transactions.*': 'the working of a message',
  'deliveries.*': 'the working of a message',
  'inbox_messages.*': 'the working of a message',
  'subscriptions.*': 'the working of a message',
  'answered_messages.*': 'the working of a message',
  'exchanges.*': 'the working of a message',
  'conflict_cases.*': 'keyed digests, names of fields and what was decided',
  'individual_merges.*': 'ids, and who merged them',
  source_requests: 'the working of a message',
  source_subscriptions: 'the working of a message',
};

/** Of tables that hold sealed messages each column is named, so that a new one is thought about. */
const WORKING: Readonly<Record<string, string>> = {
  transactions:
    'registry address_registry action transaction_id correlation_id message_id body_digest sender_id sender_uri ' +
    'receiver_id reference_ids subscription_codes state outcome',
  deliveries: 'action url state last_error',
  inbox_messages: 'action message_id body_digest sender_id transaction_id correlation_id state reason',
  subscriptions: 'code registry record events transaction_id reference_id sender_id sender_uri receiver_id cron state',
  answered_messages: 'action message_id body_digest',
  exchanges: 'purpose not_pushed_down',
  conflict_cases: 'kind about field fingerprint record_digest state decision decided_by',
  individual_merges: 'merged_by undone_by',
};

test('every column that could name somebody is erased, or it is written down why it names nobody', async () => {
  const { rows } = await database.pool.query<{ table: string; column: string }>(`
    select c.relname as "table", a.attname as "column"
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and (t.typcategory in ('S', 'A', 'E', 'I', 'U') and t.typname not in ('uuid', 'xid8', 'pg_snapshot'))`);
  const unknown = rows.filter(
    ({ table, column }) =>
      !WITH_THE_PERSON.includes(table) &&
      !WAITING.includes(table) &&
      !LOOKED_THROUGH.includes(`${table}.${column}`) &&
      !(table in TELLS_OF_NOBODY) &&
      !(`${table}.*` in TELLS_OF_NOBODY && WORKING[table]?.split(' ').includes(column) === true),
  );
  expect(unknown.map(({ table, column }) => `${table}.${column}`)).toEqual([]);
});

test('whatever is tied to a person goes with the person, or is untied', async () => {
  const { rows } = await database.pool.query<{ from: string; rule: string }>(`
    select conrelid::regclass::text as "from", confdeltype as rule from pg_constraint
    where contype = 'f' and confrelid = 'individuals'::regclass`);
  expect(rows.length).toBeGreaterThan(8);
  // Families, the marriages of others and items of imports stay, without the person.
  const untied = ['groups', 'marriages', 'import_items'];
  expect(rows.filter(({ from, rule }) => rule !== 'c' && !(rule === 'n' && untied.includes(from)))).toEqual([]);
});

test('of a table that is empty after an erasure the planner keeps no values', async () => {
  const { pool } = database;
  await pool.query(`
    with people as (insert into individuals (given_name) select 'Ann' from generate_series(1, 5) returning id)
    insert into farmers (individual_id, place_text) select id, 'Canary Nest Lane' from people`);
  const known = `select from pg_stats where tablename like 'farmers%' and most_common_vals::text like '%Canary%'`;
  await pool.query('select forget_erased_values()');
  expect((await pool.query(known)).rowCount).toBe(1);
  await pool.query('delete from individuals');
  await pool.query('select forget_erased_values()');
  expect((await pool.query(known)).rowCount).toBe(0);
});
