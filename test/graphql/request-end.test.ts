import { createPool } from '../../src/database/pool.js';
import { insertFamily } from './known-family.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

describe('a query that waits in the database', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph({ answerSeconds: 1 });
    await insertFamily(graph.database.pool);
  });
  afterAll(() => graph.close());

  /** Statements of the gateway that run or wait, seen from outside. */
  const QUERY = '{ individuals { nodes { name { full } } } }';

  /** Holds the table of people, so that whoever reads it waits. */
  async function whilePeopleAreLocked(work: (waiting: () => Promise<number>) => Promise<void>): Promise<void> {
    const owner = createPool(graph.database.ownerUrl, { size: 2, applicationName: 'holds the table' });
    const client = await owner.connect();
    try {
      await client.query('begin; lock table individuals in access exclusive mode');
      await work(async () => {
        const { rows } = await owner.query<{ count: number }>(
          `select count(*) from pg_locks l join pg_database d on d.oid = l.database
           where d.datname = current_database() and not l.granted and l.relation = 'individuals'::regclass`,
        );
        return rows[0]?.count ?? 0;
      });
    } finally {
      await client.query('rollback');
      client.release();
      await owner.end();
    }
  }

  async function until(condition: () => Promise<boolean>, milliseconds: number): Promise<number> {
    const start = performance.now();
    while (!(await condition())) {
      if (performance.now() - start > milliseconds) throw new Error('It did not come about in time');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return performance.now() - start;
  }

  test('is given up after its time, and its statement with it', async () => {
    await whilePeopleAreLocked(async (waiting) => {
      const response = await graph.post(JSON.stringify({ query: QUERY }));
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({
        data: null,
        errors: [{ extensions: { code: 'DEADLINE_EXCEEDED' } }],
      });
      await until(async () => (await waiting()) === 0, 1000);
    });
    expect((await graph.ask(QUERY)).errors).toBeUndefined();
  });

  test('is cancelled within a second when the caller hangs up', async () => {
    await whilePeopleAreLocked(async (waiting) => {
      const hangUp = new AbortController();
      const answer = fetch(graph.url, {
        method: 'POST',
        body: JSON.stringify({ query: QUERY }),
        headers: { 'content-type': 'application/json' },
        signal: hangUp.signal,
      });
      answer.catch(() => undefined);
      await until(async () => (await waiting()) > 0, 900);
      hangUp.abort();
      expect(await until(async () => (await waiting()) === 0, 1000)).toBeLessThan(1000);
    });
    expect(graph.logLines.join('\n')).not.toContain('failed unexpectedly');
  });
});
