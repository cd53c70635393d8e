import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { pino } from 'pino';
import { readConfig } from '../../src/config.js';
import { disclosuresOf } from '../../src/security/audit/disclosure-list.js';
import { Ledger } from '../../src/security/audit/ledger.js';
import { linkEntries } from '../../src/security/audit/chain.js';
import { verifyAudit } from '../../src/security/audit/verify-audit.js';
import { createApiClient } from '../../src/security/client-administration.js';
import { eraseIndividual } from '../../src/security/erasure/erase-individual.js';
import { listErasures, reapplyErasures } from '../../src/security/erasure/erasures.js';
import { type RunningServer, startServer } from '../../src/server.js';
import { addPerson } from '../registry/people.js';
import { json, type LocalPeer, raw, startLocalPeer } from '../sources/local-peer.js';
import { adminUrl, createTestDatabase, type TestDatabase } from '../test-database.js';
import { operator } from '../security/operator.js';

/** Values that stand nowhere else. */
const CANARY = {
  given: 'Zanzibelle',
  middle: 'Quillonita',
  family: 'Xanthopoulox',
  uin: '9988776655443',
  brn: 'BRN-CNRY-77',
  phone: '+26599123456',
  email: 'canary@birds.example',
  home: 'Canary Nest Lane 77',
  birthPlace: 'Goldcage Hospital',
  postalCode: 'CNRY77',
};

