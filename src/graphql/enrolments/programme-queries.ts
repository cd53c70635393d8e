import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Problem } from '../../record/problem.js';
import { listProgrammes } from '../../registry/record-lists.js';
import { requireScopes } from '../access.js';
import { connectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { ProgrammeNode } from './programme-node.js';

const ProgrammeConnection = connectionType('Programme', () => ProgrammeNode);

@Resolver()
export class ProgrammeQueries {
  @Query(() => ProgrammeNode, {
    nullable: true,
    description: 'One programme by global id or by its identifier; null where there is none.',
  })
  async programme(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { nullable: true, description: 'Global id. Give this or `identifier`.' }) id?: string | null,
    @Arg('identifier', () => String, { nullable: true, description: 'The code under which registries know it.' })
    identifier?: string | null,
  ): Promise<ProgrammeNode | null> {
    requireScopes(context, 'graph.read');
    if ((typeof id === 'string') === (typeof identifier === 'string')) {
      throw new Problem('BAD_USER_INPUT', 'Give either id or identifier');
    }
    if (typeof id === 'string') {
      const programme = await context.recordLoaders.programmeById.load(readGlobalId('Programme', id, 'id'));
      return programme && new ProgrammeNode(programme);
    }
    const { items } = await listProgrammes(context.db, { first: 1, identifiers: [identifier ?? ''] });
    return items[0] ? new ProgrammeNode(items[0]) : null;
  }

  @Query(() => ProgrammeConnection, { description: 'The programmes, the oldest first.' })
  async programmes(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
  ): Promise<InstanceType<typeof ProgrammeConnection>> {
    requireScopes(context, 'graph.read');
    const found = await listProgrammes(context.db, readPage(page));
    return new ProgrammeConnection(pageOf(found, (programme) => new ProgrammeNode(programme)));
  }
}
