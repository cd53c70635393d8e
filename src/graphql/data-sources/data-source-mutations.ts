import { Arg, Ctx, Field, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { createDataSource, updateDataSource } from '../../sources/data-sources.js';
import { type LocationSyncResult, syncLocations } from '../../sources/location-sync.js';
import { administrator, note, requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import {
  CreateDataSourceInput,
  readDataSourceUpdate,
  readNewDataSource,
  UpdateDataSourceInput,
} from './data-source-inputs.js';
import { DataSourceNode } from './data-source-node.js';

@ObjectType('LocationSync', {
  description: 'What reading a list of places did. Each listed place is one of created, updated and unchanged.',
  simpleResolvers: true,
})
class LocationSyncNode {
  @Field(() => Int, { description: 'Places in the list.' })
  readonly total: number;

  @Field(() => Int, { description: 'Places that were new.' })
  readonly created: number;

  @Field(() => Int, { description: 'Places whose name, type or parent changed.' })
  readonly updated: number;

  @Field(() => Int, { description: 'Places that are as they were.' })
  readonly unchanged: number;

  @Field(() => Int, { description: 'Places that no other contains.' })
  readonly roots: number;

  @Field(() => [String], { description: 'Ids, at the source, of places whose parent is in no list.' })
  readonly orphans: readonly string[];

  @Field(() => Int, { description: 'Places of earlier lists that are not in this one; they are kept.' })
  readonly noLongerListed: number;

  @Field(() => [String], { description: 'What was wrong with the list, a sentence each.' })
  readonly problems: readonly string[];

  constructor(result: LocationSyncResult) {
    this.total = result.total;
    this.created = result.created;
    this.updated = result.updated;
    this.unchanged = result.unchanged;
    this.roots = result.roots;
    this.orphans = result.orphans;
    this.noLongerListed = result.noLongerListed;
    this.problems = result.problems;
  }
}

const CreateDataSourceResult = resultOf('CreateDataSourceResult', DataSourceNode);
const UpdateDataSourceResult = resultOf('UpdateDataSourceResult', DataSourceNode);
const SyncLocationsResult = resultOf('SyncLocationsResult', LocationSyncNode);

const FIELDS = {
  DATA_SOURCE_CODE_TAKEN: 'code',
  DATA_SOURCE_NAME_TAKEN: 'name',
  DATA_SOURCE_UNKNOWN: 'code',
  DATA_SOURCE_PARAMETER_UNKNOWN: 'parameters',
  GRANT_TYPE_UNSUPPORTED: 'grantType',
  DIALECT_UNKNOWN: 'dialect',
};

@Resolver()
export class DataSourceMutations {
  @Mutation(() => CreateDataSourceResult, { description: 'Registers another registry. Needs scope `admin`.' })
  async createDataSource(
    @Ctx() context: GraphContext,
    @Arg('input', () => CreateDataSourceInput, { description: 'The data source.' }) input: CreateDataSourceInput,
  ): Promise<DataSourceNode | Refusal> {
    requireScopes(context, 'admin');
    const { pool, keys } = context;
    return orRefusal(async () => {
      const source = await createDataSource(pool, keys, readNewDataSource(input), administrator(context));
      return new DataSourceNode(source);
    }, FIELDS);
  }

  @Mutation(() => UpdateDataSourceResult, { description: 'Changes a data source. Needs scope `admin`.' })
  async updateDataSource(
    @Ctx() context: GraphContext,
    @Arg('code', () => String, { description: 'Code of the data source.' }) code: string,
    @Arg('input', () => UpdateDataSourceInput, { description: 'What to change.' }) input: UpdateDataSourceInput,
  ): Promise<DataSourceNode | Refusal> {
    requireScopes(context, 'admin');
    const { pool, keys } = context;
    return orRefusal(async () => {
      const source = await updateDataSource(pool, keys, code, readDataSourceUpdate(input), administrator(context));
      return new DataSourceNode(source);
    }, FIELDS);
  }

  @Mutation(() => SyncLocationsResult, {
    description: "Reads a data source's list of places into our tree. Needs scope `import.run`.",
  })
  async syncLocations(
    @Ctx() context: GraphContext,
    @Arg('source', () => String, { description: 'Code of the data source.' }) source: string,
  ): Promise<LocationSyncNode | Refusal> {
    requireScopes(context, 'import.run');
    const { pool, client } = context;
    return orRefusal(
      async () => {
        const synced = await syncLocations({ pool, client }, source);
        await note(context, 'source.locations_read', { source, total: synced.total });
        return new LocationSyncNode(synced);
      },
      { DATA_SOURCE_UNKNOWN: 'source' },
    );
  }
}
