import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { Filter } from '../../record/filter.js';
import { Problem } from '../../record/problem.js';
import type { Individual } from '../../record/individual.js';
import { findWinner } from '../../registry/merge/merges.js';
import { countIndividuals, findIndividuals } from '../../registry/individuals.js';
import { checkQuestion, requireRecords } from '../access.js';
import { countedConnectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { IndividualFilterInput, IndividualSortInput } from './individual-filter-input.js';
import { IndividualNode } from './individual-node.js';
import { IdentifierInput } from './person-name.js';
import { identifierType, readIndividualFilter } from './read-individual-filter.js';

const IndividualConnection = countedConnectionType('Individual', () => IndividualNode);

async function findOne({ records, caller }: GraphContext, filter: Filter): Promise<Individual | null> {
  const { rows, fields } = caller.access;
  const { items } = await findIndividuals(records, { filter, visible: rows, fields, first: 1 });
  return items[0] ?? null;
}

/** The id of somebody who was merged with another leads to that one. */
async function findMergedOne(context: GraphContext, filter: Filter): Promise<Individual | null> {
  const [id] = filter.kind === 'ids' ? filter.ids : [];
  const winner = id === undefined ? null : await findWinner(context.db, id);
  return winner === null ? null : findOne(context, { kind: 'ids', ids: [winner] });
}

@Resolver()
export class IndividualQueries {
  @Query(() => IndividualNode, {
    nullable: true,
    description:
      'One individual by global id or by identifier; null where there is none. The id of somebody who was merged with ' +
      'another answers that one. Needs scope `graph.personal`.',
  })
  async individual(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { nullable: true, description: 'Global id. Give this or `identifier`.' })
    id?: string | null,
    @Arg('identifier', () => IdentifierInput, { nullable: true, description: 'An identifier that the person holds.' })
    identifier?: IdentifierInput | null,
  ): Promise<IndividualNode | null> {
    requireRecords(context, 'individual');
    let filter: Filter;
    if (typeof id === 'string' && !identifier) {
      filter = { kind: 'ids', ids: [readGlobalId('Individual', id, 'id')] };
    } else if (identifier && typeof id !== 'string') {
      filter = { kind: 'identifier', type: identifierType(identifier.type), values: [identifier.value] };
    } else {
      throw new Problem('BAD_USER_INPUT', 'Give either id or identifier');
    }
    checkQuestion(context, 'individual', filter);
    const found = (await findOne(context, filter)) ?? (await findMergedOne(context, filter));
    return found && new IndividualNode(found, context.shown);
  }

  @Query(() => IndividualConnection, {
    description: 'The individuals that a filter asks for, page by page. Needs scope `graph.personal`.',
  })
  async individuals(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => IndividualFilterInput, { nullable: true, description: 'Default: everybody.' })
    filterInput?: IndividualFilterInput | null,
    @Arg('sort', () => [IndividualSortInput], {
      nullable: true,
      description: 'The first key decides, the next where it is equal. Default: the order of the ids.',
    })
    sort?: IndividualSortInput[] | null,
  ): Promise<InstanceType<typeof IndividualConnection>> {
    requireRecords(context, 'individual');
    const { records, caller } = context;
    const filter = readIndividualFilter(filterInput, await context.catalogue());
    const order = (sort ?? []).map(({ field, direction }) => ({ attribute: field, direction }));
    checkQuestion(context, 'individual', filter, order);
    const asked = { filter, visible: caller.access.rows, fields: caller.access.fields };
    const found = await findIndividuals(records, {
      ...asked,
      sort: order,
      ...readPage(page, caller.access),
    });
    return new IndividualConnection(
      pageOf(
        found,
        (individual) => new IndividualNode(individual, context.shown),
        () => {
          for (const { field } of sort ?? []) context.shown.addSortedBy('individual', field);
        },
      ),
      () => countIndividuals(records, asked),
    );
  }
}
