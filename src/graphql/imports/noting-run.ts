import type { NoteOfRun } from '../../imports/start-run.js';
import type { Deed } from '../../security/audit/ledger.js';
import { note } from '../access.js';
import type { GraphContext } from '../context.js';

/** Writes down what the caller does with a run, and what else tells of it, in the transaction of the act. */
export function notingRun(context: GraphContext, action: string, detail: NonNullable<Deed['detail']> = {}): NoteOfRun {
  return (run, db) => note(context, action, { run: run.id, ...detail }, db);
}
