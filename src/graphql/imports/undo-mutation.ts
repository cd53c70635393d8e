import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { undoRun } from '../../imports/undo/undo-run.js';
import { requireScopes } from '../access.js';
import { requireDecider } from '../conflicts/conflict-resolvers.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { ImportRunNode } from './import-run-node.js';
import { notingRun } from './noting-run.js';

const UndoImportRunResult = resultOf('UndoImportRunResult', ImportRunNode);

@Resolver()
export class UndoMutation {
  @Mutation(() => UndoImportRunResult, {
    description:
      'Takes a run back that has ended, in a run of its own from the last page to the first: people whom it made are removed, ' +
      'values become what they were, and what somebody changed since stays and is listed among the items as `REFUSED`. ' +
      'Needs scopes `import.run` and `import.decide`.',
  })
  async undoImportRun(
    @Ctx() context: GraphContext,
    @Arg('importRunId', () => ID, { description: 'The run that is taken back.' }) importRunId: string,
  ): Promise<ImportRunNode | Refusal> {
    requireScopes(context, 'import.run');
    requireDecider(context);
    const ofRunId = readGlobalId('ImportRun', importRunId, 'importRunId');
    const { pool, jobs, caller } = context;
    const undo = async (): Promise<ImportRunNode> => {
      const noted = notingRun(context, 'import.undone', { of: ofRunId });
      return new ImportRunNode(await undoRun({ pool, jobs, note: noted }, ofRunId, caller.name));
    };
    return orRefusal(undo, {
      IMPORT_RUN_UNKNOWN: 'importRunId',
      RUN_NOT_UNDOABLE: 'importRunId',
      RUN_NOT_FINISHED: 'importRunId',
      RUN_ALREADY_ACTIVE: 'importRunId',
    });
  }
}
