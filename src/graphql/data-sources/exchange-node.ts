import { Ctx, Field, Int, ObjectType } from 'type-graphql';
import type { Json } from '../../record/json.js';
import { Problem } from '../../record/problem.js';
import { curlOf } from '../../sources/exchanges/curl.js';
import { type KeptExchange, openExchangeText } from '../../sources/exchanges/kept-exchanges.js';
import type { Exchange, ExchangeFacts, ExchangeText } from '../../sources/exchanges/exchange.js';
import { note, requireEverybody, requirePersonal, requireScopes } from '../access.js';
import { connectionType } from '../connection.js';
import type { GraphContext } from '../context.js';
import { DateTimeScalar, JsonScalar } from '../scalars.js';

@ObjectType('Exchange', {
  description:
    'A request to another registry as it went over the wire, and what was answered. The token is left out: `$TOKEN` stands ' +
    'in its place. Its words may tell anything of anybody: they are for callers to whom everything of people is shown.',
  simpleResolvers: true,
})
export class ExchangeNode {
  @Field(() => String, { description: 'What was asked for: `search`, `locations`, `subscribe`, ...' })
  readonly purpose: string;

  @Field(() => DateTimeScalar, { description: 'When it was sent.' })
  readonly sentAt: Date;

  @Field(() => Int, { description: 'Milliseconds to the last byte of the answer, or until it was given up.' })
  readonly durationMs: number;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the answer; null when none came.' })
  readonly status: number | null;

  @Field(() => [String], {
    description: 'The conditions that the registry could not be asked, by name; its answer is held against them here.',
  })
  readonly notPushedDown: readonly string[];

  /** `text` gives the words, which may have to be unsealed first; without the answer where that was not kept. */
  constructor(
    facts: ExchangeFacts,
    private readonly text: (context: GraphContext) => Promise<ExchangeText>,
  ) {
    this.purpose = facts.purpose;
    this.sentAt = facts.sentAt;
    this.durationMs = facts.durationMs;
    this.status = facts.status;
    this.notPushedDown = facts.notPushedDown;
  }

  @Field(() => JsonScalar, { nullable: true, description: 'The message that was sent; null for one without a body.' })
  async request(@Ctx() context: GraphContext): Promise<Json> {
    return asJson((await this.text(context)).request.body);
  }

  @Field(() => String, { nullable: true, description: 'The same to the byte, as signatures are made over it.' })
  async requestText(@Ctx() context: GraphContext): Promise<string | null> {
    return (await this.text(context)).request.body;
  }

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What was answered; a text where it is no JSON, null where none came or it was not kept.',
  })
  async answer(@Ctx() context: GraphContext): Promise<Json> {
    return asJson((await this.text(context)).answer);
  }

  @Field(() => String, { nullable: true, description: 'The same to the byte.' })
  async answerText(@Ctx() context: GraphContext): Promise<string | null> {
    return (await this.text(context)).answer;
  }

  @Field(() => String, {
    nullable: true,
    description: 'A command that sends the request again; put a token into the variable `TOKEN` of the shell first.',
  })
  async curl(@Ctx() context: GraphContext): Promise<string> {
    return curlOf((await this.text(context)).request);
  }
}

/** A page of the exchanges of a run. */
export const ExchangeConnection = connectionType('Exchange', () => ExchangeNode);

/** An exchange that was kept; its words are unsealed where they are asked for. */
export function keptExchangeNode(kept: KeptExchange): ExchangeNode {
  return new ExchangeNode(kept, async ({ operatorLoaders, keys }) => {
    const sealed = await operatorLoaders.exchangeTextById.load(kept.id);
    if (sealed === null) throw new Problem('EXCHANGE_GONE', 'The words of this exchange are not kept any more');
    return openExchangeText(keys, sealed);
  });
}

/** Throws `FORBIDDEN` for whoever may not see what goes over the wire: where it is about people, of everybody. */
export function requireInspection(context: GraphContext, about: 'people' | 'nobody'): void {
  requireScopes(context, 'dci.inspect');
  if (about === 'nobody') return;
  requirePersonal(context);
  requireEverybody(context, 'see messages, which tell of anybody');
}

const NOTED = new WeakSet<Exchange>();

/** An exchange of this request, from memory; noted once, however many fields show it. */
export async function showExchange(context: GraphContext, exchange: Exchange): Promise<ExchangeNode> {
  if (!NOTED.has(exchange)) {
    NOTED.add(exchange);
    await note(context, 'exchange.shown', { purpose: exchange.purpose });
  }
  return new ExchangeNode(exchange, () => Promise.resolve(exchange));
}

function asJson(text: string | null): Json {
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
