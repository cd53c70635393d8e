import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { type Jobs, startJobs } from '../../src/database/jobs.js';
import { fetchCriteria } from '../../src/imports/fetch.js';
import { findImportRun, type ImportRun } from '../../src/imports/import-run.js';
import { startImportWorkers } from '../../src/imports/import-workers.js';
import { createSearchCriteria, enableFetching, type SearchCriteriaInput } from '../../src/imports/search-criteria.js';
import { type DataSourceInput } from '../../src/sources/data-source.js';
import { createDataSource, type DataSource } from '../../src/sources/data-sources.js';
import { RegistryClient } from '../../src/sources/registry-client.js';
import { QUICK } from '../sources/dci-peer.js';
import { reversingSeal } from '../sources/reversing-seal.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { OPEN_AGENT } from '../open-agent.js';
import { operator } from '../security/operator.js';
import { desk } from '../registry/desk.js';
import { erased } from '../registry/erased.js';

export const log = pino({ level: 'silent' });

/** Every birth that a register can hold. */
export const ALWAYS = {
  bornFrom: { date: '1900-01-01', inclusive: true },
  bornUntil: { date: '2099-12-31', inclusive: true },
};

/** A gateway's import line on a database of its own: a real queue, real workers, the real client. */
export interface ImportRig {
  readonly database: TestDatabase;
  readonly client: RegistryClient;
  readonly jobs: Jobs;
  addSource(input: Partial<DataSourceInput> & { readonly baseUrl: string }): Promise<DataSource>;
  /** From now on jobs are worked on. */
  startWorkers(): void;
  /** Makes a criteria, fetches it and waits until the run has ended. */
  import(input?: Partial<SearchCriteriaInput>): Promise<ImportRun>;
  /** Enables fetching on a criteria again, fetches and waits. */
  importAgain(searchCriteriaId: string): Promise<ImportRun>;
  ended(runId: string): Promise<ImportRun>;
  number(sql: string, values?: unknown[]): Promise<number>;
  close(): Promise<void>;
}

export async function openRig(keys: typeof reversingSeal = reversingSeal): Promise<ImportRig> {
  const database = await createTestDatabase();
  const { pool } = database;
  const client = new RegistryClient({
    agent: OPEN_AGENT,
    pool,
    keys,
    senderId: () => 'gateway.example.org',
    publicUrl: () => 'https://gateway.example.org',
    log,
    limits: QUICK,
  });
  const jobs = await startJobs({ url: database.url, log });
  let criteriaMade = 0;

  const ended = async (runId: string): Promise<ImportRun> => {
    const deadline = Date.now() + 50_000;
    while (Date.now() < deadline) {
      const run = await findImportRun(pool, runId);
      if (run === null) throw new Error('there is no such run');
      if (run.state === 'succeeded' || run.state === 'failed') return run;
      await delay(20);
    }
    throw new Error('the run did not end in time');
  };

  return {
    database,
    client,
    jobs,
    ended,
    addSource: (input) =>
      createDataSource(
        pool,
        reversingSeal,
        {
          code: 'crvs',
          name: 'CRVS',
          dialect: 'opencrvs-1.0',
          clientId: 'gateway',
          clientSecret: 'secret',
          credentialLocation: 'query',
          timeoutMs: 5_000,
          ...input,
        },
        operator(pool),
      ),
    startWorkers: () => startImportWorkers({ pool, jobs, client, log, keys, erased, desk }),
    async import(input = {}) {
      criteriaMade += 1;
      const criteria = await createSearchCriteria(pool, {
        name: `Criteria ${criteriaMade}`,
        dataSource: 'crvs',
        ...ALWAYS,
        ...input,
      });
      return await ended((await fetchCriteria({ pool, jobs }, criteria.id, 'operator')).id);
    },
    async importAgain(searchCriteriaId) {
      await enableFetching(pool, searchCriteriaId);
      return await ended((await fetchCriteria({ pool, jobs }, searchCriteriaId, 'operator')).id);
    },
    async number(sql, values = []) {
      const { rows } = await pool.query<{ number: number }>(`select (${sql}) as number`, values);
      return Number(rows[0]?.number);
    },
    async close() {
      await jobs.close();
      await client.close();
      await database.close();
    },
  };
}

/** What a registry holds after an import; people are told apart by identifier. */
export async function countPeople(rig: Pick<ImportRig, 'number'>) {
  const isIdentified = (id: string): string => `exists (select from identifiers n where n.individual_id = ${id})`;
  const parents = (type: string, condition: string): string =>
    `select count(distinct r.source_id) from relationships r where r.type = '${type}' and ${condition}`;
  return {
    children: await rig.number('select count(distinct individual_id) from import_items'),
    mothers: await rig.number(parents('mother_of', isIdentified('r.source_id'))),
    fathers: await rig.number(parents('father_of', isIdentified('r.source_id'))),
    people: await rig.number(`select count(*) from individuals i where ${isIdentified('i.id')}`),
    families: await rig.number(
      `select count(*) from groups g where kind = 'family' and ${isIdentified('g.origin_individual_id')}`,
    ),
    unidentifiedMothers: await rig.number(parents('mother_of', `not ${isIdentified('r.source_id')}`)),
    unidentifiedFathers: await rig.number(parents('father_of', `not ${isIdentified('r.source_id')}`)),
    familiesOfUnidentifiedMothers: await rig.number(
      `select count(*) from groups g where kind = 'family' and not ${isIdentified('g.origin_individual_id')}`,
    ),
  };
}
