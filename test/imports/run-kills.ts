import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import {
  CreateDataSourceDocument,
  CreateSearchCriteriaDocument,
  EnableFetchingDocument,
  FetchDocument,
  SyncLocationsDocument,
  WatchImportDocument,
} from '../../schema/generated/graphql.js';
import { EmbeddedServer } from '../../src/database/embedded.js';
import { createPool } from '../../src/database/pool.js';
import { type Fault, type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { ask, expectMade, watchImport } from '../end-to-end/ask.js';
import { gatewayFolder, startGateway } from '../end-to-end/gateway-process.js';
import { countPeople } from './import-rig.js';

/** What is killed: the gateway, the database beneath it, or both. */
export type Victim = 'gateway' | 'database' | 'both';

/** An import that is killed again and again. */
export interface Killing {
  readonly births: number;
  readonly pageSize: number;
  /** Who dies, in this order; those of one round without a page written between them. */
  readonly rounds: readonly (readonly Victim[])[];
  /** 0 to 1, as Math.random gives it. */
  readonly chance: () => number;
}

/** What is left when it is over. */
export interface Aftermath {
  readonly run: { readonly state: string; readonly recordsDone: number };
  /** The same criteria, imported once more without any kill. */
  readonly second: { readonly created: number; readonly updated: number; readonly failed: number };
  readonly items: number;
  readonly places: number;
  readonly familiesWithoutMother: number;
  /** Of the registry, and as the register knows them to be. */
  readonly people: Awaited<ReturnType<typeof countPeople>>;
  readonly truth: Aftermath['people'];
  readonly records: number;
  /** From when the gateway was there again after each round until the next page was written, in milliseconds. */
  readonly recoveries: readonly number[];
}

/** One answer in twenty is an error. */
function unreliable(chance: () => number, answers: number): Fault[] {
  const failing = Array.from({ length: answers }, (_, after) => after).filter(() => chance() < 0.05);
  return [
    { kind: 'slow', milliseconds: 60 },
    ...failing.map((after) => ({ kind: 'server-error', after, times: 1 }) as const),
  ];
}

/** Imports a register through a real gateway with its own PostgreSQL, killing as it is told. */
export async function importUnderFire({ births, pageSize, rounds, chance }: Killing): Promise<Aftermath> {
  const register = await startMockRegistry({ births, seed: Math.floor(chance() * 1_000) });
  const home = await gatewayFolder();
  const { folder } = home;
  const settings = { DEMO: 'off', LOG_LEVEL: 'warn' };
  let gateway = await startGateway(folder, settings);
  try {
    await addSource(gateway.url, pageSize, register);
    register.setFaults(unreliable(chance, births));
    const bounds = { bornFrom: { date: '1900-01-01' }, bornUntil: { date: '2099-12-31' } };
    const input = { name: 'Everybody', dataSource: 'crvs', ...bounds };
    const { createSearchCriteria } = await ask(gateway.url, CreateSearchCriteriaDocument, { input });
    const criteriaId = expectMade(createSearchCriteria, 'SearchCriteria').id;
    const { fetch: fetched } = await ask(gateway.url, FetchDocument, { searchCriteriaId: criteriaId });
    const { id } = expectMade(fetched, 'ImportRun');

    const recoveries: number[] = [];
    let killed = 0;
    for (const victims of rounds) {
      const before = await progress(gateway.url, id, () => true);
      await progress(gateway.url, id, ({ pagesDone }) => pagesDone > before.pagesDone);
      await delay(chance() * 120);
      const { pagesDone, state } = await progress(gateway.url, id, () => true);
      if (state === 'SUCCEEDED') throw new Error('the import was over before the last kill: it needs more births');
      let backAt = 0;
      for (const victim of victims) {
        if (victim !== 'gateway') killed = await killDatabase(folder, killed);
        if (victim !== 'database') {
          await gateway.kill();
          gateway = await startGateway(folder, settings);
        }
        backAt = performance.now();
      }
      await progress(gateway.url, id, (run) => run.pagesDone > pagesDone + 1 || run.state === 'SUCCEEDED');
      recoveries.push(performance.now() - backAt);
    }
    register.setFaults([]);
    const run = await progress(gateway.url, id, ({ state }) => state === 'SUCCEEDED' || state === 'FAILED');

    await ask(gateway.url, EnableFetchingDocument, { searchCriteriaId: criteriaId });
    const { fetch: again } = await ask(gateway.url, FetchDocument, { searchCriteriaId: criteriaId });
    const { outcomes } = await watchImport(gateway.url, expectMade(again, 'ImportRun').id);
    const left = await inDatabase(folder, async (pool) => {
      const number = async (sql: string, values: unknown[] = []): Promise<number> => {
        const { rows } = await pool.query<{ number: number }>(`select (${sql}) as number`, values);
        return Number(rows[0]?.number);
      };
      const first = `(select id from import_runs order by created_at limit 1)`;
      const { truth } = register;
      return {
        run,
        second: outcomes,
        items: await number(`select count(*) from import_items where import_run_id = ${first}`),
        places: await number(`select count(distinct (page, ordinal)) from import_items where import_run_id = ${first}`),
        familiesWithoutMother: await number(`
          select count(*) from groups g where g.kind = 'family' and not exists (
            select from memberships m where m.group_id = g.id and m.individual_id = g.origin_individual_id)`),
        people: await countPeople({ number }),
        truth: {
          children: truth.children,
          mothers: truth.mothers,
          fathers: truth.fathers,
          people: truth.individuals,
          families: truth.families,
          unidentifiedMothers: truth.unidentifiedMothers,
          unidentifiedFathers: truth.unidentifiedFathers,
          familiesOfUnidentifiedMothers: truth.familiesOfUnidentifiedMothers,
        },
        records: truth.records,
        recoveries,
      };
    });
    await gateway.stop();
    return left;
  } finally {
    await gateway.kill();
    // The last to leave stops the server: where the gateway could not, we do.
    if ((await databasePid(folder)) !== null) await inDatabase(folder, () => Promise.resolve());
    await register.close();
    await home.remove();
  }
}

type Run = Pick<Awaited<ReturnType<typeof watchImport>>, 'state' | 'pagesDone' | 'recordsDone'>;

/** The run once it is so; until then the gateway or its database may be away. */
async function progress(url: string, id: string, isReached: (run: Run) => boolean): Promise<Run> {
  for (const end = Date.now() + 60_000; ; await delay(50)) {
    const answer = await ask(url, WatchImportDocument, { id }).catch(() => null);
    if (answer?.importRun && isReached(answer.importRun)) return answer.importRun;
    if (Date.now() > end) throw new Error(`the run did not get there: ${JSON.stringify(answer)}`);
  }
}

async function addSource(url: string, pageSize: number, register: MockRegistry): Promise<void> {
  const { url: baseUrl, clientId, clientSecret } = register;
  const how = { dialect: 'OPENCRVS_1_0', credentialLocation: 'QUERY' } as const;
  const input = { code: 'crvs', name: 'CRVS', baseUrl, clientId, clientSecret, pageSize, ...how };
  const { createDataSource } = await ask(url, CreateDataSourceDocument, { input });
  expectMade(createDataSource, 'DataSource');
  const { syncLocations } = await ask(url, SyncLocationsDocument, { source: 'crvs' });
  expectMade(syncLocations, 'LocationSync');
}

/** Kills the database, as soon as it is another process than the one that was killed before; answers with its id. */
async function killDatabase(folder: string, before: number): Promise<number> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(5)) {
    const pid = await databasePid(folder);
    if (pid === null || pid === before) continue;
    process.kill(pid, 'SIGKILL');
    return pid;
  }
  throw new Error('the database did not start again');
}

/** `null` where it was stopped, not killed. */
async function databasePid(folder: string): Promise<number | null> {
  const lock = await readFile(join(folder, 'data', 'database', 'cluster', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number(lock.split('\n')[0]) || null;
}

/** Works in the database of the gateway, whether that is running or not, and stops the server if nobody else needs it. */
async function inDatabase<T>(folder: string, work: (pool: ReturnType<typeof createPool>) => Promise<T>): Promise<T> {
  const server = await EmbeddedServer.start({ dataDir: join(folder, 'data'), log: pino({ level: 'silent' }) });
  const pool = createPool(server.url, { size: 1 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
    await server.close();
  }
}
