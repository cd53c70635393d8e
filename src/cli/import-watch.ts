import { setTimeout as delay } from 'node:timers/promises';
import { ConflictDesk } from '../registry/write-sources/decisions.js';
import { startJobs } from '../database/jobs.js';
import { findImportRun, type ImportRun } from '../imports/import-run.js';
import { startImportWorkers } from '../imports/import-workers.js';
import { startRunSweep } from '../imports/run-sweep.js';
import { type FetchContext, type NoteOfRun } from '../imports/start-run.js';
import { Problem } from '../record/problem.js';
import { erasedPeople } from '../security/erasure/erase-individual.js';
import { counted, print } from './output.js';
import { withProgress } from './progress.js';
import { type Session } from './session.js';

/** How often the progress of a run is read. */
const WATCH_MS = 250;
/** A run that waits for its source for longer than this is left to the gateways. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Starts a run, takes part in its work (a gateway may be running or not), watches it to its end and prints what it came
 * to, and answers with it. A `Problem` where it did not succeed says how to go on.
 */
export async function workOnRun(
  session: Session,
  options: { json?: boolean | undefined },
  start: (context: FetchContext) => Promise<ImportRun>,
): Promise<ImportRun> {
  const { pool, keys, client, log, database } = session;
  const jobs = await startJobs({ url: database.url, log });
  try {
    const { id } = await start({ pool, jobs });
    const desk = new ConflictDesk(keys, session.config.singleIdentifiers);
    startImportWorkers({ pool, jobs, client, log, keys, erased: erasedPeople(keys), desk });
    await startRunSweep({ pool, jobs });
    const left = await watch(session, id);
    print(left, options, () => describeRun(left));
    refuseUnfinished(left);
    return left;
  } finally {
    await jobs.close();
  }
}

/** Writes down what the operator does with a run, and what else tells of it, in the transaction of the act. */
export function notingRun(
  { ledger, actor }: Pick<Session, 'ledger' | 'actor'>,
  action: string,
  detail: Readonly<Record<string, string>> = {},
): NoteOfRun {
  return (run, db) => ledger.note({ action, actor, detail: { run: run.id, ...detail } }, db);
}

async function watch({ pool }: Session, id: string): Promise<ImportRun> {
  let told = '';
  return await withProgress('records', 0, async (onProgress, say) => {
    for (;;) {
      const run = await findImportRun(pool, id);
      if (run === null) throw new Problem('IMPORT_RUN_UNKNOWN', 'The run is no longer there');
      onProgress(run.recordsDone, run.recordsReported ?? run.recordsDone);
      if (run.state === 'succeeded' || run.state === 'failed' || run.state === 'cancelled') return run;
      if (run.state === 'paused' && run.pausedUntil !== null) {
        const waits = `The run waits until ${run.pausedUntil.toISOString()}: ${run.pauseReason ?? ''}`;
        if (waits !== told) say(waits);
        told = waits;
        if (run.pausedUntil.getTime() - Date.now() > LONGEST_PAUSE_MS) return run;
      }
      await delay(WATCH_MS);
    }
  });
}

function refuseUnfinished({ id, state, pausedUntil, errorCode, errorMessage }: ImportRun): void {
  const resume = `dci-gateway import resume ${id}`;
  if (state === 'failed') {
    throw new Problem(errorCode ?? 'IMPORT_FAILED', `${errorMessage ?? 'The import failed'}\nGo on with: ${resume}`);
  }
  if (state === 'cancelled') throw new Problem('IMPORT_CANCELLED', `The run was cancelled.\nGo on with: ${resume}`);
  if (state === 'paused') {
    throw new Problem(
      'IMPORT_PAUSED',
      `The run waits for its source until ${pausedUntil?.toISOString() ?? 'later'}; a gateway that is running then goes on with it by itself.\nOr go on with: ${resume}`,
    );
  }
}

type RunResult = Pick<
  ImportRun,
  'id' | 'kind' | 'recordsDone' | 'pagesDone' | 'outcomes' | 'individualsCreated' | 'groupsCreated' | 'warnings'
>;

/** What a run came to, for people. */
export function describeRun(run: RunResult): string[] {
  if (run.kind === 'undo') return describeUndo(run);
  const outcomes = Object.entries(run.outcomes)
    .filter(([outcome, count]) => count > 0 || ALWAYS_SAID.includes(outcome))
    .map(([outcome, count]) => `${String(count)} ${outcome}`);
  return [
    `${counted(run.recordsDone, 'record')} on ${counted(run.pagesDone, 'page')}: ${outcomes.join(', ')}`,
    `${counted(run.individualsCreated, 'individual')} and ${counted(run.groupsCreated, 'family', 'families')} are new`,
    ...(run.outcomes.failed > 0 ? [`Try the failed ones again: dci-gateway import retry ${run.id}`] : []),
    ...run.warnings,
  ];
}

function describeUndo({ id, recordsDone, pagesDone, outcomes, warnings }: RunResult): string[] {
  const done = `${counted(outcomes.removed, 'person', 'people')} removed, ${String(outcomes.restored)} restored`;
  return [
    `${counted(recordsDone, 'record')} on ${counted(pagesDone, 'page')} taken back: ${done}`,
    ...(outcomes.refused > 0
      ? [`${String(outcomes.refused)} stay, and why: dci-gateway import show ${id} --outcome refused`]
      : []),
    ...warnings,
  ];
}

const ALWAYS_SAID: readonly string[] = ['created', 'updated', 'unchanged', 'skipped', 'conflict', 'failed'];
