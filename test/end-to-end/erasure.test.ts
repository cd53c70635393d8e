import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { pino } from 'pino';
import { readConfig } from '../../src/config.js';
import { inTransaction } from '../../src/database/transaction.js';
import { globalId } from '../../src/graphql/global-id.js';
import { writeImportItems } from '../../src/imports/import-items.js';
import type { IndividualRecord } from '../../src/record/individual-record.js';
import { findIdByIdentifier } from '../../src/registry/find-by-identifier.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { writePage } from '../../src/registry/write-sources/write-page.js';
import { disclosuresOf } from '../../src/security/audit/disclosure-list.js';
import { Ledger } from '../../src/security/audit/ledger.js';
import { linkEntries } from '../../src/security/audit/chain.js';
import { verifyAudit } from '../../src/security/audit/verify-audit.js';
import { createApiClient } from '../../src/security/client-administration.js';
import { erasedPeople, eraseIndividual } from '../../src/security/erasure/erase-individual.js';
import { listErasures, reapplyErasures } from '../../src/security/erasure/erasures.js';
import { type RunningServer, startServer } from '../../src/server.js';
import { onPage } from '../registry/on-page.js';
import { addPerson } from '../registry/people.js';
import { readSearchBody } from '../sources/dci-peer.js';
import { json, type LocalPeer, type PeerAnswer, raw, startLocalPeer } from '../sources/local-peer.js';
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

/** What imports, loads and saves write, by the functions that they write with. */
async function plantCanary(): Promise<string> {
  const { pool } = database;
  const erased = erasedPeople(server.keys);
  const { rows } = await pool.query<{ source: string; run: string }>(`
    with source as (
      insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://127.0.0.1:9', 'spdci-1.0')
      returning id
    ), criteria as (insert into search_criteria (data_source_id, name) select id, 'All' from source returning id
    ), run as (
      insert into import_runs (search_criteria_id, requested_by) select id, 'operator' from criteria returning id
    ) select source.id as source, run.id as run from source, run`);
  const [{ source, run } = { source: '', run: '' }] = rows;
  const uin = { type: 'UIN', value: CANARY.uin };
  await inTransaction(pool, async (client) => {
    const writer = { dataSourceId: source, origin: 'import', importRunId: run, page: 1, erased };
    const { records } = await writePage(client, { ...writer, records: onPage([CHILD]) });
    await writeImportItems(client, run, 1, [{ ordinal: 1, written: records[0] ?? fail('nothing was written') }]);
  });
  const refused = await inTransaction(pool, async (client) => {
    const person = { identifiers: [uin] };
    const written = await writeRecords(
      client,
      [
        {
          kind: 'individual',
          identifiers: [uin, { type: 'BRN', value: CANARY.brn }],
          middleName: CANARY.middle,
          sex: 'female',
          marriages: [{ marriedOn: '2020-02-02', divorcedOn: null }],
          phoneNumbers: [CANARY.phone],
          emails: [CANARY.email],
          homePlace: { text: CANARY.home },
          birthPlace: { text: CANARY.birthPlace },
          attributes: { postal_code: CANARY.postalCode },
        },
        { kind: 'farmer', person, farmType: '1', place: { text: CANARY.home } },
        { kind: 'disability', person, status: '1' },
        { kind: 'programme', identifier: 'DCI001', name: 'Cash' },
        { kind: 'enrolment', programme: 'DCI001', person, status: '1' },
        {
          kind: 'group',
          groupKind: 'household',
          name: `Household ${CANARY.brn}`,
          identifiers: [{ type: 'HH', value: `Household ${CANARY.brn}` }],
          members: [{ person, role: null }],
        },
      ],
      { origin: 'loader', erased },
    );
    return written.map(({ refusal }) => refusal);
  });
  expect(refused).toEqual([null, null, null, null, null, null]);
  return (await findIdByIdentifier(pool, uin)) ?? fail('the canary is not there');
}

/** As a source tells of a child: the mother comes with it, and a family that bears her name. */
const CHILD: IndividualRecord = {
  identifiers: [{ type: 'BRN', value: 'B-CHILD' }],
  name: { given: 'Dalitso', middle: null, family: 'Phiri' },
  parents: [
    {
      role: 'mother',
      record: {
        identifiers: [{ type: 'UIN', value: CANARY.uin }],
        name: { given: CANARY.given, middle: null, family: CANARY.family },
        parents: [],
        issues: [],
      },
    },
  ],
  issues: [],
};

