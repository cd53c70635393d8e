import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql';
import { inTransaction } from '../../database/transaction.js';
import {
  type ImportSchedule,
  removeImportSchedule,
  setImportSchedule,
} from '../../imports/schedules/import-schedule.js';
import { criteriaUnknown, findSearchCriteria } from '../../imports/search-criteria.js';
import { note, requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { IncrementalByEnum } from './import-schedule-node.js';
import { SearchCriteriaNode } from './search-criteria-node.js';

@InputType({ description: 'When search criteria are fetched by themselves.' })
class ImportScheduleInput {
  @Field(() => String, {
    description: 'The times, as a cron expression of five fields: `0 3 * * *` is every day at three.',
  })
  cron!: string;

  @Field(() => String, { defaultValue: 'UTC', description: 'The time zone, such as Africa/Lusaka.' })
  timeZone!: string;

  @Field(() => Boolean, { defaultValue: true, description: 'Whether it runs.' })
  enabled!: boolean;

  @Field(() => IncrementalByEnum, {
    defaultValue: 'nothing',
    description: 'By which date a run asks only for what came since the last success. Default: it asks for everything.',
  })
  incrementalBy!: ImportSchedule['incrementalBy'];

  @Field(() => Int, {
    defaultValue: 1,
    description: 'Days before the last success that are asked for again, because registers are filled in late.',
  })
  overlapDays!: number;
}

const SetImportScheduleResult = resultOf('SetImportScheduleResult', SearchCriteriaNode);

const FIELDS = {
  SEARCH_CRITERIA_UNKNOWN: 'searchCriteriaId',
  CRON_INVALID: 'cron',
  TIME_ZONE_UNKNOWN: 'timeZone',
  OVERLAP_INVALID: 'overlapDays',
};

@Resolver()
export class ImportScheduleMutations {
  @Mutation(() => SetImportScheduleResult, {
    description:
      'Says when search criteria are fetched by themselves, in place of what was said before. Whether fetching is locked ' +
      'does not matter to a schedule. Needs scope `import.run`.',
  })
  async setImportSchedule(
    @Ctx() context: GraphContext,
    @Arg('searchCriteriaId', () => ID, { description: 'What to fetch.' }) searchCriteriaId: string,
    @Arg('schedule', () => ImportScheduleInput, { nullable: true, description: 'When; null: no more.' })
    schedule?: ImportScheduleInput | null,
  ): Promise<SearchCriteriaNode | Refusal> {
    requireScopes(context, 'import.run');
    const id = readGlobalId('SearchCriteria', searchCriteriaId, 'searchCriteriaId');
    return orRefusal(async () => {
      const criteria = await findSearchCriteria(context.pool, id);
      if (criteria === null) throw criteriaUnknown();
      await inTransaction(context.pool, async (client) => {
        if (schedule === null || schedule === undefined) await removeImportSchedule(client, id);
        else await setImportSchedule(client, id, schedule);
        await note(context, 'import.scheduled', { criteria: id, enabled: schedule?.enabled ?? false }, client);
      });
      context.operatorLoaders.scheduleByCriteria.clear(id);
      return new SearchCriteriaNode(criteria);
    }, FIELDS);
  }
}
