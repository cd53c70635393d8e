import { type PoolClient } from 'pg';
import { Problem } from '../../record/problem.js';
import { isUuid } from '../../record/uuid.js';
import { checkAskable, checkFetchable } from '../fetch.js';
import { findImportRun, type ImportRun } from '../import-run.js';
import { criteriaUnknown } from '../search-criteria.js';
import { type FetchContext, runUnknown, startRun } from '../start-run.js';

/** How a preview is applied, and who wants it. */
export interface ApplyRequest {
  /** Whether the source is asked again first, and any difference refuses it. */
  readonly refetch: boolean;
  /** A name or a client id. */
  readonly requestedBy: string;
}

const SELECT_STANDING = {
  name: 'select-preview-standing',
  text: `
    select exists (select from import_runs a where a.of_run_id = $1 and a.kind = 'apply') as is_applied,
      exists (select from import_items t where t.import_run_id = $1) as has_items`,
};

const INSERT_CHECK = {
  name: 'insert-preview-check',
  text: 'insert into preview_checks (import_run_id) values ($1)',
};

/**
 * Starts a preview of what a fetch of the criteria would do; one that was imported with success may be looked at as well.
 * Throws `SEARCH_CRITERIA_UNKNOWN`, `RUN_ALREADY_ACTIVE`, `DATA_SOURCE_PATH_MISSING`, or what `checkAsked` throws.
 */
export async function previewCriteria(context: FetchContext, id: string, requestedBy: string): Promise<ImportRun> {
  if (!isUuid(id)) throw criteriaUnknown();
  const run = { kind: 'preview', searchCriteriaId: id, ofRunId: null, requestedBy } as const;
  return await startRun(context, run, async (client) => {
    await checkAskable(client, id);
  });
}

/**
 * Starts a run that writes exactly the records of a preview. Throws `IMPORT_RUN_UNKNOWN`, `RUN_IS_NO_PREVIEW`,
 * `PREVIEW_NOT_FINISHED`, `PREVIEW_APPLIED`, `PREVIEW_EXPIRED`, `CRITERIA_LOCKED`, `RUN_ALREADY_ACTIVE`,
 * `DATA_SOURCE_PATH_MISSING`.
 */
export async function applyPreview(
  context: FetchContext,
  previewId: string,
  { refetch, requestedBy }: ApplyRequest,
): Promise<ImportRun> {
  const preview = await findImportRun(context.pool, previewId);
  if (preview === null) throw runUnknown();
  const { searchCriteriaId } = preview;
  const run = { kind: 'apply', searchCriteriaId, ofRunId: preview.id, requestedBy } as const;
  return await startRun(context, run, async (client) => {
    await checkApplicable(client, preview);
    await checkFetchable(client, searchCriteriaId);
    if (refetch) await client.query({ ...INSERT_CHECK, values: [preview.id] });
  });
}

async function checkApplicable(
  client: PoolClient,
  { id, kind, state, recordsDone, recordsOutside }: ImportRun,
): Promise<void> {
  if (kind !== 'preview') {
    throw new Problem('RUN_IS_NO_PREVIEW', 'This run is no preview: only what a preview shows can be applied');
  }
  if (state !== 'succeeded') {
    throw new Problem('PREVIEW_NOT_FINISHED', 'The preview has not read every page: wait for its end, or resume it');
  }
  const { rows } = await client.query<{ is_applied: boolean; has_items: boolean }>({
    ...SELECT_STANDING,
    values: [id],
  });
  const { is_applied = false, has_items = false } = rows[0] ?? {};
  if (is_applied) throw new Problem('PREVIEW_APPLIED', 'This preview was applied before: make a new one');
  if (!has_items && recordsDone > recordsOutside) {
    throw new Problem('PREVIEW_EXPIRED', 'The records of this preview are kept no longer: make a new one');
  }
}
