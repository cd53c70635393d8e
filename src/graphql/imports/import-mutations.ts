import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql';
import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import { fetchCriteria } from '../../imports/fetch.js';
import { type ImportRun, listImportRuns } from '../../imports/import-run.js';
import { cancelRun, resumeRun, retryRun } from '../../imports/run-control.js';
import { createSearchCriteria, enableFetching, type SearchCriteriaInput } from '../../imports/search-criteria.js';
import { Problem } from '../../record/problem.js';
import { note, requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { DateScalar } from '../scalars.js';
import { ImportRunNode } from './import-run-node.js';
import { notingRun } from './noting-run.js';
import { SearchCriteriaNode, VitalEventEnum } from './search-criteria-node.js';

@InputType({ description: 'One end of a range of birth dates.' })
class BirthDateBoundInput {
  @Field(() => DateScalar, { description: 'The day.' })
  date!: string;

  @Field(() => Boolean, { defaultValue: true, description: 'Whether the day itself belongs to the range.' })
  inclusive!: boolean;
}

@InputType({
  description:
    'What to ask another registry for: births in a range of birth dates with both ends or of the last days, a place of ' +
    'birth, or both; deaths or marriages in the same way, or all of them.',
})
class CreateSearchCriteriaInput {
  @Field(() => String, { description: 'Name for people; no two are equal.' })
  name!: string;

  @Field(() => String, { description: 'Code of the data source.' })
  dataSource!: string;

  @Field(() => VitalEventEnum, { nullable: true, description: 'Which register to ask. Default: births.' })
  event?: SearchCriteriaInput['event'];

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether records of people who are unknown here make people. Default: yes, except for deaths.',
  })
  makesPeople?: boolean | null;

  @Field(() => DateScalar, { nullable: true, description: 'The first day of the death or marriage.' })
  eventFrom?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'The last day of the death or marriage.' })
  eventUntil?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'What happened within so many days before each run: born, died or married. In place of a range of it.',
  })
  withinDays?: number | null;

  @Field(() => ID, { nullable: true, description: 'Born in this location or anywhere below it.' })
  locationId?: string | null;

  @Field(() => String, { nullable: true, description: 'Born in a place of this type.' })
  locationType?: string | null;

  @Field(() => BirthDateBoundInput, { nullable: true, description: 'The earliest birth date.' })
  bornFrom?: BirthDateBoundInput | null;

  @Field(() => BirthDateBoundInput, { nullable: true, description: 'The latest birth date.' })
  bornUntil?: BirthDateBoundInput | null;
}

const CreateSearchCriteriaResult = resultOf('CreateSearchCriteriaResult', SearchCriteriaNode);
const EnableFetchingResult = resultOf('EnableFetchingResult', SearchCriteriaNode);
const FetchResult = resultOf('FetchResult', ImportRunNode);
const ResumeImportRunResult = resultOf('ResumeImportRunResult', ImportRunNode);
const CancelImportRunResult = resultOf('CancelImportRunResult', ImportRunNode);
const RetryImportRunResult = resultOf('RetryImportRunResult', ImportRunNode);

const FIELDS = {
  CRITERIA_NAME_REQUIRED: 'name',
  CRITERIA_NAME_TAKEN: 'name',
  DATA_SOURCE_UNKNOWN: 'dataSource',
  LOCATION_UNKNOWN: 'locationId',
  LOCATION_TYPE_INVALID: 'locationType',
  BIRTH_DATE_LOWER_BOUND_REQUIRED: 'bornFrom',
  BIRTH_DATE_UPPER_BOUND_REQUIRED: 'bornUntil',
  BIRTH_DATE_RANGE_EMPTY: 'bornUntil',
  EVENT_DATE_OF_BIRTH: 'eventFrom',
  EVENT_DATE_LOWER_BOUND_REQUIRED: 'eventFrom',
  EVENT_DATE_UPPER_BOUND_REQUIRED: 'eventUntil',
  EVENT_DATE_RANGE_EMPTY: 'eventUntil',
  WITHIN_DAYS_INVALID: 'withinDays',
  WITHIN_DAYS_AND_RANGE: 'withinDays',
  SEARCH_CRITERIA_UNKNOWN: 'searchCriteriaId',
  CRITERIA_LOCKED: 'searchCriteriaId',
  RUN_ALREADY_ACTIVE: 'searchCriteriaId',
};

/** Refusals that speak of a run. */
const RUN_FIELDS = {
  ...FIELDS,
  IMPORT_RUN_UNKNOWN: 'importRunId',
  RUN_ALREADY_FINISHED: 'importRunId',
  RUN_ALREADY_ACTIVE: 'importRunId',
  RUN_UNDONE: 'importRunId',
  RUN_NOT_RETRIABLE: 'importRunId',
  NOTHING_TO_RETRY: 'importRunId',
};

function isActiveAlready(error: unknown): boolean {
  return error instanceof Problem && error.code === 'RUN_ALREADY_ACTIVE';
}

async function activeRun(db: Queryable, searchCriteriaId: string): Promise<ImportRun | null> {
  const { items } = await listImportRuns(db, { searchCriteriaId, first: 1 });
  return items.find(({ state }) => ['queued', 'running', 'paused'].includes(state)) ?? null;
}

