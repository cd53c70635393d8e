import { Problem } from '../../record/problem.js';
import { findImportRun, type ImportRun, type RunKind } from '../import-run.js';
import { type FetchContext, runUnknown, startRun } from '../start-run.js';

/** What writes into the registry. */
const UNDOABLE: readonly RunKind[] = ['import', 'apply', 'retry'];

const LOCK_UNDONE = {
  name: 'undo-lock-run',
  text: 'select state from import_runs where id = $1 for update',
};

/**
 * Starts a run that takes another back, from its last page to its first: that one has ended, however it did. A further
 * undo of the same run takes back what the one before could not. Throws `IMPORT_RUN_UNKNOWN`, `RUN_NOT_UNDOABLE`,
 * `RUN_NOT_FINISHED`, `RUN_ALREADY_ACTIVE`.
 */
export async function undoRun(context: FetchContext, runId: string, requestedBy: string): Promise<ImportRun> {
  const run = await findImportRun(context.pool, runId);
  if (run === null) throw runUnknown();
  if (!UNDOABLE.includes(run.kind)) {
    throw new Problem(
      'RUN_NOT_UNDOABLE',
      'A preview writes nothing, and what an undo took back comes again with a new fetch: neither can be taken back',
    );
  }
  const { id: ofRunId, searchCriteriaId } = run;
  return await startRun(context, { kind: 'undo', searchCriteriaId, ofRunId, requestedBy }, async (client) => {
    // Nobody resumes it meanwhile.
    const { rows } = await client.query<{ state: ImportRun['state'] }>({ ...LOCK_UNDONE, values: [ofRunId] });
    const state = rows[0]?.state;
    if (state !== 'succeeded' && state !== 'failed' && state !== 'cancelled') {
      throw new Problem('RUN_NOT_FINISHED', 'This run is still under way: cancel it, then take it back');
    }
  });
}
