import { Arg, Ctx, Field, InputType, Int, Query, Resolver } from 'type-graphql';
import { isEverybody } from '../../record/filter.js';
import { Problem } from '../../record/problem.js';
import { getDataSource } from '../../sources/data-sources.js';
import { registrySearch } from '../../sources/live-search.js';
import { checkQuestion, note, requirePersonal } from '../access.js';
import { DEFAULT_PAGE, LARGEST_PAGE } from '../connection.js';
import type { GraphContext } from '../context.js';
import { IndividualFilterInput } from '../individuals/individual-filter-input.js';
import { readIndividualFilter } from '../individuals/read-individual-filter.js';
import { LimitProblem } from '../limit-problem.js';
import { RegistrySearchResultNode } from './remote-individual-node.js';

@InputType({ description: 'A page by its number, as the DCI standard counts.' })
class NumberedPageInput {
  @Field(() => Int, { description: `Records per page: 1 to ${String(LARGEST_PAGE)}.` })
  size!: number;

  @Field(() => Int, { defaultValue: 1, description: 'Number of the page, from 1.' })
  number!: number;
}

@Resolver()
export class RegistrySearchQuery {
  @Query(() => RegistrySearchResultNode, {
    description:
      'Asks another registry now, over DCI, and stores nothing. A filter that the registry cannot express is refused ' +
      '(`FILTER_NOT_EXPRESSIBLE`) with the names of what it cannot. Needs scope `graph.personal`.',
  })
  async registrySearch(
    @Ctx() context: GraphContext,
    @Arg('source', () => String, { description: 'Code of the data source.' }) code: string,
    @Arg('filter', () => IndividualFilterInput, { description: 'Whom to ask for.' }) filter: IndividualFilterInput,
    @Arg('page', () => NumberedPageInput, { nullable: true, description: 'Default: the first page of 20.' })
    page?: NumberedPageInput | null,
  ): Promise<RegistrySearchResultNode> {
    requirePersonal(context);
    const { caller } = context;
    if (!isEverybody(caller.access.rows)) {
      const message = 'A client that sees only a part of the registry cannot look into others';
      throw new LimitProblem('rows', 'FORBIDDEN', message);
    }
    const most = Math.min(LARGEST_PAGE, caller.access.largestPage ?? LARGEST_PAGE);
    const { size, number } = page ?? { size: Math.min(DEFAULT_PAGE, most), number: 1 };
    if (size < 1 || size > most || number < 1) {
      const message = `page.size must be from 1 to ${String(most)} and page.number from 1`;
      throw size > most && size <= LARGEST_PAGE && number >= 1
        ? new LimitProblem('largest-page', 'BAD_USER_INPUT', message)
        : new Problem('BAD_USER_INPUT', message);
    }
    const source = await getDataSource(context.db, code);
    const asked = readIndividualFilter(filter, await context.catalogue());
    checkQuestion(context, 'individual', asked);
    const found = await registrySearch(context.client, source, asked, { size, number });
    // They are not in our registry: the ledger names how many they were.
    await note(context, 'registry.searched', { source: source.code, people: found.records.length });
    return new RegistrySearchResultNode(found);
  }
}
