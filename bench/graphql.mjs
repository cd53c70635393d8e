// Measures the list query of a dashboard out of 200,000 people, beside the floor: the same page as one prepared
// statement behind a bare node:http server; and beside the same gateway without bearer check, limits and ledger, which
// shows what these cost. Prints requests/s, p50, p99 and CPU ms per request of each process.
//
//   npm run bench:graphql                    the embedded database, in data/bench-graphql, filled by the first run
//   DATABASE_URL=... npm run bench:graphql   a database of yours
//
// BENCH_SECONDS (5), BENCH_ROUNDS (3), BENCH_CONNECTIONS (16) and BENCH_INDIVIDUALS (200000) may be set.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const number = (name, fallback) => Number(process.env[name] ?? fallback);
const seconds = number('BENCH_SECONDS', 5);
const rounds = number('BENCH_ROUNDS', 3);
const connections = number('BENCH_CONNECTIONS', 16);
const individuals = number('BENCH_INDIVIDUALS', 200_000);

const environment = {
  ...process.env,
  DATA_DIR: process.env.DATA_DIR ?? join(project, 'data/bench-graphql'),
  KEYS_DIR: process.env.KEYS_DIR ?? join(project, 'data/bench-graphql/keys'),
  HOST: '127.0.0.1',
  PORT: '0',
  DEMO: 'off',
  LOG_LEVEL: 'warn',
  TOKEN_LIFETIME_SECONDS: '3600',
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
  return { name, url, pid: child.pid, stop };
}

/** What a command of the command line prints as JSON. */
async function command(...words) {
  const child = spawn(process.execPath, ['bin/dci-gateway.mjs', ...words, '--json'], {
    cwd: project,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${words.join(' ')} failed`);
  return printed;
}

/** A dashboard's token: with scopes, and with limits that leave the list as it is. */
async function dashboardToken(url) {
  const name = `Benchmark ${new Date().toISOString()}`;
  const scopes = ['--scope', 'graph.read', 'graph.personal'];
  const { clientId, clientSecret } = JSON.parse(await command('client', 'create', name, ...scopes));
  const answer = await fetch(`${url}/oauth2/client/token`, {
    method: 'POST',
    body: new globalThis.URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  });
  return (await answer.json()).access_token;
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

function memoryOf(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

const documents = readFileSync(join(project, 'schema/operations/individuals.graphql'), 'utf8');
const query = /query ListIndividuals[^]*?\n\}\n/u.exec(documents)[0];

// 200 windows of five years, the same in every run.
const windows = Array.from({ length: 200 }, (_, index) => {
  const year = 1950 + ((index * 37) % 65);
  const month = String(1 + ((index * 7) % 12)).padStart(2, '0');
  return { from: `${year}-${month}-01`, until: `${year + 5}-${month}-01` };
});

const graphRequests = windows.map(({ from, until }) => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    query,
    variables: { first: 50, filter: { birthDate: { ge: from, lt: until } }, sort: [{ field: 'BIRTH_DATE' }] },
  }),
}));
const floorRequests = windows.map(({ from, until }) => ({ method: 'GET', path: `/?from=${from}&until=${until}` }));

async function sameAnswers(graph, requests, floor) {
  const { body, headers } = requests[0];
  const answer = await (await fetch(`${graph.url}/graphql`, { method: 'POST', headers, body })).json();
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  const ours = answer.data.individuals.nodes;
  const bare = await (await fetch(`${floor.url}${floorRequests[0].path}`)).json();
  const essence = ({ name, birthDate, identifiers, birthPlace, memberships }) => [
    name.full,
    birthDate,
    identifiers.map(({ value }) => value).sort(),
    birthPlace?.name ?? null,
    memberships.map(({ group }) => group.name),
  ];
  if (ours.length !== 50 || JSON.stringify(ours.map(essence)) !== JSON.stringify(bare.map(essence))) {
    throw new Error('The graph and the floor do not answer the same');
  }
}

async function measure(server, requests, duration) {
  const before = cpuOf(server.pid);
  const result = await autocannon({ url: server.url, connections, duration, requests });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${server.name}: ${result.non2xx + result.errors} failed`);
  const { total } = result.requests;
  return {
    perSecond: total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpu: (cpuOf(server.pid) - before) / total,
  };
}

const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

console.log(`loading ${individuals} individuals, unless they are there`);
await command('demo', 'load', '--individuals', String(individuals));
const graph = await start('graph', startWords, /GraphQL\s+(http:\/\/[^\s/]+)\/graphql/u);
const floor = await start('floor', [...nodeOptions, 'bench/graphql-floor.mjs'], /listening (http:\S+)/u);
const unchecked = await start('unchecked', [...nodeOptions, 'bench/graphql-unchecked.mjs'], /listening (http:\S+)/u);
try {
  const token = await dashboardToken(graph.url);
  const checkedRequests = graphRequests.map((request) => ({
    ...request,
    headers: { ...request.headers, authorization: `Bearer ${token}` },
  }));
  const asked = [
    [graph, checkedRequests],
    [unchecked, graphRequests],
    [floor, floorRequests],
  ];
  await sameAnswers(graph, checkedRequests, floor);
  await sameAnswers(unchecked, graphRequests, floor);
  const runs = new Map(asked.map(([server]) => [server, []]));
  for (const [server, requests] of asked) await measure(server, requests, 3);
  for (let round = 0; round < rounds; round += 1) {
    // In turns, and each time another first: what a machine does beside is not always to one's charge.
    for (let turn = 0; turn < asked.length; turn += 1) {
      const [server, requests] = asked[(round + turn) % asked.length];
      runs.get(server).push(await measure(server, requests, seconds));
    }
  }
  const of = (server, key) => median(runs.get(server).map((run) => run[key]));
  console.log(`\n50 individuals with identifiers, birth place, memberships and group, of ${individuals}`);
  console.log(`${connections} connections, ${rounds} rounds of ${seconds} s each, node ${process.version}, medians\n`);
  console.log('          requests/s   p50 ms   p99 ms   CPU ms/request   RSS MB');
  for (const [server] of asked) {
    const columns = [
      of(server, 'perSecond').toFixed(0),
      of(server, 'p50').toFixed(0),
      of(server, 'p99').toFixed(0),
      of(server, 'cpu').toFixed(2),
    ];
    const widths = [10, 8, 8, 16];
    const cells = columns.map((text, index) => text.padStart(widths[index])).join(' ');
    console.log(`${server.name.padEnd(9)} ${cells} ${memoryOf(server.pid).toFixed(0).padStart(8)}`);
  }
  const more = (key) => ((of(graph, key) / of(unchecked, key) - 1) * 100).toFixed(0);
  console.log(
    `\nthe graph answers ${(of(graph, 'perSecond') / of(floor, 'perSecond')).toFixed(2)} times as many requests as the floor`,
  );
  console.log(
    `bearer check, limits and ledger add ${more('cpu')} % Node CPU (aim: less than 15) and ${more('p99')} % p99 (aim: less than 25)`,
  );
} finally {
  await unchecked.stop();
  await floor.stop();
  await graph.stop();
}
