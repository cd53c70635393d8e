// Measures the synchronous search of the standard out of 5,000,000 people with 7,500,000 identifiers, beside the floor:
// the same question as one prepared statement behind a bare node:http server. By an identifier, and by a range of birth
// dates with a page of 20; latency at 200 requests a second, and requests per second with 32 callers.
//
//   npm run bench:search                             the embedded database, in data/bench-search, filled by the first run
//   npm run bench:search -- --individuals 200000     a smaller registry
//   DATABASE_URL=... npm run bench:search            a database of yours
//
// BENCH_SECONDS (10) and BENCH_ROUNDS (3) may be set.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { closedLoop, openLoop, quantile, request } from './load-sender.mjs';

const RATE = 200;
const CALLERS = 32;
const PAGE = 20;
const AIM = { p99: 20, share: 0.5 };

const { values: options } = parseArgs({ options: { individuals: { type: 'string', default: '5000000' } } });
const individuals = Number(options.individuals);
const seconds = Number(process.env.BENCH_SECONDS ?? 10);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);

const project = join(import.meta.dirname, '..');
const program = join(project, 'bin/dci-gateway.mjs');
const environment = {
  ...process.env,
  DATA_DIR: process.env.DATA_DIR ?? join(project, 'data/bench-search'),
  KEYS_DIR: process.env.KEYS_DIR ?? join(project, 'data/bench-search/keys'),
  HOST: '127.0.0.1',
  PORT: '0',
  DEMO: 'off',
  LOG_LEVEL: 'warn',
  // What is measured is the search, not how a partner who asks too often is slowed down.
  PARTNER_REQUESTS_PER_SECOND: '100000',
};

// Exactly what `npm start` runs: the words of package.json, node's own options included.
const [, ...startWords] = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')).scripts.start.split(' ');
const nodeOptions = startWords.filter((word) => word.startsWith('--'));

async function start(name, words, ready) {
  const child = spawn(process.execPath, words, {
    cwd: project,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const found = ready.exec(printed);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${printed}`)));
  });
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { url, pid: child.pid, stop };
}

/** Runs a command of the gateway; answers with what it printed. */
async function command(...words) {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: project,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`);
  return JSON.parse(printed);
}

async function fetchToken(url, { clientId, clientSecret }) {
  const answer = await fetch(`${url}/oauth2/client/token`, {
    method: 'POST',
    body: new globalThis.URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  });
  if (!answer.ok) throw new Error(`no token: ${await answer.text()}`);
  return (await answer.json()).access_token;
}

const message = (criteria) =>
  JSON.stringify({
    header: {
      version: '1.0.0',
      message_id: randomUUID(),
      message_ts: new Date().toISOString(),
      action: 'search',
      sender_id: 'bench.example.org',
      total_count: 1,
    },
    message: {
      transaction_id: randomUUID(),
      search_request: [{ reference_id: 'r-1', timestamp: new Date().toISOString(), search_criteria: criteria }],
    },
  });

// The same questions in the same order in every run.
let state = 1;
const below = (limit) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
};
const day = (days) => new Date(Date.UTC(1960, 0, 1) + days * 86_400_000).toISOString().slice(0, 10);
const DAYS = 23_000;
// Wide enough for about a thousand people, who are all counted and of whom 20 are shown.
const width = Math.max(1, Math.ceil((1000 * DAYS) / individuals));

const QUESTIONS = {
  identifier: () => {
    const value = `70${String(20_000_001 + below(individuals))}`;
    return { criteria: { query_type: 'idtype-value', query: { type: 'UIN', value } }, values: [value] };
  },
  birthDate: () => {
    const first = below(DAYS - width);
    const [from, until] = [day(first), day(first + width)];
    const compare = (operator, value) => ({ attribute_name: 'birth_date', operator, attribute_value: value });
    return {
      criteria: {
        query_type: 'predicate',
        query: [{ seq_num: 1, expression1: compare('ge', from), condition: 'and', expression2: compare('lt', until) }],
        sort: [{ attribute_name: 'birth_date', sort_order: 'asc' }],
        pagination: { page_size: PAGE, page_number: 1 },
      },
      values: [from, until],
    };
  },
};
const TITLES = { identifier: 'by identifier', birthDate: `by birth date, page of ${PAGE}` };

const askGateway = (token, { criteria }) => ({
  method: 'POST',
  path: '/crvs/registry/sync/search',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  body: message(criteria),
});
const askFloor = (kind, { values }) => ({
  method: 'GET',
  path: `/${kind}?${new globalThis.URLSearchParams(values.map((value) => ['value', value]))}`,
});

