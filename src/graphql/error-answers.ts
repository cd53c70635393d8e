import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { type LoggableError, loggableError } from '../record/loggable-error.js';
import { Problem } from '../record/problem.js';
import { wordVariableFault } from './variable-fault.js';

/** Codes of errors that Apollo Server itself makes and words for the caller. */
const WORDED_BY_SERVER: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'INTROSPECTION_DISABLED',
  'MAX_RECURSIVE_SELECTIONS_EXCEEDED',
]);

export interface ErrorSurroundings {
  readonly log: Logger;
  readonly requestId: string;
  /** Whether callers may be told what the schema has: everywhere but in production. */
  readonly tellsSchema: boolean;
}

/** An error of a request, whoever is answered: `errors[]` with a code, and nothing of the program's insides. */
export function errorBody(code: string, message: string): { errors: GraphQLFormattedError[] } {
  return { errors: [{ message, extensions: { code } }] };
}

/**
 * Words an error for the caller: a `Problem` by its code and sentence; a fault of the document as the server words it,
 * without the values of variables; anything else is our fault, masked and logged under the id of the request.
 */
export function answerError(
  formatted: GraphQLFormattedError,
  error: unknown,
  { log, requestId, tellsSchema }: ErrorSurroundings,
): GraphQLFormattedError {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (cause instanceof Problem) return { ...formatted, message: cause.message, extensions: { code: cause.code } };
  const code = formatted.extensions?.['code'];
  if (WORDED_BY_SERVER.has(code)) {
    const message = error instanceof GraphQLError ? wordVariableFault(error, tellsSchema) : formatted.message;
    return { ...formatted, message, extensions: { code } };
  }
  log.error({ requestId, path: formatted.path, err: describe(cause) }, 'a GraphQL request failed unexpectedly');
  return {
    ...formatted,
    message: `Something went wrong on our side. The log knows it as request ${requestId}`,
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
  };
}

function describe(cause: unknown): LoggableError {
  const described = loggableError(cause);
  if (!(cause instanceof GraphQLError)) return described;
  const message = wordVariableFault(cause, false);
  // A stack begins with the message.
  const stack = described.stack?.replace(cause.message, () => message);
  return { name: described.name, message, ...(stack === undefined ? {} : { stack }) };
}
