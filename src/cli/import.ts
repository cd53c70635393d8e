import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { type Pool } from 'pg';
import { startJobs } from '../database/jobs.js';
import { fetchCriteria, resumeRun } from '../imports/fetch.js';
import { findImportRun, type ImportRun, listImportRuns } from '../imports/import-run.js';
import { startImportWorkers } from '../imports/import-workers.js';
import {
  createSearchCriteria,
  criteriaUnknown,
  enableFetching,
  findSearchCriteriaByName,
  type SearchCriteria,
} from '../imports/search-criteria.js';
import { Problem } from '../record/problem.js';
import { erasedPeople } from '../security/erasure/erase-individual.js';
import { getDataSource } from '../sources/data-sources.js';
import { columns, print } from './output.js';
import { withProgress } from './progress.js';
import { type Session, withSession } from './session.js';

/** How often the progress of a run is read. */
const WATCH_MS = 250;

interface RunOptions {
  readonly source?: string;
  readonly bornFrom?: string;
  readonly bornUntil?: string;
  readonly locationType?: string;
  readonly json?: boolean;
}

/** `import run|resume|enable|list`: bring people and families in from another registry. */
export function importCommand(): Command {
  const command = new Command('import').description('bring people and families in from another registry');

  command
    .command('run')
    .description('fetch a search criteria to the last page and watch it; makes the criteria where there is none')
    .argument('<name>', 'name of the search criteria')
    .option('--source <code>', 'the registry to ask, for new search criteria')
    .option('--born-from <date>', 'earliest day of birth, YYYY-MM-DD')
    .option('--born-until <date>', 'last day of birth, YYYY-MM-DD')
    .option('--location-type <type>', 'only people born in places of this type, such as HEALTH_FACILITY')
    .option('--json', 'print the finished run as JSON')
    .action(async (name: string, options: RunOptions) => {
      await withSession(async (session) => {
        const held = await findSearchCriteriaByName(session.pool, name);
        if (held !== null) await checkSameCriteria(session.pool, held, options);
        const criteria = held ?? (await createSearchCriteria(session.pool, newCriteria(name, options)));
        await work(session, options, (context) => fetchCriteria(context, criteria.id, 'command line'));
      });
    });

  command
    .command('resume')
    .description('go on with a run that failed, at the page where it stopped')
    .argument('<run-id>')
    .option('--json', 'print the finished run as JSON')
    .action(async (runId: string, options: { json?: boolean }) => {
      await withSession(async (session) => {
        await work(session, options, (context) => resumeRun(context, runId));
      });
    });

  command
    .command('enable')
    .description('unlock search criteria whose fetch has succeeded, to be fetched again (Enable Fetching)')
    .argument('<name>', 'name of the search criteria')
    .option('--json', 'print the criteria as JSON')
    .action(async (name: string, options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const held = await findSearchCriteriaByName(pool, name);
        if (held === null) throw criteriaUnknown();
        const unlocked = await enableFetching(pool, held.id);
        print(unlocked, options, () => [
          `${unlocked.name} can be fetched again: dci-gateway import run "${unlocked.name}"`,
        ]);
      });
    });

  command
    .command('list')
    .description('the latest runs')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const { items } = await listImportRuns(pool, { first: 20 });
        print(items, options, () =>
          columns([
            ['RUN', 'STATE', 'PAGES', 'RECORDS', 'STARTED'],
            ...items.map((run) => [
              run.id,
              run.state,
              String(run.pagesDone),
              String(run.recordsDone),
              run.startedAt?.toISOString() ?? 'not yet',
            ]),
          ]),
        );
      });
    });

  return command;
}

function newCriteria(name: string, { source, bornFrom, bornUntil, locationType }: RunOptions) {
  if (source === undefined) {
    throw new Problem(
      'SEARCH_CRITERIA_UNKNOWN',
      'There is no search criteria of that name: to make it, say --source and --born-from with --born-until',
    );
  }
  return {
    name,
    dataSource: source,
    ...(bornFrom === undefined ? {} : { bornFrom: { date: bornFrom, inclusive: true } }),
    ...(bornUntil === undefined ? {} : { bornUntil: { date: bornUntil, inclusive: true } }),
    ...(locationType === undefined ? {} : { locationType }),
  };
}

/** Options that are given beside a name that is taken must not be passed over: they would ask for something else. */
async function checkSameCriteria(pool: Pool, held: SearchCriteria, options: RunOptions): Promise<void> {
  const { source, bornFrom, bornUntil, locationType } = options;
  const sourceId = source === undefined ? held.dataSourceId : (await getDataSource(pool, source)).id;
  const isSameBound = (given: string | undefined, bound: SearchCriteria['bornFrom']) =>
    given === undefined || (bound !== null && bound.inclusive && bound.date === given);
  const isSame =
    sourceId === held.dataSourceId &&
    isSameBound(bornFrom, held.bornFrom) &&
    isSameBound(bornUntil, held.bornUntil) &&
    (locationType === undefined || locationType === held.locationType);
  if (isSame) return;
  throw new Problem(
    'CRITERIA_DIFFER',
    'The search criteria of that name ask for something else: leave the options out to fetch them, or choose another name',
  );
}

/** Starts the run, takes part in its work (a gateway may be running or not) and watches it to the end. */
async function work(
  { pool, keys, client, log, database }: Session,
  options: { json?: boolean | undefined },
  start: (context: { pool: Pool; jobs: Awaited<ReturnType<typeof startJobs>> }) => Promise<ImportRun>,
): Promise<void> {
  const jobs = await startJobs({ url: database.url, log });
  try {
    const { id } = await start({ pool, jobs });
    startImportWorkers({ pool, jobs, client, log, keys, erased: erasedPeople(keys) });
    const finished = await withProgress('records', 0, async (onProgress) => {
      for (;;) {
        const run = await findImportRun(pool, id);
        if (run === null) throw new Problem('IMPORT_RUN_UNKNOWN', 'The run is no longer there');
        onProgress(run.recordsDone, run.recordsReported ?? run.recordsDone);
        if (run.state === 'succeeded' || run.state === 'failed') return run;
        await delay(WATCH_MS);
      }
    });
    print(finished, options, () => describeRun(finished));
    if (finished.state === 'failed') {
      throw new Problem(
        finished.errorCode ?? 'IMPORT_FAILED',
        `${finished.errorMessage ?? 'The import failed'}\nGo on with: dci-gateway import resume ${finished.id}`,
      );
    }
  } finally {
    await jobs.close();
  }
}

function describeRun(run: ImportRun): string[] {
  const outcomes = Object.entries(run.outcomes).map(([outcome, count]) => `${String(count)} ${outcome}`);
  return [
    `${String(run.recordsDone)} records on ${String(run.pagesDone)} pages: ${outcomes.join(', ')}`,
    `${String(run.individualsCreated)} individuals and ${String(run.groupsCreated)} families are new`,
    ...run.warnings,
  ];
}
