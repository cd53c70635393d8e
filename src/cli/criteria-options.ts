import { type Command } from 'commander';
import { type Pool } from 'pg';
import { createSearchCriteria, findSearchCriteriaByName, type SearchCriteria } from '../imports/search-criteria.js';
import { Problem } from '../record/problem.js';
import { getDataSource } from '../sources/data-sources.js';

/** What a command can say of search criteria beside their name. */
export interface CriteriaOptions {
  readonly source?: string;
  readonly bornFrom?: string;
  readonly bornUntil?: string;
  readonly locationType?: string;
}

/** Lets a command be told of search criteria: their name, and what they ask for. */
export function withCriteria(command: Command): Command {
  return command
    .argument('<name>', 'name of the search criteria')
    .option('--source <code>', 'the registry to ask, for new search criteria')
    .option('--born-from <date>', 'earliest day of birth, YYYY-MM-DD')
    .option('--born-until <date>', 'last day of birth, YYYY-MM-DD')
    .option('--location-type <type>', 'only people born in places of this type, such as HEALTH_FACILITY');
}

/**
 * The search criteria of this name, made where there are none. Throws `CRITERIA_DIFFER` where the options say something
 * else than they do, `SEARCH_CRITERIA_UNKNOWN` where they say too little, or what `createSearchCriteria` throws.
 */
export async function namedCriteria(pool: Pool, name: string, options: CriteriaOptions): Promise<SearchCriteria> {
  const held = await findSearchCriteriaByName(pool, name);
  if (held === null) return await createSearchCriteria(pool, newCriteria(name, options));
  await checkSameCriteria(pool, held, options);
  return held;
}

function newCriteria(name: string, { source, bornFrom, bornUntil, locationType }: CriteriaOptions) {
  if (source === undefined) {
    throw new Problem(
      'SEARCH_CRITERIA_UNKNOWN',
      'There is no search criteria of that name: to make it, say --source and --born-from with --born-until',
    );
  }
  return {
    name,
    dataSource: source,
    ...(bornFrom === undefined ? {} : { bornFrom: { date: bornFrom, inclusive: true } }),
    ...(bornUntil === undefined ? {} : { bornUntil: { date: bornUntil, inclusive: true } }),
    ...(locationType === undefined ? {} : { locationType }),
  };
}

/** Options that are given beside a name that is taken must not be passed over: they would ask for something else. */
async function checkSameCriteria(pool: Pool, held: SearchCriteria, options: CriteriaOptions): Promise<void> {
  const { source, bornFrom, bornUntil, locationType } = options;
  const sourceId = source === undefined ? held.dataSourceId : (await getDataSource(pool, source)).id;
  const isSameBound = (given: string | undefined, bound: SearchCriteria['bornFrom']) =>
    given === undefined || (bound !== null && bound.inclusive && bound.date === given);
  const isSame =
    sourceId === held.dataSourceId &&
    isSameBound(bornFrom, held.bornFrom) &&
    isSameBound(bornUntil, held.bornUntil) &&
    (locationType === undefined || locationType === held.locationType);
  if (isSame) return;
  throw new Problem(
    'CRITERIA_DIFFER',
    'The search criteria of that name ask for something else: leave the options out to fetch them, or choose another name',
  );
}
