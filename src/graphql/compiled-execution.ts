import { type DocumentNode, execute, type ExecutionResult, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { GraphContext } from './context.js';

/** Compiled operations held at most; one is some tens of kilobytes. */
const HELD_OPERATIONS = 500;

/** One operation to run, already parsed, validated and weighed. */
export interface Operation {
  readonly document: DocumentNode;
  readonly kind: OperationTypeNode;
  /** Digest of the document's text. */
  readonly documentHash: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: GraphContext;
}

/** Never called: marks what has been seen once, or cannot be compiled. */
type Held = CompiledQuery | 'seen once' | 'not compilable';

/**
 * Runs operations. A query that comes a second time is compiled, which more than halves what each further run costs;
 * compiling takes some milliseconds, too long for what is asked only once. Mutations run as graphql-js runs them.
 */
export function createExecution(schema: GraphQLSchema): (operation: Operation) => Promise<ExecutionResult> {
  const held = new LRUCache<string, Held>({ max: HELD_OPERATIONS });

  const compiled = ({ document, documentHash, operationName }: Operation): CompiledQuery | null => {
    const key = `${documentHash}:${operationName ?? ''}`;
    const found = held.get(key);
    if (found === undefined) {
      held.set(key, 'seen once');
      return null;
    }
    if (typeof found === 'object') return found;
    if (found === 'not compilable') return null;
    const made = compileQuery(schema, document, operationName ?? undefined);
    held.set(key, isCompiledQuery(made) ? made : 'not compilable');
    return isCompiledQuery(made) ? made : null;
  };

  return async (operation) => {
    const query = operation.kind === OperationTypeNode.QUERY ? compiled(operation) : null;
    if (query) {
      const result = await query.query(undefined, operation.context, operation.variables);
      // Without data nothing has run: the variables did not fit, and graphql-js says so in the words that clients know.
      if (!('data' in result) || result.data === undefined) return interpret(schema, operation);
      return result;
    }
    return interpret(schema, operation);
  };
}

async function interpret(schema: GraphQLSchema, operation: Operation): Promise<ExecutionResult> {
  return execute({
    schema,
    document: operation.document,
    contextValue: operation.context,
    variableValues: operation.variables,
    operationName: operation.operationName,
    options: { maxCoercionErrors: 5 },
  });
}
