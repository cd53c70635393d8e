import { Command } from 'commander';
import { undoRun } from '../imports/undo/undo-run.js';
import { notingRun, workOnRun } from './import-watch.js';
import { withSession } from './session.js';

/** `import undo`: takes a run back. */
export function importUndoCommand(): Command {
  return new Command('undo')
    .description('take a run back: remove whom it made, restore what it changed, list what somebody changed since')
    .argument('<run-id>')
    .option('--json', 'print the finished run as JSON')
    .action(async (runId: string, options: { json?: boolean }) => {
      await withSession(async (session) => {
        const note = notingRun(session, 'import.undone', { of: runId });
        await workOnRun(session, options, (context) => undoRun({ ...context, note }, runId, session.actor));
      });
    });
}
