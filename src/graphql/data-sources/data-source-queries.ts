import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { findDataSource, listDataSources } from '../../sources/data-sources.js';
import { requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { DataSourceNode } from './data-source-node.js';

@Resolver()
export class DataSourceQueries {
  @Query(() => [DataSourceNode], { description: 'Every data source, by code.' })
  async dataSources(@Ctx() context: GraphContext): Promise<DataSourceNode[]> {
    requireScopes(context, 'graph.read');
    const sources = await listDataSources(context.db);
    return sources.map((source) => new DataSourceNode(source));
  }

  @Query(() => DataSourceNode, { nullable: true, description: 'One data source; null where there is none.' })
  async dataSource(
    @Ctx() context: GraphContext,
    @Arg('code', () => String, { description: 'Its code.' }) code: string,
  ): Promise<DataSourceNode | null> {
    requireScopes(context, 'graph.read');
    const source = await findDataSource(context.db, code);
    return source && new DataSourceNode(source);
  }
}
