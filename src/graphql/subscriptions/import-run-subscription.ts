import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { findImportRun } from '../../imports/import-run.js';
import type { RunMoment } from '../../imports/run-progress.js';
import { Problem } from '../../record/problem.js';
import { requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { ImportRunNode } from '../imports/import-run-node.js';

@Resolver()
export class ImportRunSubscription {
  @Subscription(() => ImportRunNode, {
    description:
      'The run as it is now, then at each change, four times a second at most, until it has ended. Over ' +
      '`graphql-transport-ws` at this address, or as server-sent events at `/graphql/stream`. Needs scope `import.run`.',
    subscribe: ({ args, context }: { args: { id: string }; context: GraphContext }) => follow(context, args.id),
  })
  importRun(
    @Root() { run, pace }: RunMoment,
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id.' }) _id: string,
  ): ImportRunNode {
    // The scope may have been taken from the caller since.
    requireScopes(context, 'import.run');
    return new ImportRunNode(run, pace);
  }
}

async function follow(context: GraphContext, id: string): Promise<AsyncIterable<RunMoment>> {
  requireScopes(context, 'import.run');
  const runId = readGlobalId('ImportRun', id, 'id');
  if ((await findImportRun(context.db, runId)) === null) {
    throw new Problem('IMPORT_RUN_UNKNOWN', 'There is no import run with this id: list the runs to see which are');
  }
  return context.progress.follow(runId);
}
