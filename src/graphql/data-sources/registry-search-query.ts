import { Args, ArgsType, Ctx, Field, InputType, Int, Query, Resolver } from 'type-graphql';
import { Problem } from '../../record/problem.js';
import type { LiveAnswer } from '../../sources/live-search.js';
import { checkQuestion } from '../access.js';
import { DEFAULT_PAGE, LARGEST_PAGE } from '../connection.js';
import type { GraphContext } from '../context.js';
import { IndividualFilterInput } from '../individuals/individual-filter-input.js';
import { readIndividualFilter } from '../individuals/read-individual-filter.js';
import { LimitProblem } from '../limit-problem.js';
import { ExchangeNode, requireInspection, showExchange } from './exchange-node.js';
import { liveSearches, requireOtherRegistries } from './live-searches.js';
import { RegistrySearchResultNode } from './remote-individual-node.js';

@InputType({ description: 'A page by its number, as the DCI standard counts.' })
class NumberedPageInput {
  @Field(() => Int, { description: `Records per page: 1 to ${String(LARGEST_PAGE)}.` })
  size!: number;

  @Field(() => Int, { defaultValue: 1, description: 'Number of the page, from 1.' })
  number!: number;
}

@ArgsType()
class RegistrySearchArguments {
  @Field(() => String, { description: 'Code of the data source.' })
  source!: string;

  @Field(() => IndividualFilterInput, { description: 'Whom to ask for.' })
  filter!: IndividualFilterInput;

  @Field(() => NumberedPageInput, { nullable: true, description: 'Default: the first page of 20.' })
  page?: NumberedPageInput | null;
}

@Resolver()
export class RegistrySearchQuery {
  @Query(() => RegistrySearchResultNode, {
    nullable: true,
    description:
      'Asks another registry now, over DCI, and stores nothing; several searches of one registry are one message. A filter ' +
      'that the registry cannot express is refused (`FILTER_NOT_EXPRESSIBLE`) with the names of what it cannot. Null where it ' +
      'did not answer, with an error that says why. Needs scope `graph.personal`.',
  })
  async registrySearch(
    @Ctx() context: GraphContext,
    @Args(() => RegistrySearchArguments) asked: RegistrySearchArguments,
  ): Promise<RegistrySearchResultNode> {
    const answer = await search(context, asked);
    if (!answer.ok) throw answer.error;
    return new RegistrySearchResultNode(answer.result, answer.exchange);
  }

  @Query(() => ExchangeNode, {
    nullable: true,
    description:
      'The message of `registrySearch` with the same arguments and its answer, also where that failed; together with it the ' +
      'message is sent once. Null where nothing was sent. Needs scopes `dci.inspect` and `graph.personal`.',
  })
  async registrySearchExchange(
    @Ctx() context: GraphContext,
    @Args(() => RegistrySearchArguments) asked: RegistrySearchArguments,
  ): Promise<ExchangeNode | null> {
    requireInspection(context, 'people');
    const { exchange } = await search(context, asked);
    return exchange && (await showExchange(context, exchange));
  }
}

async function search(
  context: GraphContext,
  { source: code, filter, page }: RegistrySearchArguments,
): Promise<LiveAnswer> {
  requireOtherRegistries(context);
  const { access } = context.caller;
  const most = Math.min(LARGEST_PAGE, access.largestPage ?? LARGEST_PAGE);
  const { size, number } = page ?? { size: Math.min(DEFAULT_PAGE, most), number: 1 };
  if (size < 1 || size > most || number < 1) {
    const message = `page.size must be from 1 to ${String(most)} and page.number from 1`;
    throw size > most && size <= LARGEST_PAGE && number >= 1
      ? new LimitProblem('largest-page', 'BAD_USER_INPUT', message)
      : new Problem('BAD_USER_INPUT', message);
  }
  const [source, catalogue] = await Promise.all([
    context.operatorLoaders.dataSourceByCode.load(code),
    context.catalogue(),
  ]);
  const asked = readIndividualFilter(filter, catalogue);
  checkQuestion(context, 'individual', asked);
  return await liveSearches(context).ask(source, { filter: asked, page: { size, number } });
}
