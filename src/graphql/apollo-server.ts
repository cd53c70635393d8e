import { randomUUID } from 'node:crypto';
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDisableSuggestions } from '@apollo/server/plugin/disableSuggestions';
import {
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { Logger } from 'pino';
import { Problem } from '../record/problem.js';
import { createExecution } from './compiled-execution.js';
import type { GraphContext } from './context.js';
import { answerError, type ErrorSurroundings } from './error-answers.js';
import { checkDirectives, checkLimits, MOST_TOKENS } from './query-limits.js';

/** What is served, and how openly. */
export interface ApolloServerOptions {
  readonly schema: GraphQLSchema;
  readonly isProduction: boolean;
  readonly log: Logger;
}

/** Apollo Server with everything left out that costs time for each field, and with our limits and our execution. */
export function createApolloServer({ schema, isProduction, log }: ApolloServerOptions): ApolloServer<GraphContext> {
  return new ApolloServer<GraphContext>({
    schema,
    introspection: !isProduction,
    hideSchemaDetailsFromClientErrors: isProduction,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MOST_TOKENS },
    validationOptions: { maxErrors: 5 },
    validationRules: [checkDirectives],
    maxRecursiveSelections: true,
    logger: {
      debug: (message?: unknown) => log.debug(String(message)),
      info: (message?: unknown) => log.debug(String(message)),
      warn: (message?: unknown) => log.warn(String(message)),
      error: (message?: unknown) => log.error(String(message)),
    },
    // Reached by what fails before an operation runs; operations word their own errors, under the request's id.
    formatError: (formatted, error) =>
      answerError(formatted, error, { log, requestId: randomUUID(), tellsSchema: !isProduction }),
    plugins: [
      // Its hook on every field would wrap every value in promises.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ...(isProduction ? [ApolloServerPluginDisableSuggestions()] : []),
      executionPlugin(schema, !isProduction),
    ],
  });
}

/** Weighs each operation and, when it is not too heavy, runs it. */
function executionPlugin(schema: GraphQLSchema, tellsSchema: boolean): ApolloServerPlugin<GraphContext> {
  const run = createExecution(schema);
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ document, request }) {
          const operation = getOperationAST(document, request.operationName);
          if (!operation) return Promise.resolve();
          try {
            checkLimits(schema, document, operation, request.variables ?? {});
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            const extensions = { code: String(error.code), http: { status: 400, headers: new HeaderMap() } };
            throw new GraphQLError(error.message, { originalError: error, extensions });
          }
          return Promise.resolve();
        },
        async responseForOperation({ document, request, source, queryHash, contextValue }) {
          const operation = getOperationAST(document, request.operationName);
          // The server words the refusal of an operation that the document does not have.
          if (!operation) return null;
          const result = await run({
            document,
            definition: operation,
            documentHash: queryHash ?? source,
            variables: request.variables ?? {},
            context: contextValue,
          });
          const { data, errors } = wordErrors(result, { ...contextValue, tellsSchema });
          const headers = new HeaderMap();
          return {
            http: data === undefined ? { status: 400, headers } : { headers },
            body: {
              kind: 'single',
              singleResult: { ...(errors ? { errors } : {}), ...(data === undefined ? {} : { data }) },
            },
          };
        },
      }),
  };
}

function wordErrors(
  { data, errors }: ExecutionResult,
  surroundings: ErrorSurroundings,
): { data: ExecutionResult['data']; errors: GraphQLFormattedError[] | undefined } {
  // Without data nothing ran: what was given did not fit the operation.
  const code = data === undefined ? { code: 'BAD_USER_INPUT' } : {};
  return {
    data,
    errors: errors?.map((error) => {
      const formatted = error.toJSON();
      return answerError({ ...formatted, extensions: { ...formatted.extensions, ...code } }, error, surroundings);
    }),
  };
}
