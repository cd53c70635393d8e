import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDisableSuggestions } from '@apollo/server/plugin/disableSuggestions';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { GraphContext } from './context.js';
import { answerError } from './error-answers.js';
import { operationPlugin } from './operation-plugin.js';
import { checkDirectives, MOST_TOKENS } from './query-limits.js';

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
      debug: (message?: unknown) => log.debug({ said: String(message) }, 'of the graph server'),
      info: (message?: unknown) => log.debug({ said: String(message) }, 'of the graph server'),
      warn: (message?: unknown) => log.warn({ said: String(message) }, 'a warning of the graph server'),
      error: (message?: unknown) => log.error({ said: String(message) }, 'an error of the graph server'),
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
      operationPlugin({ schema, tellsSchema: !isProduction }),
    ],
  });
}
