import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Query, Resolver } from 'type-graphql';
import { explainMessage } from '../../partners/explain/explain-message.js';
import type { Json } from '../../record/json.js';
import { Problem } from '../../record/problem.js';
import { rowsInWords } from '../../record/rows-in-words.js';
import type { Caller } from '../../security/bearer.js';
import { type ApiClient, listApiClients } from '../../security/clients.js';
import { withinScopes } from '../../security/scope-access.js';
import { requireScopes } from '../access.js';
import { LARGEST_PAGE } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { JsonScalar } from '../scalars.js';
import { withinRegistries } from '../sight/registry-limits.js';
import { explainDocument } from './explain-document.js';
import {
  type AccessExplanation,
  AccessExplanationNode,
  ExplainedItemNode,
  ExplainedRefusal,
} from './explained-access.js';

@Resolver()
export class ExplainAccessQuery {
  @Query(() => AccessExplanationNode, {
    description:
      'What a client would get for a DCI message or a GraphQL document, and which rule takes the rest away; nobody is ' +
      'told of for it. Needs scope `admin`.',
  })
  async explainAccess(
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('client', () => ID, { description: 'Global id of the client.' }) clientId: string,
    @Arg('message', () => JsonScalar, { nullable: true, description: 'The whole message. Give this or `document`.' })
    message?: Json,
    @Arg('document', () => String, { nullable: true, description: 'A document with one query.' })
    document?: string | null,
    @Arg('variables', () => JsonScalar, { nullable: true, description: 'Values of its variables, an object.' })
    variables?: Json,
  ): Promise<AccessExplanationNode> {
    requireScopes(context, 'admin');
    const id = readGlobalId('ApiClient', clientId, 'client');
    const client = (await listApiClients(context.pool)).find((one) => one.id === id);
    if (!client) throw new Problem('CLIENT_UNKNOWN', 'There is no client with this id');
    if ((typeof document === 'string') === (message !== undefined && message !== null)) {
      throw new Problem('BAD_USER_INPUT', 'Give either message or document');
    }
    if (typeof document !== 'string') {
      const { refused, items, ...limits } = await explainMessage(client, message, context);
      return new AccessExplanationNode({
        ...settingsOf(client),
        ...limits,
        refused: refused && new ExplainedRefusal(refused, null),
        items: items.map((item) => new ExplainedItemNode(item)),
        fields: [],
        withheld: [],
        refusals: [],
      });
    }
    if (variables !== undefined && variables !== null && !isObject(variables)) {
      throw new Problem('BAD_USER_INPUT', 'variables is an object');
    }
    const explained = await explainDocument(info.schema, document, variables ?? {}, callerOf(client), context);
    return new AccessExplanationNode({ ...settingsOf(client), items: [], ...explained });
  }
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function settingsOf({
  access,
  reception,
}: ApiClient): Omit<AccessExplanation, 'refused' | 'items' | 'fields' | 'withheld' | 'refusals'> {
  return {
    rows: rowsInWords(access.rowLimits),
    largestPage: Math.min(LARGEST_PAGE, access.largestPage ?? LARGEST_PAGE),
    recordsPerHour: access.recordsPerHour,
    registries: access.registries,
    operators: access.operators,
    consentRequired: reception.consentRequired,
    signature: reception.inboundSignature,
  };
}

function callerOf({ id, clientId, name, scopes, dialect, access }: ApiClient): Caller {
  const seen = withinRegistries(withinScopes(access, scopes));
  return { clientId, apiClientId: id, name, scopes, dialect, actor: `client:${clientId}`, access: seen };
}
