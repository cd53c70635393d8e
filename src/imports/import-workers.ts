import { type Jobs } from '../database/jobs.js';
import { type ImportContext } from './run-kind.js';
import { runPages } from './run-pages.js';

/** Imports in this process from now until `jobs` is closed; any number of processes may. */
export function startImportWorkers(context: ImportContext & { readonly jobs: Jobs }): void {
  context.jobs.work('import-page', ({ id }, signal, attempt) => runPages(context, id, signal, attempt));
}