function fail(message: string): never {
  throw new Error(message);
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

/** As the developer at the machine. */
async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
  if (data === undefined || errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

const asSource = (identifiers: Readonly<Record<string, string>>, birthDate: string) => ({
  identifier: Object.entries(identifiers).map(([type, value]) => ({ identifier_type: type, identifier_value: value })),
  name: { given_name: CANARY.given, surname: CANARY.family },
  birth_date: birthDate,
});

/** A page of a source that has as many more as it says. */
const page =
  (records: readonly object[], more: number): PeerAnswer =>
  (request, response) => {
    const { header, message } = readSearchBody(request.body);
    const items = message.search_request.map(({ reference_id }) => ({
      reference_id,
      timestamp: '2026-01-01T00:00:00Z',
      status: 'succ',
      data: { reg_records: records },
      pagination: { page_size: records.length, page_number: 1, total_count: records.length + more },
    }));
    const answer = { transaction_id: message.transaction_id, correlation_id: 'c', search_response: items };
    json({ header: { ...header, action: 'on-search', status: 'succ' }, message: answer })(request, response);
  };

/** Previewed to the end and half way, fetched, left to be decided, and merged with somebody who was her. */
async function throughImports(): Promise<void> {
  const born = asSource({ UIN: CANARY.uin }, '1990-01-01');
  // Two people have these: she and her child.
  const contested = asSource({ UIN: CANARY.uin, BRN: 'B-CHILD' }, '1990-01-01');
  const known = asSource({ UIN: CANARY.uin, PASSPORT: 'P-1' }, '1990-01-01');
  const renamed = { ...known, name: { given_name: 'Zoe', surname: 'Otherwise' } };
  const search = '/registry/sync/search';
  await ask(`mutation ($input: CreateDataSourceInput!) { createDataSource(input: $input) { __typename } }`, {
    input: {
      code: 'peer',
      name: 'Peer',
      baseUrl: peer.baseUrl,
      authType: 'NONE',
      keepExchanges: 'ANSWERS',
      pageSize: 2,
    },
  });
  const { made } = await ask<{ made: { id: string } }>(
    `mutation ($input: CreateSearchCriteriaInput!) { made: createSearchCriteria(input: $input) { ... on SearchCriteria { id } } }`,
    {
      input: { name: 'Born', dataSource: 'peer', bornFrom: { date: '1980-01-01' }, bornUntil: { date: '2020-01-01' } },
    },
  );
  const start = async (mutation: string, ends: string): Promise<void> => {
    const { run } = await ask<{ run: { id: string } }>(
      `mutation ($id: ID!) { run: ${mutation}(searchCriteriaId: $id) { ... on ImportRun { id } } }`,
      { id: made.id },
    );
    const id = Buffer.from(run.id, 'base64url').toString('latin1').split(':')[1] ?? '';
    await until(`select from import_runs where id = '${id}' and state = '${ends}'`);
  };
  peer.on(search, page([born, contested], 0));
  await start('previewFetch', 'succeeded');
  await start('fetch', 'succeeded');
  peer.on(search, page([renamed, born], 2), raw('no', 400));
  await start('previewFetch', 'failed');
  const twin = await addPerson(database.pool, { given: CANARY.given, identifiers: { NID: CANARY.brn } });
  await ask(
    `mutation ($winner: ID!, $losing: ID!) {
    mergeIndividuals(winnerId: $winner, losingId: $losing) { ... on Merge { id } }
  }`,
    { winner: globalId('Individual', canary), losing: globalId('Individual', twin) },
  );
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
  await throughImports();
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
    'import_records',
    'preview_items',
    'preview_people',
    'conflict_cases',
    'individual_merge_snapshots',
    'exchanges',
  ]) {
    expect(before).toContain(place);
  }
  for (const table of ['individual_merges', 'preview_identifiers', 'individual_revisions', 'import_pages']) {
    expect((await admin.query(`select from ${table}`)).rowCount).toBeGreaterThan(0);
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
  for (const table of ['individual_merges', 'preview_identifiers', 'preview_people']) {
    expect((await admin.query(`select from ${table}`)).rowCount).toBe(0);
  }
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
  const sources = await database.pool.query<{ id: string }>("select id from data_sources where code = 'crvs'");
  // The source tells of her again: the child stays as it is, and nobody comes back.
  const again = await inTransaction(database.pool, (client) =>
    writePage(client, {
      dataSourceId: sources.rows[0]?.id ?? '',
      origin: 'import',
      importRunId: null,
      page: null,
      erased: erasedPeople(server.keys),
      records: onPage([CHILD, ...CHILD.parents.map(({ record }) => record)]),
    }),
  );
  expect(again.records.map(({ outcome }) => outcome)).toEqual(['unchanged', 'skipped']);
  expect(await tracesOfCanary()).toEqual([]);
  // She is back, as from a backup: by her identifier, under another id.
  const back = await addPerson(database.pool, { given: CANARY.given, identifiers: { UIN: CANARY.uin } });
  expect(await reapplyErasures(context, { actor: 'operator:test' })).toHaveLength(1);
  expect((await admin.query('select from individuals where id = $1', [back])).rowCount).toBe(0);
  expect((await admin.query('select from individuals where id = $1', [neighbour])).rowCount).toBe(1);
  expect(await listErasures(database.pool)).toHaveLength(2);
  expect(await tracesOfCanary()).toEqual([]);
}, 60_000);
