import { Arg, Ctx, Field, InputType, Int, Query, Resolver } from 'type-graphql';
import { Problem } from '../../record/problem.js';
import { getDataSource } from '../../sources/data-sources.js';
import { registrySearch } from '../../sources/live-search.js';
import { requirePersonal } from '../access.js';
import { LARGEST_PAGE } from '../connection.js';
import type { GraphContext } from '../context.js';
import { IndividualFilterInput } from '../individuals/individual-filter-input.js';
import { readIndividualFilter } from '../individuals/read-individual-filter.js';
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
    const { size, number } = page ?? { size: 20, number: 1 };
    if (size < 1 || size > LARGEST_PAGE || number < 1) {
      throw new Problem('BAD_USER_INPUT', `page.size must be from 1 to ${String(LARGEST_PAGE)} and page.number from 1`);
    }
    const source = await getDataSource(context.db, code);
    const asked = readIndividualFilter(filter, await context.catalogue());
    return new RegistrySearchResultNode(await registrySearch(context.client, source, asked, { size, number }));
  }
}
