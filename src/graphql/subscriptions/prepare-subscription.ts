import { hash, randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { Problem } from '../../record/problem.js';
import type { Caller } from '../../security/bearer.js';
import type { GraphContext } from '../context.js';
import { answerError } from '../error-answers.js';
import { NOT_REGISTERED } from '../named-document.js';
import { checkDirectives, checkLimits, MOST_TOKENS } from '../query-limits.js';
import { createContext, type RequestContextOptions } from '../request-context.js';
import type { AwaitedAnswer } from '../request-time.js';
import { createSight } from '../sight/sighted-operation.js';
import type { ConnectionLimits, Release } from './connection-limits.js';
import type { LiveCaller } from './live-caller.js';

/** What subscriptions are run with. */
export interface SubscriptionOptions extends RequestContextOptions {
  readonly schema: GraphQLSchema;
  /** Whether callers may be told what the schema has: everywhere but in production. */
  readonly tellsSchema: boolean;
  readonly limits: ConnectionLimits;
}

/** A subscription as somebody asks for it. */
export interface AskedSubscription {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A subscription that may run. */
export interface PreparedSubscription {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /**
   * Answers one event after the other until there are no more, the caller is not let in any more or an event cannot be
   * answered; its errors are worded already. Never throws.
   */
  open(): Promise<AsyncGenerator<ExecutionResult, void, undefined>>;
}

/**
 * Makes the check of subscriptions: the same limits hold as for queries. They tell of nobody, since who was told of whom
 * is written down answer by answer: what they lead to is asked with a query.
 * What comes of it are the errors of a document that may not run.
 */
export function prepareSubscriptions(
  options: SubscriptionOptions,
): (asked: AskedSubscription, live: LiveCaller) => Promise<PreparedSubscription | readonly GraphQLError[]> {
  const { schema, tellsSchema, trusted } = options;
  const sight = createSight(schema);
  const rules = [...specifiedRules, checkDirectives];

  const read = (text: string): DocumentNode | readonly GraphQLError[] => {
    try {
      const document = parse(text, { maxTokens: MOST_TOKENS });
      const faults = validate(schema, document, rules, { maxErrors: 5, hideSuggestions: !tellsSchema });
      if (faults.length === 0) return document;
      const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
      return faults.map(({ message, nodes }) => new GraphQLError(message, { nodes: nodes ?? null, extensions }));
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const { message, source, positions } = error;
      return [new GraphQLError(message, { source, positions, extensions: { code: 'GRAPHQL_PARSE_FAILED' } })];
    }
  };

  const check = (document: DocumentNode, asked: AskedSubscription, caller: Caller): OperationDefinitionNode => {
    const definition = getOperationAST(document, asked.operationName);
    if (!definition) {
      throw new Problem(
        'OPERATION_RESOLUTION_FAILURE',
        'The document has no operation of this name, or several of none',
      );
    }
    if (definition.operation !== OperationTypeNode.SUBSCRIPTION) {
      throw new Problem('SUBSCRIPTION_REQUIRED', 'Subscriptions alone are served here: POST anything else to /graphql');
    }
    checkLimits(schema, document, definition, asked.variables ?? {});
    const documentHash = hash('sha256', asked.query, 'hex');
    if (sight({ document, definition, documentHash }, caller.access.fields).asksOfPeople) {
      const message = 'A subscription tells of no people: take these fields out, and ask for them with a query';
      throw new Problem('SUBSCRIPTION_OF_PEOPLE', message);
    }
    return definition;
  };

  return async (asked, live) => {
    try {
      const caller = await live.now();
      const isFree = trusted === null || caller.scopes.includes('graph.adhoc');
      if (!isFree && !trusted.has(asked.query, hash('sha256', asked.query, 'hex'))) {
        throw new Problem('PERSISTED_QUERY_REQUIRED', NOT_REGISTERED);
      }
      const document = read(asked.query);
      if (!('kind' in document)) return document;
      const { name } = check(document, asked, caller);
      const release = options.limits.subscribe(caller.actor);
      if (release === null) {
        throw new Problem(
          'TOO_MANY_SUBSCRIPTIONS',
          'This caller follows enough already: end other subscriptions first',
        );
      }
      const events = new Events(options, { document, name: name?.value, variables: asked.variables ?? {} }, live);
      return { schema, document, operationName: name?.value ?? null, open: () => events.open(release) };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return [new GraphQLError(error.message, { extensions: { code: error.code } })];
    }
  };
}

interface Operation {
  readonly document: DocumentNode;
  readonly name: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The events of one subscription, each answered as a request of its own: nothing is remembered from one to the next. */
class Events implements AsyncGenerator<ExecutionResult, void, undefined> {
  readonly #options: SubscriptionOptions;
  readonly #operation: Operation;
  readonly #live: LiveCaller;
  #source: AsyncIterator<unknown> | null = null;
  #answer: EventAnswer | null = null;
  /** What is told before nothing more is. */
  #last: ExecutionResult | null = null;
  #isOver = false;
  #release: Release = () => undefined;

  constructor(options: SubscriptionOptions, operation: Operation, live: LiveCaller) {
    this.#options = options;
    this.#operation = operation;
    this.#live = live;
  }

  async open(release: Release): Promise<this> {
    this.#release = release;
    const found = await this.#inContext(async (context) => {
      const { document, name, variables } = this.#operation;
      const { schema } = this.#options;
      return await createSourceEventStream({
        schema,
        document,
        contextValue: context,
        variableValues: variables,
        ...(name === undefined ? {} : { operationName: name }),
      });
    });
    if (Symbol.asyncIterator in found) this.#source = found[Symbol.asyncIterator]();
    else this.#last = found;
    return this;
  }

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    if (this.#isOver) return { done: true, value: undefined };
    if (this.#last === null) {
      const event = await this.#event();
      if (event === null) return await this.return();
      const result = event.isRefused ? event.result : await this.#answerTo(event.value);
      // Nothing can come after an event that was not answered but the same again.
      if (result.data !== null && result.data !== undefined) return { done: false, value: result };
      this.#last = result;
    }
    const value = this.#last;
    await this.return();
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<ExecutionResult, void>> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#release();
      this.#answer?.abandon();
      await this.#source?.return?.();
    }
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult, void>> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next event; `null`: there are no more. */
  async #event(): Promise<
    | { readonly isRefused: false; readonly value: unknown }
    | { readonly isRefused: true; readonly result: ExecutionResult }
    | null
  > {
    const { ended } = this.#live;
    let stopWaiting = (): void => undefined;
    const refused = new Promise<null>((resolve) => {
      const refuse = (): void => resolve(null);
      if (ended.aborted) refuse();
      ended.addEventListener('abort', refuse);
      stopWaiting = () => ended.removeEventListener('abort', refuse);
    });
    try {
      const found = await Promise.race([this.#source?.next(), refused]);
      if (found === null) return { isRefused: true, result: this.#word(ended.reason) };
      return found === undefined || found.done === true ? null : { isRefused: false, value: found.value };
    } catch (error) {
      return { isRefused: true, result: this.#word(error) };
    } finally {
      stopWaiting();
    }
  }

  async #answerTo(event: unknown): Promise<ExecutionResult> {
    return await this.#inContext(async (context) => {
      const { document, name, variables } = this.#operation;
      return await execute({
        schema: this.#options.schema,
        document,
        rootValue: event,
        contextValue: context,
        variableValues: variables,
        operationName: name ?? null,
        hideSuggestions: !this.#options.tellsSchema,
      });
    });
  }

  /** Runs with a context of its own, in the time of a request; errors come back as a result, worded. */
  async #inContext<Result extends ExecutionResult | AsyncIterable<unknown>>(
    work: (context: GraphContext) => Promise<Result>,
  ): Promise<Result | ExecutionResult> {
    const answer = new EventAnswer();
    this.#answer = answer;
    try {
      const context = createContext(await this.#live.now(), answer, this.#options);
      const result = await Promise.race([work(context), context.time.ended]);
      return 'errors' in result && result.errors ? this.#wordAll(result, context.requestId) : result;
    } catch (error) {
      return this.#word(error);
    } finally {
      answer.finish();
      this.#answer = null;
    }
  }

  #word(error: unknown): ExecutionResult {
    const cause = error instanceof Error ? error : new Error('Something was thrown that is no error');
    const failure = error instanceof GraphQLError ? error : new GraphQLError(cause.message, { originalError: cause });
    return this.#wordAll({ errors: [failure] });
  }

  #wordAll({ data, errors = [] }: ExecutionResult, requestId?: string): ExecutionResult {
    const { log, tellsSchema } = this.#options;
    const surroundings = { log, requestId: requestId ?? randomUUID(), tellsSchema };
    return {
      ...(data === undefined ? {} : { data }),
      errors: errors.map((error) => {
        const formatted = error.toJSON();
        // What has no path was found before anything ran: the variables did not fit.
        const code = error.path === undefined && error.originalError === undefined ? { code: 'BAD_USER_INPUT' } : {};
        const worded = answerError(
          { ...formatted, extensions: { ...formatted.extensions, ...code } },
          error,
          surroundings,
        );
        return new GraphQLError(worded.message, { path: worded.path, extensions: worded.extensions });
      }),
    };
  }
}

/** The answer to one event, as the time of a request sees it. */
class EventAnswer extends EventEmitter implements AwaitedAnswer {
  writableFinished = false;
  destroyed = false;

  finish(): void {
    this.writableFinished = true;
    this.emit('close');
  }

  abandon(): void {
    this.destroyed = true;
    this.emit('close');
  }
}
