import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { inTransaction } from '../../database/transaction.js';
import { mergePeople } from '../../registry/merge/merge-people.js';
import { findMerge, listMerges } from '../../registry/merge/merges.js';
import { undoMerge } from '../../registry/merge/undo-merge.js';
import { note, requireScopes } from '../access.js';
import { PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { requireDecider } from './conflict-resolvers.js';
import { MergeConnection, MergeNode, UndoneMergeNode } from './merge-node.js';

const MergeIndividualsResult = resultOf('MergeIndividualsResult', MergeNode);
const UndoMergeResult = resultOf('UndoMergeResult', UndoneMergeNode);

@Resolver()
export class MergeResolvers {
  @Query(() => MergeConnection, { description: 'People who were made one, the newest merge first.' })
  async merges(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
  ): Promise<InstanceType<typeof MergeConnection>> {
    requireScopes(context, 'graph.read', 'import.decide');
    const found = await listMerges(context.db, readPage(page));
    return new MergeConnection(pageOf(found, (merge) => new MergeNode(merge)));
  }

  @Mutation(() => MergeIndividualsResult, {
    description:
      'Makes two people one: everything of the losing person becomes the winner’s, and the losing id leads to the winner. ' +
      'Needs scope `import.decide`.',
  })
  async mergeIndividuals(
    @Ctx() context: GraphContext,
    @Arg('winnerId', () => ID, { description: 'The person who stays.' }) winner: string,
    @Arg('losingId', () => ID, { description: 'The person who goes.' }) losing: string,
  ): Promise<MergeNode | Refusal> {
    requireDecider(context);
    const { pool, keys, caller } = context;
    const order = {
      winnerId: readGlobalId('Individual', winner, 'winnerId'),
      losingId: readGlobalId('Individual', losing, 'losingId'),
      actor: caller.name,
    };
    return orRefusal(() =>
      inTransaction(pool, async (client) => {
        const { id } = await mergePeople(client, keys, order);
        await note(context, 'individual.merged', { merge: id }, client);
        return new MergeNode(await findMerge(client, id));
      }),
    );
  }

  @Mutation(() => UndoMergeResult, {
    description:
      'Takes a merge back: both people are as they were. What came to the winner since stays there; what cannot be given ' +
      'back is named. Needs scope `import.decide`.',
  })
  async undoMerge(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'The merge.' }) id: string,
  ): Promise<UndoneMergeNode | Refusal> {
    requireDecider(context);
    const { pool, keys, caller } = context;
    const mergeId = readGlobalId('Merge', id, 'id');
    return orRefusal(
      () =>
        inTransaction(pool, async (client) => {
          const { refusals } = await undoMerge(client, keys, { mergeId, actor: caller.name });
          await note(context, 'individual.merge.undone', { merge: mergeId, refusals: refusals.length }, client);
          return new UndoneMergeNode(await findMerge(client, mergeId), refusals);
        }),
      { MERGE_UNKNOWN: 'id', MERGE_ALREADY_UNDONE: 'id', MERGE_MERGED_ON: 'id', MERGE_NOT_KEPT: 'id' },
    );
  }
}
