import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { createDataSource, updateDataSource } from '../../sources/data-sources.js';
import type { Exchange } from '../../sources/exchanges/exchange.js';
import { syncLocations } from '../../sources/location-sync.js';
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
import { LocationSyncNode } from './location-sync-node.js';
import { DataSourceProbeNode, ProbeDataSourceInput, readProbe } from './probe-node.js';

const CreateDataSourceResult = resultOf('CreateDataSourceResult', DataSourceNode);
const UpdateDataSourceResult = resultOf('UpdateDataSourceResult', DataSourceNode);
const ProbeDataSourceResult = resultOf('ProbeDataSourceResult', DataSourceProbeNode);
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

  @Mutation(() => ProbeDataSourceResult, {
    description:
      'Finds out what a registry speaks, by asking it in every dialect that is known. Nothing is kept. Needs scope `admin`.',
  })
  async probeDataSource(
    @Ctx() context: GraphContext,
    @Arg('input', () => ProbeDataSourceInput, { description: 'The registry.' }) input: ProbeDataSourceInput,
  ): Promise<DataSourceProbeNode | Refusal> {
    requireScopes(context, 'admin');
    return orRefusal(
      async () => {
        const report = await context.client.probe(readProbe(input));
        const { profile, requests } = report;
        await note(context, 'source.probed', { profile, requests });
        return new DataSourceProbeNode(report);
      },
      { DATA_SOURCE_INVALID: 'url', PROFILE_MISMATCH: 'expected' },
    );
  }

  @Mutation(() => SyncLocationsResult, {
    description:
      "Reads a data source's list of places into our tree, and says what is new, moved, renamed and gone. Places that " +
      'are gone are kept, with whoever is tied to them. Needs scope `import.run`.',
  })
  async syncLocations(
    @Ctx() context: GraphContext,
    @Arg('source', () => String, { description: 'Code of the data source.' }) source: string,
    @Arg('dryRun', () => Boolean, { defaultValue: false, description: 'Only say what would differ; write nothing.' })
    dryRun: boolean,
  ): Promise<LocationSyncNode | Refusal> {
    requireScopes(context, 'import.run');
    const { pool, client } = context;
    return orRefusal(
      async () => {
        let sent: Exchange | null = null;
        const see = (seen: Exchange): void => void (sent = seen);
        const synced = await syncLocations({ pool, client, see }, source, undefined, { dryRun });
        if (!dryRun) await note(context, 'source.locations_read', { source, total: synced.total });
        return new LocationSyncNode(synced, sent);
      },
      { DATA_SOURCE_UNKNOWN: 'source' },
    );
  }
}
