import {
  BREAK,
  type DocumentNode,
  execute,
  type ExecutionResult,
  getVariableValues,
  GraphQLScalarType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { GraphContext } from './context.js';

/** Operations remembered at most; a compiled one is some tens of kilobytes. */
const HELD_OPERATIONS = 500;
/** Faults of variables that one answer tells of. */
const MOST_FAULTS = 5;

/** One operation to run, already parsed, validated and weighed. */
export interface Operation {
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  /** Digest of the document's text. */
  readonly documentHash: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: GraphContext;
}

type Held = CompiledQuery | 'seen once' | 'not compilable';

/**
 * Runs operations. A query that comes a second time is compiled, which more than halves what each further run costs;
 * compiling takes some milliseconds, too long for what is asked only once. Mutations run as graphql-js runs them.
 * An answer without `data` says that the variables did not fit: nothing has run.
 */
export function createExecution(schema: GraphQLSchema): (operation: Operation) => Promise<ExecutionResult> {
  const held = new LRUCache<string, Held>({ max: HELD_OPERATIONS });
  const compilingSchema = acceptingReadVariables(schema);

  const compiled = ({ document, definition, documentHash }: Operation): CompiledQuery | null => {
    const key = `${documentHash}:${definition.name?.value ?? ''}`;
    const found = held.get(key);
    if (typeof found === 'object') return found;
    if (found === 'not compilable') return null;
    if (found === undefined) {
      held.set(key, 'seen once');
      return null;
    }
    const made = isCompilable(document)
      ? compileQuery(compilingSchema, withReadVariables(document), definition.name?.value)
      : null;
    const query = made && isCompiledQuery(made) ? made : null;
    held.set(key, query ?? 'not compilable');
    return query;
  };

  return async (operation) => {
    const { document, definition, variables, context } = operation;
    const query = definition.operation === OperationTypeNode.QUERY ? compiled(operation) : null;
    if (query) {
      const read = getVariableValues(schema, definition.variableDefinitions ?? [], variables, {
        maxErrors: MOST_FAULTS,
      });
      return read.errors ? { errors: read.errors } : query.query(undefined, context, read.coerced);
    }
    return execute({
      schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName: definition.name?.value,
      options: { maxCoercionErrors: MOST_FAULTS },
    });
  };
}

/*
 * graphql-jit would write out the reading of each variable as code, and never come to an end with an input type that
 * contains itself, as filters do. So graphql-js reads the variables, and what is compiled takes them as they are.
 */

const READ = new GraphQLScalarType({ name: 'ReadVariable' });

function acceptingReadVariables(schema: GraphQLSchema): GraphQLSchema {
  const getType = (name: string) => (name === READ.name ? READ : schema.getType(name));
  return new Proxy(schema, {
    get: (target, property): unknown => (property === 'getType' ? getType : Reflect.get(target, property)),
  });
}

/** Booleans keep their type, by which the compiler checks `@skip` and `@include`; reading them again changes nothing. */
function withReadVariables(document: DocumentNode): DocumentNode {
  return visit(document, {
    VariableDefinition: (node) => {
      const named = node.type.kind === Kind.NON_NULL_TYPE ? node.type.type : node.type;
      if (named.kind === Kind.NAMED_TYPE && named.name.value === 'Boolean') return false;
      const type = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: READ.name } };
      return { kind: node.kind, variable: node.variable, type };
    },
  });
}

/** A variable that is left out inside a literal is left out of it; the compiler would put null there. */
function isCompilable(document: DocumentNode): boolean {
  let compilable = true;
  let literals = 0;
  const literal = { enter: () => void (literals += 1), leave: () => void (literals -= 1) };
  visit(document, {
    ObjectValue: literal,
    ListValue: literal,
    Variable: () => {
      compilable &&= literals === 0;
      return compilable ? undefined : BREAK;
    },
  });
  return compilable;
}
