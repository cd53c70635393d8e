import { FULL_ACCESS } from '../../src/record/access.js';
import { globalId } from '../../src/graphql/global-id.js';
import { FAMILY, insertFamily } from '../graphql/known-family.js';
import { openTestGraph, type TestGraph } from '../graphql/test-graph.js';
import { moments, welch } from './trimmed-times.js';

/** Whether the time of an answer tells somebody whom the caller may not see from nobody (G28). */
const REQUESTS = Number(process.env['DCI_TIMING_REQUESTS'] ?? 20_000);
const WARM_UP = 500;
/** By which part the means may differ. */
const LARGEST_DIFFERENCE = 0.05;

let graph: TestGraph;
beforeAll(async () => {
  graph = await openTestGraph({ environment: 'production' });
  await insertFamily(graph.database.pool);
  const rows = { kind: 'within', place: 'birth', locationIds: [FAMILY.elsewhere] } as const;
  const rowLimits = [{ bornWithin: [FAMILY.elsewhere] }];
  graph.callAs({ access: { ...FULL_ACCESS, rows, rowLimits } });
});
afterAll(() => graph.close());

async function timeOf(id: string): Promise<number> {
  const query = 'query ($id: ID!) { individual(id: $id) { name { full } mother { id } } }';
  const body = JSON.stringify({ query, variables: { id: globalId('Individual', id) } });
  const started = performance.now();
  const text = await (await graph.post(body)).text();
  const time = performance.now() - started;
  expect(text).toBe('{"data":{"individual":null}}\n');
  return time;
}

test('somebody outside the rows of the caller takes as long as nobody', async () => {
  const people = [FAMILY.son, '00000000-0000-4000-8000-0000000000ff'] as const;
  const times: [number[], number[]] = [[], []];
  for (let n = 0; n < WARM_UP; n += 1) for (const person of people) await timeOf(person);
  for (let n = 0; n < REQUESTS; n += 1) {
    const which = Math.random() < 0.5 ? 0 : 1;
    times[which].push(await timeOf(people[which]));
    graph.database.statements.length = 0;
    graph.logLines.length = 0;
  }
  const [hidden, absent] = times;
  const difference = moments(hidden).mean / moments(absent).mean - 1;
  process.stdout.write(
    `hidden against absent: ${(difference * 100).toFixed(2)} %, Welch t = ${welch(hidden, absent).toFixed(2)} over ${String(REQUESTS)}\n`,
  );
  expect(Math.abs(difference)).toBeLessThan(LARGEST_DIFFERENCE);
});
