import { Command } from 'commander';
import { inTransaction } from '../database/transaction.js';
import { fetchCriteria } from '../imports/fetch.js';
import { ITEM_OUTCOMES, type ItemOutcome, listImportItems } from '../imports/import-items.js';
import { findImportRun, type ImportRun, listImportRuns } from '../imports/import-run.js';
import { cancelRun, resumeRun, retryRun } from '../imports/run-control.js';
import { runUnknown } from '../imports/start-run.js';
import {
  criteriaUnknown,
  enableFetching,
  findSearchCriteriaByIds,
  findSearchCriteriaByName,
} from '../imports/search-criteria.js';
import { Problem } from '../record/problem.js';
import { type CriteriaOptions, namedCriteria, withCriteria } from './criteria-options.js';
import { describeItems, importApplyCommand, importPreviewCommand, withChanges } from './import-preview.js';
import { importUndoCommand } from './import-undo.js';
import { describeRun, notingRun, workOnRun } from './import-watch.js';
import { columns, counted, print } from './output.js';
import { withSession } from './session.js';

/** Records that `show` lists at most. */
const SHOWN_ITEMS = 100;

/** `import run|preview|apply|resume|retry|cancel|undo|enable|list|show`: bring people and families in from another registry. */
export function importCommand(): Command {
  const command = new Command('import').description('bring people and families in from another registry');

  withCriteria(command.command('run'))
    .description('fetch a search criteria to the last page and watch it; makes the criteria where there is none')
    .option('--json', 'print the finished run as JSON')
    .action(async (name: string, options: CriteriaOptions & { json?: boolean }) => {
      await withSession(async (session) => {
        const criteria = await namedCriteria(session.pool, name, options);
        const note = notingRun(session, 'import.started', { criteria: criteria.id });
        await workOnRun(session, options, (context) => fetchCriteria({ ...context, note }, criteria.id, session.actor));
      });
    });

  command
    .command('resume')
    .description('go on with a run that failed, was cancelled or waits, at the page where it stopped')
    .argument('<run-id>')
    .option('--json', 'print the finished run as JSON')
    .action(async (runId: string, options: { json?: boolean }) => {
      await withSession(async (session) => {
        const note = notingRun(session, 'import.resumed');
        await workOnRun(session, options, (context) => resumeRun({ ...context, note }, runId));
      });
    });

  command
    .command('retry')
    .description('write the records that a run could not write (its failed items), and nothing else')
    .argument('<run-id>')
    .option('--json', 'print the finished run as JSON')
    .action(async (runId: string, options: { json?: boolean }) => {
      await withSession(async (session) => {
        const note = notingRun(session, 'import.retried', { of: runId });
        await workOnRun(session, options, (context) => retryRun({ ...context, note }, runId, session.actor));
      });
    });

  command
    .command('cancel')
    .description('stop a run: what it wrote stays, and it can be resumed')
    .argument('<run-id>')
    .option('--json', 'print the run as JSON')
    .action(async (runId: string, options: { json?: boolean }) => {
      await withSession(async (session) => {
        const run = await cancelRun({ pool: session.pool, note: notingRun(session, 'import.cancelled') }, runId);
        print(run, options, () => [
          run.state === 'cancelled'
            ? `Cancelled after ${counted(run.pagesDone, 'page')}. Go on with: dci-gateway import resume ${run.id}`
            : 'The run stops when the page that is being written is done.',
        ]);
      });
    });

  command
    .command('enable')
    .description('unlock search criteria whose fetch has succeeded, to be fetched again (Enable Fetching)')
    .argument('<name>', 'name of the search criteria')
    .option('--json', 'print the criteria as JSON')
    .action(async (name: string, options: { json?: boolean }) => {
      await withSession(async ({ pool, ledger, actor }) => {
        const held = await findSearchCriteriaByName(pool, name);
        if (held === null) throw criteriaUnknown();
        const unlocked = await inTransaction(pool, async (client) => {
          const enabled = await enableFetching(client, held.id);
          await ledger.note({ action: 'import.enabled', actor, detail: { criteria: held.id } }, client);
          return enabled;
        });
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
        const criteria = await findSearchCriteriaByIds(pool, [...new Set(items.map((run) => run.searchCriteriaId))]);
        const names = new Map(criteria.map(({ id, name }) => [id, name]));
        print(items, options, () =>
          columns([
            ['RUN', 'KIND', 'STATE', 'PAGES', 'RECORDS', 'STARTED', 'CRITERIA'],
            ...items.map((run) => [
              run.id,
              run.kind,
              run.state,
              String(run.pagesDone),
              String(run.recordsDone),
              run.startedAt?.toISOString() ?? 'not yet',
              names.get(run.searchCriteriaId) ?? '',
            ]),
          ]),
        );
      });
    });

  command
    .command('show')
    .description('one run, and what became of its records')
    .argument('<run-id>')
    .option('--outcome <word>', 'list the records that became this: failed, conflict, skipped, ...')
    .option('--json', 'print JSON')
    .action(async (runId: string, options: { outcome?: string; json?: boolean }) => {
      await withSession(async (session) => {
        const { pool } = session;
        const run = await findImportRun(pool, runId);
        if (run === null) throw runUnknown();
        const outcome = options.outcome === undefined ? undefined : readOutcome(options.outcome);
        const { items } =
          outcome === undefined
            ? { items: [] }
            : await listImportItems(pool, { importRunId: run.id, outcome, first: SHOWN_ITEMS });
        const shown = await withChanges(session, run.id, items);
        const lines = [...showRun(run), ...(await describeItems(pool, shown))];
        print(outcome === undefined ? run : { ...run, items: shown }, options, () => lines);
      });
    });

  command.addCommand(importPreviewCommand());
  command.addCommand(importApplyCommand());
  command.addCommand(importUndoCommand());

  return command;
}

function readOutcome(word: string): ItemOutcome {
  const outcome = ITEM_OUTCOMES.find((known) => known === word);
  if (outcome !== undefined) return outcome;
  throw new Problem('OUTCOME_UNKNOWN', `A record can have become one of these: ${ITEM_OUTCOMES.join(', ')}`);
}

function showRun(run: ImportRun): string[] {
  const of = run.ofRunId === null ? '' : ` of ${run.ofRunId}`;
  return [
    `${run.kind}${of}, ${run.state}, asked for by ${run.requestedBy} at ${run.createdAt.toISOString()}`,
    ...describeRun(run),
    ...(run.pausedUntil === null ? [] : [`Waits until ${run.pausedUntil.toISOString()}: ${run.pauseReason ?? ''}`]),
    ...(run.errorMessage === null ? [] : [`${run.errorCode ?? ''}: ${run.errorMessage}`]),
  ];
}
