import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  type ExecutionResult,
  type FormattedExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import { Problem } from '../record/problem.js';
import { type Purpose, readPurpose } from './asked-purpose.js';
import { createExecution } from './compiled-execution.js';
import type { GraphContext } from './context.js';
import { disclose } from './disclose.js';
import { answerError } from './error-answers.js';
import { checkLimits } from './query-limits.js';
import { createSight, type SightedOperation } from './sight/sighted-operation.js';
import { MOST_ERRORS, showWithheld } from './sight/withheld-values.js';

/** What operations are run with. */
export interface OperationPluginOptions {
  readonly schema: GraphQLSchema;
  /** Whether callers may be told what the schema has: everywhere but in production. */
  readonly tellsSchema: boolean;
}

/** Without `data` nothing ran. */
interface Answer {
  readonly data?: FormattedExecutionResult['data'] | undefined;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Checks each operation, runs what of it the caller may see, and writes down who was told of before it is answered. */
export function operationPlugin({ schema, tellsSchema }: OperationPluginOptions): ApolloServerPlugin<GraphContext> {
  const execute = createExecution(schema);
  const sight = createSight(schema);

  const run = async (
    operation: SightedOperation,
    variables: Readonly<Record<string, unknown>>,
    context: GraphContext,
    purpose: Purpose | null,
  ): Promise<Answer> => {
    const { document, definition, key, withheld } = operation;
    const running = execute({ document, definition, documentHash: key, variables, context });
    const result = await Promise.race([running, context.time.ended]);
    if (purpose) await disclose(context, operation, purpose, result);
    const answer = wordErrors(result, context, tellsSchema);
    if (withheld.length === 0) return answer;
    const { data, errors } = showWithheld(answer.data, withheld, context.caller);
    return { data, errors: [...(answer.errors ?? []), ...errors].slice(0, MOST_ERRORS) };
  };

  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ document, request, contextValue }) {
          const operation = getOperationAST(document, request.operationName);
          if (!operation) return Promise.resolve();
          if (operation.operation === OperationTypeNode.MUTATION) contextValue.time.runToTheEnd();
          try {
            if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw notServedHere();
            checkLimits(schema, document, operation, request.variables ?? {});
          } catch (error) {
            throw refusalOf(error);
          }
          return Promise.resolve();
        },
        async responseForOperation({ document, request, source, queryHash, contextValue }) {
          const definition = getOperationAST(document, request.operationName);
          // The server words the refusal of an operation that the document does not have.
          if (!definition) return null;
          const operation = sight(
            { document, definition, documentHash: queryHash ?? source },
            contextValue.caller.access.fields,
          );
          try {
            const purpose = operation.asksOfPeople ? readPurpose(request.extensions, contextValue.caller) : null;
            const answer = await run(operation, request.variables ?? {}, contextValue, purpose);
            return respond(answer, answer.data === undefined ? 400 : undefined);
          } catch (error) {
            const { requestId, log } = contextValue;
            const failure = error instanceof GraphQLError ? error : toGraphQLError(error);
            const worded = answerError(failure.toJSON(), failure, { log, requestId, tellsSchema });
            return respond({ data: null, errors: [worded] }, statusOf(error), retryOf(error));
          }
        },
      }),
  };
}

function notServedHere(): Problem {
  const message =
    'Subscriptions are served over WebSockets (graphql-transport-ws) at /graphql, and as server-sent events at /graphql/stream';
  return new Problem('SUBSCRIPTION_NOT_SERVED_HERE', message);
}

/** As the server expects a refusal before an operation runs. */
function refusalOf(error: unknown): GraphQLError {
  if (!(error instanceof Problem)) throw error;
  const http = { status: 400, headers: new HeaderMap() };
  return new GraphQLError(error.message, { originalError: error, extensions: { code: error.code, http } });
}

function toGraphQLError(error: unknown): GraphQLError {
  const cause = error instanceof Error ? error : new Error('Something was thrown that is no error');
  return new GraphQLError(cause.message, { originalError: cause });
}

const STATUS: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  CONSENT_REQUIRED: 400,
  RECORD_BUDGET_SPENT: 429,
  DEADLINE_EXCEEDED: 503,
};

function statusOf(error: unknown): number {
  // What is left is that the ledger could not be written.
  return (error instanceof Problem ? STATUS[String(error.code)] : undefined) ?? 503;
}

/** Budgets are counted by the hour of the clock. */
function retryOf(error: unknown): number | undefined {
  if (!(error instanceof Problem) || error.code !== 'RECORD_BUDGET_SPENT') return undefined;
  return 3600 - (Math.floor(Date.now() / 1000) % 3600);
}

function respond(answer: Answer, status?: number, retryAfter?: number) {
  const { data, errors } = answer;
  const headers = new HeaderMap(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)]]);
  return {
    http: status === undefined ? { headers } : { status, headers },
    body: {
      kind: 'single' as const,
      singleResult: { ...(errors?.length ? { errors } : {}), ...(data === undefined ? {} : { data }) },
    },
  };
}

function wordErrors({ data, errors }: ExecutionResult, context: GraphContext, tellsSchema: boolean): Answer {
  // Without data nothing ran: what was given did not fit the operation.
  const code = data === undefined ? { code: 'BAD_USER_INPUT' } : {};
  const worded = errors?.slice(0, MOST_ERRORS).map((error) => {
    const formatted = error.toJSON();
    const surroundings = { log: context.log, requestId: context.requestId, tellsSchema };
    return answerError({ ...formatted, extensions: { ...formatted.extensions, ...code } }, error, surroundings);
  });
  return { ...(data === undefined ? {} : { data }), ...(worded ? { errors: worded } : {}) };
}
