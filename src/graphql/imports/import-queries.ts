import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { findImportRun, listImportRuns } from '../../imports/import-run.js';
import { listSearchCriteria } from '../../imports/search-criteria.js';
import { requireScopes } from '../access.js';
import { connectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { ImportRunNode } from './import-run-node.js';
import { SearchCriteriaNode } from './search-criteria-node.js';

const SearchCriteriaConnection = connectionType('SearchCriteria', () => SearchCriteriaNode);
const ImportRunConnection = connectionType('ImportRun', () => ImportRunNode);

@Resolver()
export class ImportQueries {
  @Query(() => SearchCriteriaConnection, { description: 'Every search criteria, the newest first.' })
  async searchCriteria(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
  ): Promise<InstanceType<typeof SearchCriteriaConnection>> {
    requireScopes(context, 'graph.read');
    const found = await listSearchCriteria(context.db, readPage(page));
    return new SearchCriteriaConnection(pageOf(found, (criteria) => new SearchCriteriaNode(criteria)));
  }

  @Query(() => ImportRunNode, { nullable: true, description: 'One run, as it stands now; null where there is none.' })
  async importRun(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<ImportRunNode | null> {
    requireScopes(context, 'graph.read');
    const run = await findImportRun(context.db, readGlobalId('ImportRun', id, 'id'));
    return run && new ImportRunNode(run);
  }

  @Query(() => ImportRunConnection, { description: 'Runs, the newest first.' })
  async importRuns(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('searchCriteriaId', () => ID, { nullable: true, description: 'Only those of this search criteria.' })
    searchCriteriaId?: string | null,
  ): Promise<InstanceType<typeof ImportRunConnection>> {
    requireScopes(context, 'graph.read');
    const of =
      typeof searchCriteriaId === 'string'
        ? readGlobalId('SearchCriteria', searchCriteriaId, 'searchCriteriaId')
        : undefined;
    const found = await listImportRuns(context.db, { searchCriteriaId: of, ...readPage(page) });
    return new ImportRunConnection(pageOf(found, (run) => new ImportRunNode(run)));
  }
}