async function checkSameAnswers(kind, gateway, floor, token) {
  const question = QUESTIONS[kind]();
  const [ours, bare] = [new Pool(gateway.url), new Pool(floor.url)];
  const [item] = JSON.parse(await request(ours, askGateway(token, question))).message.search_response;
  const { total, records } = JSON.parse(await request(bare, askFloor(kind, question)));
  await Promise.all([ours.close(), bare.close()]);
  const identifiers = (list) => list.map(({ identifier }) => identifier.map((one) => one.identifier_value).sort());
  const isSame =
    item.status === 'succ' &&
    item.pagination.total_count === total &&
    JSON.stringify(identifiers(item.data.reg_records)) === JSON.stringify(identifiers(records));
  if (!isSame)
    throw new Error(`The gateway and the floor do not answer the same: ${JSON.stringify(item).slice(0, 400)}`);
  return { total, shown: records.length };
}

/** Milliseconds of processor that a process has used, or NaN where the system does not say. */
function cpuOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

/** Saturates one server; the processor time is that of its Node process, without PostgreSQL's. */
async function saturate({ url, pid, ask }, how) {
  const before = cpuOf(pid);
  const { perSecond, answered } = await closedLoop(url, ask, how);
  return { perSecond, cpu: (cpuOf(pid) - before) / answered };
}

const median = (values) => quantile(values, 0.5);
const number = (value, digits, width) => value.toFixed(digits).padStart(width);

console.log(`filling the registry with ${individuals} individuals, unless they are there`);
const filled = await command('demo', 'generate', '--individuals', String(individuals), '--json');
console.log(
  `${filled.individuals} individuals, ${filled.identifiers} identifiers; made now: ${filled.individualsPerSecond}/s`,
);
const client = await command('client', 'create', `bench ${randomUUID()}`, '--json');
const gateway = await start('gateway', startWords, /GraphQL\s+(http:\/\/[^\s/]+)\/graphql/u);
const floor = await start('floor', [...nodeOptions, 'bench/search-floor.mjs'], /listening (http:\S+)/u);
try {
  const open = { rate: RATE, seconds };
  const closed = { callers: CALLERS, seconds: Math.max(2, seconds / 2) };
  console.log(
    `\n${rounds} rounds of ${seconds} s, node ${process.version}, other load of the machine ${loadavg()[0].toFixed(1)}`,
  );
  for (const kind of Object.keys(QUESTIONS)) {
    const token = await fetchToken(gateway.url, client);
    const { total, shown } = await checkSameAnswers(kind, gateway, floor, token);
    const servers = [
      { name: 'gateway', ...gateway, ask: () => askGateway(token, QUESTIONS[kind]()), latencies: [], rates: [] },
      { name: 'floor', ...floor, ask: () => askFloor(kind, QUESTIONS[kind]()), latencies: [], rates: [] },
    ];
    for (const { url, ask } of servers) await closedLoop(url, ask, { callers: CALLERS, seconds: 3 });
    for (let round = 0; round < rounds; round += 1) {
      for (const { url, ask, latencies } of servers) latencies.push(...(await openLoop(url, ask, open)));
      for (const server of servers) server.rates.push(await saturate(server, closed));
    }
    console.log(`\n${TITLES[kind]} (${shown} of ${total} shown)`);
    console.log(
      `          at ${RATE}/s: p50 ms   p95 ms   p99 ms      ${CALLERS} callers: requests/s   CPU ms/request`,
    );
    for (const { name, latencies, rates } of servers) {
      const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(latencies, share));
      console.log(
        `${name.padEnd(9)} ${number(p50, 1, 15)} ${number(p95, 1, 8)} ${number(p99, 1, 8)} ${number(median(rates.map(({ perSecond }) => perSecond)), 0, 27)} ${number(median(rates.map(({ cpu }) => cpu)), 2, 16)}`,
      );
    }
    const [ours, bare] = servers;
    const p99 = quantile(ours.latencies, 0.99);
    const [perSecond, barePerSecond] = [ours, bare].map(({ rates }) => median(rates.map((rate) => rate.perSecond)));
    const share = perSecond / barePerSecond;
    const verdict = (isMet) => (isMet ? 'reached' : 'NOT reached');
    console.log(`ratio     ${number(p99 / quantile(bare.latencies, 0.99), 2, 33)} ${number(share, 2, 27)}`);
    console.log(
      `aim       p99 below ${AIM.p99} ms: ${verdict(p99 < AIM.p99)}; at least ${AIM.share} of the floor: ${verdict(share >= AIM.share)}`,
    );
  }
} finally {
  await floor.stop();
  await gateway.stop();
  await command('client', 'revoke', client.clientId, '--json').catch(() => undefined);
}
