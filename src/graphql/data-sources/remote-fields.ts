import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Filter } from '../../record/filter.js';
import type { LiveAnswer } from '../../sources/live-search.js';
import { lookupIdentifier } from '../../sources/lookup-identifier.js';
import { checkQuestion } from '../access.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { IndividualNode } from '../individuals/individual-node.js';
import { ExchangeNode, requireInspection, showExchange } from './exchange-node.js';
import { liveSearches, requireOtherRegistries } from './live-searches.js';
import { RemoteIndividualNode } from './remote-individual-node.js';

/** Records of one person that a registry is asked for: one number may stand in several. */
const MOST_RECORDS = 20;

/** What other registries tell of our people now. */
@Resolver(() => IndividualNode)
export class RemoteFields {
  @FieldResolver(() => [RemoteIndividualNode], {
    nullable: true,
    description:
      'The person as another registry tells of them now; nothing of it is stored. However many people are looked up, each ' +
      'registry is sent one message for all of them. Where it does not answer, or not for this person, the error is that ' +
      'of this field alone. What went over the wire: `remoteExchange`. Needs scope `graph.personal`.',
  })
  async remote(
    @Root() individual: IndividualNode,
    @Ctx() context: GraphContext,
    @Arg('source', () => String, { description: 'Code of the data source.' }) code: string,
  ): Promise<RemoteIndividualNode[]> {
    const answer = await lookUp(context, individual, code);
    if (!answer.ok) throw answer.error;
    return answer.result.records.map((record) => new RemoteIndividualNode(record));
  }

  @FieldResolver(() => ExchangeNode, {
    nullable: true,
    description:
      'The message that asks another registry for this person, and its answer: the one of `remote`, together with which it ' +
      'is sent once. Null where nothing was sent. Needs scopes `dci.inspect` and `graph.personal`.',
  })
  async remoteExchange(
    @Root() individual: IndividualNode,
    @Ctx() context: GraphContext,
    @Arg('source', () => String, { description: 'Code of the data source.' }) code: string,
  ): Promise<ExchangeNode | null> {
    requireInspection(context, 'people');
    const { exchange } = await lookUp(context, individual, code);
    return exchange && (await showExchange(context, exchange));
  }
}

async function lookUp(context: GraphContext, individual: IndividualNode, code: string): Promise<LiveAnswer> {
  requireOtherRegistries(context);
  const [source, identifiers] = await Promise.all([
    context.operatorLoaders.dataSourceByCode.load(code),
    context.loaders.identifiersByIndividual.load(readGlobalId('Individual', individual.id, 'id')),
  ]);
  const { type, value } = lookupIdentifier(source, identifiers);
  const filter: Filter = { kind: 'identifier', type, values: [value] };
  checkQuestion(context, 'individual', filter);
  return await liveSearches(context).ask(source, { filter, page: { size: MOST_RECORDS, number: 1 } });
}