@Resolver()
export class ImportMutations {
  @Mutation(() => CreateSearchCriteriaResult, {
    description: 'Keeps what to ask another registry for; nothing is asked yet. Needs scope `import.run`.',
  })
  async createSearchCriteria(
    @Ctx() context: GraphContext,
    @Arg('input', () => CreateSearchCriteriaInput, { description: 'What to ask for.' })
    input: CreateSearchCriteriaInput,
  ): Promise<SearchCriteriaNode | Refusal> {
    requireScopes(context, 'import.run');
    const { name, dataSource, event, makesPeople, locationType, bornFrom, bornUntil } = input;
    const { eventFrom, eventUntil, withinDays } = input;
    const locationId =
      typeof input.locationId === 'string' ? readGlobalId('Location', input.locationId, 'input.locationId') : null;
    return orRefusal(async () => {
      const asked = {
        name,
        dataSource,
        locationId,
        locationType: locationType ?? null,
        bornFrom: bornFrom ?? null,
        bornUntil: bornUntil ?? null,
        event: event ?? null,
        makesPeople: makesPeople ?? null,
        eventFrom: eventFrom ?? null,
        eventUntil: eventUntil ?? null,
        withinDays: withinDays ?? null,
      };
      const made = await inTransaction(context.pool, async (client) => {
        const criteria = await createSearchCriteria(client, asked);
        await note(context, 'import.criteria_made', { criteria: criteria.id }, client);
        return criteria;
      });
      return new SearchCriteriaNode(made);
    }, FIELDS);
  }

  @Mutation(() => FetchResult, {
    description:
      'Starts a run, or answers with the one that is under way: token, search page by page to the last, people, parents and families. The run goes on by itself; ' +
      'watch it with `importRun`. Needs scope `import.run`.',
  })
  async fetch(
    @Ctx() context: GraphContext,
    @Arg('searchCriteriaId', () => ID, { description: 'What to fetch.' }) searchCriteriaId: string,
  ): Promise<ImportRunNode | Refusal> {
    requireScopes(context, 'import.run');
    const id = readGlobalId('SearchCriteria', searchCriteriaId, 'searchCriteriaId');
    const { pool, jobs, caller } = context;
    return orRefusal(async () => {
      try {
        const noted = notingRun(context, 'import.started', { criteria: id });
        return new ImportRunNode(await fetchCriteria({ pool, jobs, note: noted }, id, caller.name));
      } catch (error) {
        const active = isActiveAlready(error) ? await activeRun(pool, id) : null;
        if (active === null) throw error;
        return new ImportRunNode(active);
      }
    }, FIELDS);
  }

  @Mutation(() => EnableFetchingResult, {
    description: 'Unlocks search criteria whose fetch succeeded, to be fetched again. Needs scope `import.run`.',
  })
  async enableFetching(
    @Ctx() context: GraphContext,
    @Arg('searchCriteriaId', () => ID, { description: 'What to unlock.' }) searchCriteriaId: string,
  ): Promise<SearchCriteriaNode | Refusal> {
    requireScopes(context, 'import.run');
    const id = readGlobalId('SearchCriteria', searchCriteriaId, 'searchCriteriaId');
    return orRefusal(async () => {
      const criteria = await inTransaction(context.pool, async (client) => {
        const enabled = await enableFetching(client, id);
        await note(context, 'import.enabled', { criteria: id }, client);
        return enabled;
      });
      return new SearchCriteriaNode(criteria);
    }, FIELDS);
  }

  @Mutation(() => ResumeImportRunResult, {
    description:
      'Lets a run that failed or was cancelled go on at the page where it stopped, and one that waits for its source go ' +
      'on now. Needs scope `import.run`.',
  })
  async resumeImportRun(
    @Ctx() context: GraphContext,
    @Arg('importRunId', () => ID, { description: 'The run.' }) importRunId: string,
  ): Promise<ImportRunNode | Refusal> {
    requireScopes(context, 'import.run');
    const id = readGlobalId('ImportRun', importRunId, 'importRunId');
    const { pool, jobs } = context;
    return orRefusal(async () => {
      const noted = notingRun(context, 'import.resumed');
      return new ImportRunNode(await resumeRun({ pool, jobs, note: noted }, id));
    }, RUN_FIELDS);
  }

  @Mutation(() => CancelImportRunResult, {
    description:
      'Stops a run: at once, or when the page that is being written is done. What was written stays, and the run can be ' +
      'resumed. Needs scope `import.run`.',
  })
  async cancelImportRun(
    @Ctx() context: GraphContext,
    @Arg('importRunId', () => ID, { description: 'The run.' }) importRunId: string,
  ): Promise<ImportRunNode | Refusal> {
    requireScopes(context, 'import.run');
    const id = readGlobalId('ImportRun', importRunId, 'importRunId');
    return orRefusal(async () => {
      const noted = notingRun(context, 'import.cancelled');
      return new ImportRunNode(await cancelRun({ pool: context.pool, note: noted }, id));
    }, RUN_FIELDS);
  }

  @Mutation(() => RetryImportRunResult, {
    description:
      'Starts a run that writes the records which another run could not write (its `FAILED` items), and nothing else. ' +
      'Needs scope `import.run`.',
  })
  async retryImportRun(
    @Ctx() context: GraphContext,
    @Arg('importRunId', () => ID, { description: 'The run with the items that failed.' }) importRunId: string,
  ): Promise<ImportRunNode | Refusal> {
    requireScopes(context, 'import.run');
    const id = readGlobalId('ImportRun', importRunId, 'importRunId');
    const { pool, jobs, caller } = context;
    return orRefusal(async () => {
      const noted = notingRun(context, 'import.retried', { of: id });
      return new ImportRunNode(await retryRun({ pool, jobs, note: noted }, id, caller.name));
    }, RUN_FIELDS);
  }
}
