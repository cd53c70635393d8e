import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { listRunExchanges } from '../../sources/exchanges/kept-exchanges.js';
import { note } from '../access.js';
import { PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { SourceRequestNode } from '../exchanges/source-requests.js';
import { readGlobalId } from '../global-id.js';
import { ImportRunNode } from '../imports/import-run-node.js';
import { ExchangeConnection, ExchangeNode, keptExchangeNode, requireInspection } from './exchange-node.js';

/** What runs exchanged with their sources. */
@Resolver(() => ImportRunNode)
export class ImportRunExchanges {
  @FieldResolver(() => ExchangeConnection, {
    nullable: true,
    description:
      'What went over the wire, page by page of the source, every attempt; as much of it as the data source is set up to ' +
      'keep. Needs scopes `dci.inspect` and `graph.personal`.',
  })
  async exchanges(
    @Root() run: ImportRunNode,
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
  ): Promise<InstanceType<typeof ExchangeConnection>> {
    requireInspection(context, 'people');
    const importRunId = readGlobalId('ImportRun', run.id, 'id');
    const found = await listRunExchanges(context.db, { importRunId, ...readPage(page) });
    await note(context, 'exchange.shown', { run: importRunId, exchanges: found.items.length });
    return new ExchangeConnection(pageOf(found, keptExchangeNode));
  }
}

/** How requests that are answered later were handed over. */
@Resolver(() => SourceRequestNode)
export class SourceRequestExchange {
  @FieldResolver(() => ExchangeNode, {
    nullable: true,
    description:
      'What was sent, and how it was acknowledged; null where the data source is set up to keep nothing. Needs scopes ' +
      '`dci.inspect` and `graph.personal`.',
  })
  async exchange(@Root() request: SourceRequestNode, @Ctx() context: GraphContext): Promise<ExchangeNode | null> {
    requireInspection(context, 'people');
    const id = readGlobalId('SourceRequest', request.id, 'id');
    const kept = await context.operatorLoaders.exchangeByRequest.load(id);
    if (kept === null) return null;
    await note(context, 'exchange.shown', { request: id });
    return keptExchangeNode(kept);
  }
}