let database: TestDatabase;
let folder: string;
let server: RunningServer;
let peer: LocalPeer;
let admin: Client;
let token: string;
let canary: string;
let neighbour: string;
const logged: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  const config = readConfig({
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    KEYS_DIR: folder,
    PORT: '0',
    DEMO: 'off',
    LOG_LEVEL: 'debug',
  });
  server = await startServer(config, pino({ level: 'debug' }, { write: (line: string) => logged.push(line) }));
  peer = await startLocalPeer();
  admin = new Client({ connectionString: adminUrl(database) });
  await admin.connect();
  token = await newToken('Ministry', ['registry.search', 'registry.subscribe', 'registry.write']);
  canary = await plantCanary();
  neighbour = await addPerson(database.pool, {
    given: 'Chipo',
    family: 'Banda',
    identifiers: { UIN: '1111111111111' },
  });
});
afterAll(async () => {
  await admin.end();
  await server.close();
  await peer.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function newToken(name: string, scopes: string[]): Promise<string> {
  const { client, clientSecret } = await createApiClient(
    database.pool,
    server.keys,
    { name, scopes },
    { by: operator(database.pool) },
  );
  const response = await fetch(`${server.url}/oauth2/client/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: clientSecret,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function plantCanary(): Promise<string> {
  const { pool } = database;
  const id = await addPerson(pool, {
    given: CANARY.given,
    middle: CANARY.middle,
    family: CANARY.family,
    sex: 'female',
    born: '1999-09-09',
    identifiers: { UIN: CANARY.uin, BRN: CANARY.brn },
  });
  await pool.query(
    `update individuals set phone_numbers = $2, emails = $3, home_place_text = $4, birth_place_text = $5, attributes = $6
     where id = $1`,
    [id, [CANARY.phone], [CANARY.email], CANARY.home, CANARY.birthPlace, { postal_code: CANARY.postalCode }],
  );
  const child = await addPerson(pool, { given: 'Dalitso', family: 'Phiri' });
  await pool.query(
    `with source as (
       insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://127.0.0.1:9', 'spdci-1.0')
       returning id
     ), seen as (insert into individual_sources (individual_id, data_source_id) select $1, id from source
     ), said as (
       insert into source_records select id, sha256('key'), sha256('said'), $1 from source
     ), criteria as (insert into search_criteria (data_source_id, name) select id, 'All' from source returning id
     ), run as (insert into import_runs (search_criteria_id, requested_by) select id, 'operator' from criteria returning id
     ), item as (
       insert into import_items (import_run_id, page, ordinal, outcome, individual_id)
       select id, 1, 1, 'created', $1 from run
     ), tie as (insert into relationships (type, source_id, target_id) values ('mother_of', $1, $2)
     ), farm as (insert into farmers (individual_id, farm_type, place_text) values ($1, '1', $3)
     ), disability as (insert into disabilities (individual_id, status) values ($1, '1')
     ), programme as (
       insert into programmes (identifier, identifier_key, name) values ('DCI001', 'DCI001', 'Cash') returning id
     ), enrolment as (insert into enrolments (programme_id, individual_id, status) select id, $1, '1' from programme
     ), married as (insert into marriages (individual_id, married_on) values ($1, '2020-02-02')
     ), family as (
       insert into groups (name, kind, origin_individual_id) values ($4, 'family', $1) returning id
     ), members as (
       insert into memberships (group_id, individual_id, role)
       select id, person, role from family, (values ($1::uuid, 'head'), ($2, null)) as m (person, role)
     ), alone as (insert into groups (name, kind) values ($5, 'household') returning id
     ), identified as (
       insert into group_identifiers (group_id, type, value, value_key) select id, 'HH', $5, upper($5) from alone
     )
     insert into memberships (group_id, individual_id) select id, $1 from alone`,
    [id, child, CANARY.home, `Family of ${CANARY.given}`, `Household ${CANARY.brn}`],
  );
  return id;
}

function envelope(action: string, message: object, header: object = {}) {
  return {
    signature: 'unsigned',
    header: {
      version: '1.0.0',
      message_id: randomUUID(),
      message_ts: new Date().toISOString(),
      action,
      sender_id: 'ministry.example.org',
      receiver_id: 'gateway',
      total_count: 1,
      ...header,
    },
    message: { transaction_id: randomUUID(), ...message },
  };
}

const compare = (attribute: string, value: string) => [
  { seq_num: 1, expression1: { attribute_name: attribute, operator: 'eq', attribute_value: value } },
];

/** By its identifier, or by a predicate. */
const asked = (query: unknown, type = 'idtype-value') => ({
  search_request: [
    {
      reference_id: 'r-1',
      timestamp: new Date().toISOString(),
      search_criteria: {
        version: '1.0.0',
        reg_type: 'ns:org:RegistryType:Social',
        query_type: type,
        query,
        consent: { id: 'c-1', ts: new Date().toISOString(), purpose: { code: 'care', text: 'care' }, of: CANARY.uin },
      },
    },
  ],
});

async function post(path: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

async function until(text: string): Promise<void> {
  const started = performance.now();
  while ((await admin.query(text)).rowCount === 0) {
    if (performance.now() - started > 20_000) throw new Error(`nothing came: ${text}`);
    await delay(20);
  }
}

/** Everything that the database holds of tables, statistics and sealed values, as text. */
async function everything(): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  const tables = await admin.query<{ name: string; sealed: string[] }>(`
    select c.oid::regclass::text as name,
      array(select attname::text from pg_attribute a where a.attrelid = c.oid and attname like '%sealed' and not attisdropped)
        as sealed
    from pg_class c
    where relkind in ('r', 'p') and relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace)`);
  for (const { name, sealed } of tables.rows) {
    const { rows } = await admin.query<{ text: string }>(`select t::text as text from ${name} t`);
    const opened: string[] = [];
    for (const column of sealed) {
      const values = await admin.query<{ value: Buffer }>(
        `select ${column} as value from ${name} where ${column} is not null`,
      );
      opened.push(...values.rows.map(({ value }) => server.keys.open(value)));
    }
    held.set(name, [...rows.map(({ text }) => text), ...opened].join('\n'));
  }
  const statistics = await admin.query<{ text: string }>(`
    select coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '') ||
      coalesce(most_common_elems::text, '') as text
    from pg_stats where schemaname in ('public', 'pgboss')`);
  held.set('statistics', statistics.rows.map(({ text }) => text).join('\n'));
  held.set('log', logged.join('\n'));
  return held;
}

/** `table: value` of each canary value that stands somewhere. */
async function tracesOfCanary(): Promise<string[]> {
  const places = await everything();
  return [...places].flatMap(([place, text]) =>
    Object.entries(CANARY)
      .filter(([, value]) => text.toLowerCase().includes(value.toLowerCase()))
      .map(([name]) => `${place}: ${name}`),
  );
}

test('a person who was everywhere is erased everywhere', async () => {
  const on = { sender_uri: `${peer.baseUrl}/callback` };
  const nowhere = { sender_uri: `${peer.baseUrl}/down` };
  peer.on('/callback', json({}));
  peer.on('/down', raw('no', 503));

  // Asked for at once, by identifier and by name; the answers name her.
  for (const question of [
    asked({ type: 'UIN', value: CANARY.uin }),
    asked(compare('given_name', CANARY.given), 'predicate'),
  ]) {
    const { status, text } = await post('/social/registry/sync/search', envelope('search', question));
    expect([status, text.includes(CANARY.family)]).toEqual([200, true]);
  }
  // Asked for later: one answer is delivered, the other waits for a partner that is down.
  const question = asked({ type: 'UIN', value: CANARY.uin });
  expect((await post('/social/registry/search', envelope('search', question, on))).status).toBe(202);
  await until(`select from deliveries where action = 'on-search' and state = 'delivered'`);
  expect((await post('/social/registry/search', envelope('search', question, nowhere))).status).toBe(202);
  await until(`select from deliveries where action = 'on-search' and last_error is not null`);
  // Subscribed to, and told of.
  const wish = {
    reference_id: 'r-1',
    timestamp: new Date().toISOString(),
    locale: 'eng',
    subscribe_criteria: {
      version: '1.0.0',
      reg_type: 'ns:org:RegistryType:Social',
      reg_event_type: '*',
      filter_type: 'predicate',
      filter: [
        {
          seq_num: 1,
          expression1: { attribute_name: 'given_name', operator: 'eq', attribute_value: CANARY.given },
          condition: 'and',
          expression2: { attribute_name: 'family_name', operator: 'eq', attribute_value: CANARY.family },
        },
      ],
      notify_record_type: 'spdci-extensions-dci:Person',
    },
  };
  const subscribed = await post(
    '/social/registry/subscribe',
    envelope('subscribe', { subscribe_request: [wish] }, nowhere),
  );
  expect(subscribed.status).toBe(202);
  await until(`select from subscriptions where state = 'active'`);
  await database.pool.query(
    `insert into changes (subject, subject_id, kind, fields, origin) values ('individual', $1, 'updated', '{sex}', 'sql')`,
    [canary],
  );
  await until(`select from deliveries where action = 'notify'`);
  // Brought by somebody, and written by a programme.
  const brought = {
    search_response: [{ reference_id: 'x', data: { reg_records: [{ identifier: CANARY.brn, name: CANARY.given }] } }],
  };
  await post('/registry/on-search', envelope('on-search', brought, { status: 'succ' }));
  const update = {
    member: {
      member_identifier: [{ identifier_type: 'UIN', identifier_value: CANARY.uin }],
      demographic_info: { name: { given_name: CANARY.given } },
    },
    programme_identifier: [{ programme_identifier: 'DCI001' }],
    enrollment_status: '4',
  };
  await post(
    '/registry/sync/enrollment/updates',
    envelope('notify', { enrolled_updates: { beneficiaries: [update] } }, { status: 'succ' }),
  );
  // Shown to a dashboard.
  const graph = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ individuals { nodes { name { full } identifiers { value } } } }' }),
  });
  expect(await graph.text()).toContain(CANARY.uin);
  await admin.query('analyze');

  const before = new Set((await tracesOfCanary()).map((trace) => trace.split(':')[0]));
  for (const place of [
    'individuals',
    'identifiers',
    'groups',
    'group_identifiers',
    'farmers',
    'transactions',
    'deliveries',
    'subscriptions',
    'disclosure_evidence',
    'inbox_messages',
    'statistics',
  ]) {
    expect(before).toContain(place);
  }
  expect((await disclosuresOf(database.pool, canary, {})).items.length).toBeGreaterThan(3);

  const ledger = new Ledger({
    pool: database.pool,
    keys: server.keys,
    disclosureRetentionDays: 3650,
    evidenceRetentionDays: 365,
  });
  const context = { pool: database.pool, keys: server.keys, ledger };
  const erased = await eraseIndividual(context, { individualId: canary, actor: 'operator:test' });

  expect(await tracesOfCanary()).toEqual([]);
  expect(erased).toMatchObject({ groups: 1, renamedGroups: 1 });
  expect((await disclosuresOf(database.pool, canary, {})).items).toEqual([]);
  // What is not about her is still there, and the record of the audit is whole.
  expect((await admin.query('select from individuals where id = $1', [neighbour])).rowCount).toBe(1);
  await linkEntries(database.pool);
  const verdict = await verifyAudit(database.pool, { keys: server.keys });
  expect(verdict).toMatchObject({ found: 0, findings: [] });
  const told = await database.pool.query<{ action: string }>(
    `select action from audit_entries where actor = 'operator:test' order by id`,
  );
  expect(told.rows.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['evidence.erased', 'individual.erased']),
  );

  // A second time there is nobody.
  await expect(eraseIndividual(context, { individualId: canary, actor: 'operator:test' })).rejects.toMatchObject({
    code: 'INDIVIDUAL_UNKNOWN',
  });
  // She is back, as from a backup: by her identifier, under another id.
  const back = await addPerson(database.pool, { given: CANARY.given, identifiers: { UIN: CANARY.uin } });
  expect(await reapplyErasures(context, { actor: 'operator:test' })).toHaveLength(1);
  expect((await admin.query('select from individuals where id = $1', [back])).rowCount).toBe(0);
  expect((await admin.query('select from individuals where id = $1', [neighbour])).rowCount).toBe(1);
  expect(await listErasures(database.pool)).toHaveLength(2);
  expect(await tracesOfCanary()).toEqual([]);
}, 60_000);
