import { type Jobs } from '../database/jobs.js';
import { type ImportContext } from './run-kind.js';

/** A killed run goes on after its lease is over and this long at most. */
const SWEEP_SECONDS = 2;

/** Runs that wait for nobody: their worker is gone, their job was lost, or what they waited for is over. */
const SELECT_LEFT = {
  name: 'select-left-import-runs',
  text: `
    select id from import_runs
    where state in ('queued', 'running', 'paused')
      and (lease_until is null or lease_until <= clock_timestamp())
      and (state <> 'paused' or paused_until <= clock_timestamp())`,
};

/** Takes up the runs that were left, on one of all the gateways of this database, until `jobs` is closed. */
export async function startRunSweep({ pool, jobs }: Pick<ImportContext, 'pool'> & { readonly jobs: Jobs }) {
  await jobs.repeat('import-sweep', SWEEP_SECONDS, async () => {
    const { rows } = await pool.query<{ id: string }>(SELECT_LEFT);
    for (const { id } of rows) await jobs.send('import-page', { id });
  });
}
