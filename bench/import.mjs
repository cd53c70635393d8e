// Imports births with their parents from the mock civil register over HTTP, with the gateway started as `npm start`
// does, and then writes as many people with a bare `unnest` upsert into the same database: the floor of the same run.
//
//   npm run bench:import -- [births]        default 49000, which is about 100,000 individuals
//
// BENCH_PAGE_SIZE (1000) may be set.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { pino } from 'pino';
import { readConfig } from '../dist/config.js';
import { openDatabase } from '../dist/database/open-database.js';

const births = Number(process.argv[2] ?? 49_000);
const folder = mkdtempSync(join(tmpdir(), 'dci-bench-'));
// Run as root, the database user must be able to enter it: else the data would stay in /var/lib/dci-gateway.
chmodSync(folder, 0o755);
const program = join(import.meta.dirname, '../bin/dci-gateway.mjs');
const environment = {
  ...process.env,
  DATA_DIR: join(folder, 'data'),
  KEYS_DIR: join(folder, 'keys'),
  PORT: '0',
  DEMO: 'off',
  LOG_LEVEL: 'warn',
};

// Exactly what `npm start` runs: the words of package.json, node's own options included.
const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
const nodeOptions = scripts.start.split(' ').filter((word) => word.startsWith('--'));

function start(words) {
  const child = spawn(process.execPath, [...nodeOptions, program, ...words], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (printed += chunk));
  const until = async (pattern) => {
    for (;;) {
      const match = pattern.exec(printed);
      if (match) return match;
      if (child.exitCode !== null) throw new Error(`${words.join(' ')} ended: ${printed}`);
      await once(child.stdout, 'data');
    }
  };
  return { child, until };
}

const residentMegabytes = (pid) =>
  Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const mock = start(['mock-registry', '--births', String(births), '--port', '0', '--json']);
const gateway = start(['serve']);
try {
  const credentials = JSON.parse((await mock.until(/\{[^}]+\}/u))[0]);
  const url = (await gateway.until(/GraphQL\s+(http:\/\/[^\s/]+)\/graphql/u))[1];
  const ask = async (query, variables) => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const body = await answer.json();
    if (body.errors) throw new Error(JSON.stringify(body.errors));
    return body.data;
  };
  await ask(
    `mutation ($input: CreateDataSourceInput!) { createDataSource(input: $input) { __typename ... on Refusal { code message } } }`,
    {
      input: {
        code: 'bench',
        name: 'Bench register',
        baseUrl: credentials.url,
        dialect: 'OPENCRVS_1_0',
        clientId: credentials.clientId,
        clientSecret: credentials.clientSecret,
        pageSize: Number(process.env.BENCH_PAGE_SIZE ?? 1000),
      },
    },
  );
  await ask(`mutation { syncLocations(source: "bench") { __typename ... on Refusal { code message } } }`);
  const { createSearchCriteria: criteria } = await ask(
    `mutation ($input: CreateSearchCriteriaInput!) {
       createSearchCriteria(input: $input) { __typename ... on SearchCriteria { id } ... on Refusal { code message } } }`,
    {
      input: {
        name: 'Everybody',
        dataSource: 'bench',
        bornFrom: { date: '1900-01-01' },
        bornUntil: { date: '2100-01-01' },
      },
    },
  );
  const before = residentMegabytes(gateway.child.pid);
  let most = before;
  const began = performance.now();
  const { fetch: run } = await ask(
    `mutation ($id: ID!) { fetch(searchCriteriaId: $id) { __typename ... on ImportRun { id } ... on Refusal { code message } } }`,
    { id: criteria.id },
  );
  let state;
  const atHalf = { megabytes: 0 };
  for (;;) {
    ({ importRun: state } = await ask(
      `query ($id: ID!) { importRun(id: $id) { state recordsDone recordsReported individualsCreated errorMessage outcomes { created skipped conflict failed } } }`,
      { id: run.id },
    ));
    const now = residentMegabytes(gateway.child.pid);
    most = Math.max(most, now);
    if (state.recordsReported && state.recordsDone >= state.recordsReported / 2 && !atHalf.megabytes)
      atHalf.megabytes = most;
    if (state.state !== 'QUEUED' && state.state !== 'RUNNING') break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const seconds = (performance.now() - began) / 1000;
  if (state.state !== 'SUCCEEDED') throw new Error(JSON.stringify(state));

  const database = await openDatabase(readConfig(environment), pino({ level: 'warn' }, pino.destination(2)));
  const floor = await bareUpsert(database.ownerUrl, state.individualsCreated);
  await database.close();

  const rate = state.individualsCreated / seconds;
  console.log(
    `imported           ${state.individualsCreated} individuals from ${state.recordsDone} records in ${seconds.toFixed(1)} s`,
  );
  console.log(`gateway            ${rate.toFixed(0)} individuals/s`);
  console.log(`bare unnest upsert ${floor.toFixed(0)} individuals/s   ratio ${(rate / floor).toFixed(3)}`);
  console.log(
    `memory of gateway  ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most (+${(most - before).toFixed(0)}; ` +
      `+${(atHalf.megabytes - before).toFixed(0)} at half way)`,
  );
} finally {
  for (const { child } of [gateway, mock]) {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

/** People with two identifiers each, 1,000 a transaction, into tables of the same shape and indexes: the floor. */
async function bareUpsert(ownerUrl, count) {
  const client = new pg.Client(ownerUrl);
  await client.connect();
  try {
    await client.query(`create schema bench_floor;
      create table bench_floor.people (id uuid primary key, given text, family text, sex text, born date);
      create index on bench_floor.people (born, id);
      create table bench_floor.identifiers (id uuid primary key default gen_random_uuid(), person uuid references bench_floor.people,
        type text, value text, unique (type, value));
      create index on bench_floor.identifiers (person)`);
    const began = performance.now();
    for (let done = 0; done < count; done += 1000) {
      const size = Math.min(1000, count - done);
      const ids = Array.from({ length: size }, () => randomUUID());
      await client.query('begin');
      await client.query(
        `insert into bench_floor.people (id, given, family, sex, born)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[])
         on conflict (id) do update set given = excluded.given where people.given is distinct from excluded.given`,
        [
          ids,
          ids.map((_, n) => `Given ${n}`),
          ids.map((_, n) => `Family ${n}`),
          ids.map(() => 'female'),
          ids.map(() => '2020-02-02'),
        ],
      );
      await client.query(
        `insert into bench_floor.identifiers (person, type, value) select * from unnest($1::uuid[], $2::text[], $3::text[])
         on conflict (type, value) do nothing`,
        [
          [...ids, ...ids],
          [...ids.map(() => 'BRN'), ...ids.map(() => 'NID')],
          [...ids, ...ids.map((id) => `n${id}`)],
        ],
      );
      await client.query('commit');
    }
    return count / ((performance.now() - began) / 1000);
  } finally {
    await client.query('drop schema if exists bench_floor cascade');
    await client.end();
  }
}
