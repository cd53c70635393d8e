// Measures the list query of a dashboard out of 200,000 people, beside the floor: the same page as one prepared
// statement behind a bare node:http server. Prints requests/s, p50, p99 and CPU ms per request of each process.
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

async function loadDemo() {
  const words = ['bin/dci-gateway.mjs', 'demo', 'load', '--individuals', String(individuals), '--json'];
  const child = spawn(process.execPath, words, {
    cwd: project,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the demo could not be loaded');
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

async function sameAnswers(graph, floor) {
  const { body } = graphRequests[0];
  const headers = { 'content-type': 'application/json' };
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
await loadDemo();
const graph = await start('graph', startWords, /GraphQL\s+(http:\/\/[^\s/]+)\/graphql/u);
const floor = await start('floor', [...nodeOptions, 'bench/graphql-floor.mjs'], /listening (http:\S+)/u);
try {
  await sameAnswers(graph, floor);
  const runs = { graph: [], floor: [] };
  await measure(graph, graphRequests, 3);
  await measure(floor, floorRequests, 2);
  for (let round = 0; round < rounds; round += 1) {
    runs.graph.push(await measure(graph, graphRequests, seconds));
    runs.floor.push(await measure(floor, floorRequests, seconds));
  }
  console.log(`\n50 individuals with identifiers, birth place, memberships and group, of ${individuals}`);
  console.log(`${connections} connections, ${rounds} rounds of ${seconds} s each, node ${process.version}, medians\n`);
  console.log('          requests/s   p50 ms   p99 ms   CPU ms/request   RSS MB');
  for (const server of [graph, floor]) {
    const of = (key) => median(runs[server.name].map((run) => run[key]));
    const columns = [of('perSecond').toFixed(0), of('p50').toFixed(0), of('p99').toFixed(0), of('cpu').toFixed(2)];
    const widths = [10, 8, 8, 16];
    const cells = columns.map((text, index) => text.padStart(widths[index])).join(' ');
    console.log(`${server.name.padEnd(9)} ${cells} ${memoryOf(server.pid).toFixed(0).padStart(8)}`);
  }
  const ratio =
    median(runs.graph.map(({ perSecond }) => perSecond)) / median(runs.floor.map(({ perSecond }) => perSecond));
  console.log(`\nthe graph answers ${ratio.toFixed(2)} times as many requests as the floor`);
} finally {
  await floor.stop();
  await graph.stop();
}
