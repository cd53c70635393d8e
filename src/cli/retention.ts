import { Command } from 'commander';
import { deleteExpired, retentionState } from '../database/retention.js';
import { columns, print } from './output.js';
import { withSession } from './session.js';

/** `retention show|run`: how long what is kept, and deleting what is past its time now. */
export function retentionCommand(): Command {
  const retention = new Command('retention').description('how long messages, imports and the ledger are kept');

  retention
    .command('show')
    .description('what is kept for how long, and how much of it is past its time')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ pool, config }) => {
        const states = await retentionState({ pool, config });
        print(states, options, () =>
          columns([
            ['WHAT', 'KEPT', 'DAYS', 'PAST ITS TIME'],
            ...states.map(({ table, kept, days, due }) => [
              table,
              kept,
              days === null ? '' : String(days),
              String(due),
            ]),
          ]),
        );
      });
    });

  retention
    .command('run')
    .description('delete now what is past its time; a running gateway does so once a day')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ pool, config, log, ledger, actor }) => {
        const deleted = await deleteExpired({ pool, config, log }, new AbortController().signal);
        const rows = Object.values(deleted).reduce((sum, count) => sum + count, 0);
        await ledger.note({ action: 'retention.run', actor, detail: { rows } });
        print(deleted, options, () => columns(Object.entries(deleted).map(([table, count]) => [table, String(count)])));
      });
    });

  return retention;
}
