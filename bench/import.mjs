// Imports births with their parents from the mock civil register over HTTP, with the gateway started as `npm start`
// does: a preview, the import, the import once more. Then the rows that the import left are written again into the same
// tables by four connections from ready arrays: the floor of the same run.
//
//   npm run bench:import -- [births]        default 49000, which is about 100,000 individuals
//
// BENCH_PAGE_SIZE (1000) may be set.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const preview = await watchRun('previewFetch', criteria.id);
  const imported = await watchRun('fetch', criteria.id);
  await ask(`mutation ($id: ID!) { enableFetching(searchCriteriaId: $id) { __typename } }`, { id: criteria.id });
  const repeated = await watchRun('fetch', criteria.id);

  const database = await openDatabase(readConfig(environment), pino({ level: 'warn' }, pino.destination(2)));
  const floor = await writeSameRows(database.ownerUrl, imported.state.individualsCreated);
  await database.close();

  const people = imported.state.individualsCreated;
  const rateOf = ({ seconds }) => people / seconds;
  const line = (what, rate, rest = '') =>
    console.log(`${what.padEnd(22)}${rate.toFixed(0).padStart(7)} individuals/s${rest}`);
  console.log(`${people} individuals from ${imported.state.recordsDone} records, node ${process.version}\n`);
  line('import', rateOf(imported), `   ${imported.seconds.toFixed(1)} s`);
  line('the same rows, bare', floor, '   4 connections, ready arrays, the same tables');
  line('preview', rateOf(preview), `   ${preview.seconds.toFixed(1)} s`);
  line('repeated import', rateOf(repeated), `   outcomes ${JSON.stringify(repeated.state.outcomes)}`);
  console.log(`\nimport / bare rows     ${(rateOf(imported) / floor).toFixed(2)} (aim: at least 0.40)`);
  console.log(`preview / import       ${(rateOf(preview) / rateOf(imported)).toFixed(2)} (aim: at least 0.60)`);
  const more = ({ atHalf, most }) =>
    `+${(atHalf - before).toFixed(0)} MB at half way, +${(most - before).toFixed(0)} at most`;
  console.log(`memory of the gateway  ${before.toFixed(0)} MB; preview ${more(preview)}; import ${more(imported)}`);

  async function watchRun(mutation, id) {
    const began = performance.now();
    const started = await ask(
      `mutation ($id: ID!) { ${mutation}(searchCriteriaId: $id) { __typename ... on ImportRun { id } ... on Refusal { code message } } }`,
      { id },
    );
    const run = started[mutation];
    if (run.id === undefined) throw new Error(JSON.stringify(run));
    const seen = { most: 0, atHalf: 0 };
    for (;;) {
      const { importRun: state } = await ask(
        `query ($id: ID!) { importRun(id: $id) { state recordsDone recordsReported individualsCreated errorMessage
           outcomes { created updated unchanged skipped conflict failed } } }`,
        { id: run.id },
      );
      seen.most = Math.max(seen.most, residentMegabytes(gateway.child.pid));
      if (state.recordsReported && state.recordsDone >= state.recordsReported / 2 && seen.atHalf === 0)
        seen.atHalf = seen.most;
      if (state.state !== 'QUEUED' && state.state !== 'RUNNING') {
        if (state.state !== 'SUCCEEDED') throw new Error(JSON.stringify(state));
        return { ...seen, state, seconds: (performance.now() - began) / 1000 };
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
} finally {
  for (const { child } of [gateway, mock]) {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

/**
 * The floor: the rows that the import left, written again to the same tables with all their indexes and keys, 1,000 a
 * transaction, by four connections from arrays that lie ready. Answers people a second.
 */
async function writeSameRows(ownerUrl, people) {
  const tables = [
    'individuals',
    'identifiers',
    'individual_sources',
    'source_records',
    'relationships',
    'groups',
    'memberships',
    'changes',
    'individual_revisions',
    'import_items',
    'import_pages',
  ];
  const owner = new pg.Client(ownerUrl);
  const writers = Array.from({ length: 4 }, () => new pg.Client(ownerUrl));
  for (const client of [owner, ...writers]) await client.connect();
  try {
    const written = [];
    for (const table of tables) {
      const { rows: columns } = await owner.query(
        `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type
         from pg_attribute a
         where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
         order by a.attnum`,
        [table],
      );
      const names = columns.map(({ name }) => `"${name}"`);
      const { rows } = await owner.query({
        text: `select ${names.map((name) => `${name}::text`).join(', ')} from ${table}`,
        rowMode: 'array',
      });
      const text = `insert into ${table} (${names.join(', ')}) overriding system value
        select ${columns.map(({ name, type }) => `n."${name}"::${type}`).join(', ')}
        from unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(', ')}) as n (${names.join(', ')})`;
      const chunks = [];
      for (let done = 0; done < rows.length; done += 1000) {
        const chunk = rows.slice(done, done + 1000);
        chunks.push(columns.map((_, at) => chunk.map((row) => row[at])));
      }
      written.push({ name: `floor-${table}`, text, chunks });
    }
    await owner.query(`truncate ${tables.join(', ')} cascade`);
    const began = performance.now();
    for (const { name, text, chunks } of written) {
      const waiting = [...chunks];
      await Promise.all(
        writers.map(async (writer) => {
          for (let values = waiting.shift(); values; values = waiting.shift())
            await writer.query({ name, text, values });
        }),
      );
    }
    return people / ((performance.now() - began) / 1000);
  } finally {
    for (const client of [owner, ...writers]) await client.end();
  }
}
