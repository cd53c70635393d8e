import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { applyPreview, previewCriteria } from '../../imports/preview/preview-run.js';
import { requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { ImportRunNode } from './import-run-node.js';
import { notingRun } from './noting-run.js';

const PreviewFetchResult = resultOf('PreviewFetchResult', ImportRunNode);
const ApplyPreviewResult = resultOf('ApplyPreviewResult', ImportRunNode);

const PREVIEW_FIELDS = {
  SEARCH_CRITERIA_UNKNOWN: 'searchCriteriaId',
  RUN_ALREADY_ACTIVE: 'searchCriteriaId',
};
const APPLY_FIELDS = {
  IMPORT_RUN_UNKNOWN: 'importRunId',
  RUN_IS_NO_PREVIEW: 'importRunId',
  PREVIEW_NOT_FINISHED: 'importRunId',
  PREVIEW_APPLIED: 'importRunId',
  PREVIEW_EXPIRED: 'importRunId',
  CRITERIA_LOCKED: 'importRunId',
  RUN_ALREADY_ACTIVE: 'importRunId',
};

@Resolver()
export class PreviewMutations {
  @Mutation(() => PreviewFetchResult, {
    description:
      'Starts a run that asks the source as `fetch` would, page by page to the last, and writes nothing but what would ' +
      'become of each record: see `outcome` and `differences` of its `items`. Needs scope `import.run`.',
  })
  async previewFetch(
    @Ctx() context: GraphContext,
    @Arg('searchCriteriaId', () => ID, { description: 'What to ask for; it may be locked.' }) searchCriteriaId: string,
  ): Promise<ImportRunNode | Refusal> {
    requireScopes(context, 'import.run');
    const id = readGlobalId('SearchCriteria', searchCriteriaId, 'searchCriteriaId');
    const { pool, jobs, caller } = context;
    return orRefusal(async () => {
      const noted = notingRun(context, 'import.previewed', { criteria: id });
      return new ImportRunNode(await previewCriteria({ pool, jobs, note: noted }, id, caller.name));
    }, PREVIEW_FIELDS);
  }

  @Mutation(() => ApplyPreviewResult, {
    description:
      'Starts a run that writes exactly the records of a preview, once. Where somebody of whom a record tells was changed ' +
      'here since, it is left out: its item is a conflict with the reason `STALE`. Needs scope `import.run`.',
  })
  async applyPreview(
    @Ctx() context: GraphContext,
    @Arg('importRunId', () => ID, { description: 'The preview.' }) importRunId: string,
    @Arg('refetch', () => Boolean, {
      defaultValue: false,
      description:
        'Whether the source is asked again first: where it says anything else, the run fails with ' +
        '`SOURCE_HAS_CHANGED` and nothing is written.',
    })
    refetch: boolean,
  ): Promise<ImportRunNode | Refusal> {
    requireScopes(context, 'import.run');
    const id = readGlobalId('ImportRun', importRunId, 'importRunId');
    const { pool, jobs, caller } = context;
    return orRefusal(async () => {
      const noted = notingRun(context, 'import.applied', { of: id });
      const work = { pool, jobs, note: noted };
      return new ImportRunNode(await applyPreview(work, id, { refetch, requestedBy: caller.name }));
    }, APPLY_FIELDS);
  }
}
