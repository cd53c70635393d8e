import {
  type DocumentNode,
  execute,
  getOperationAST,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { createHash } from 'node:crypto';
import type { Queryable } from '../../database/pool.js';
import { fieldKey } from '../../record/fields.js';
import { Problem } from '../../record/problem.js';
import { createLoaders } from '../../registry/loaders.js';
import { createRecordLoaders } from '../../registry/record-loaders.js';
import type { Caller } from '../../security/bearer.js';
import type { GraphContext } from '../context.js';
import { LimitProblem } from '../limit-problem.js';
import { createOperatorLoaders } from '../operator-loaders.js';
import { checkLimits, MOST_TOKENS } from '../query-limits.js';
import { withheldFieldOf } from '../sight/field-table.js';
import { Shown } from '../sight/shown.js';
import { createSight, type SightedOperation } from '../sight/sighted-operation.js';
import { type AccessExplanation, ExplainedField, ExplainedRefusal } from './explained-access.js';

/** Answers every statement with nothing: what is refused for its question is refused before it is asked. */
const HOLDS_NOTHING: Queryable = {
  query: () => Promise.resolve({ rows: [], rowCount: 0, command: 'SELECT', oid: 0, fields: [] }),
};

type DocumentExplanation = Pick<AccessExplanation, 'refused' | 'fields' | 'withheld' | 'refusals'>;

const NOTHING: Omit<DocumentExplanation, 'refused'> = { fields: [], withheld: [], refusals: [] };

/**
 * What a caller would get for a document: it is run in the caller's place over a registry that holds nothing, so that
 * everything that checks a question does so, and nobody is looked up. Never throws for what the document says.
 */
export async function explainDocument(
  schema: GraphQLSchema,
  text: string,
  variables: Readonly<Record<string, unknown>>,
  caller: Caller,
  context: GraphContext,
): Promise<DocumentExplanation> {
  const refuse = (code: string, message: string, rule: string): DocumentExplanation => ({
    refused: new ExplainedRefusal({ code, message }, rule),
    ...NOTHING,
  });
  if (!caller.scopes.includes('graph.read')) {
    return refuse(
      'FORBIDDEN',
      'The client lacks the scope graph.read, without which the graph is closed to it',
      'scopes',
    );
  }
  const digest = createHash('sha256').update(text).digest('hex');
  if (context.trusted && !caller.scopes.includes('graph.adhoc') && !context.trusted.has(text, digest)) {
    return refuse(
      'PERSISTED_QUERY_REQUIRED',
      'The document is not registered, and the client lacks graph.adhoc',
      'scopes',
    );
  }
  try {
    const document = parse(text, { maxTokens: MOST_TOKENS });
    const [fault] = validate(schema, document, undefined, { maxErrors: 1 });
    if (fault) return refuse('GRAPHQL_VALIDATION_FAILED', fault.message, 'message');
    const definition = getOperationAST(document);
    if (!definition || definition.operation !== OperationTypeNode.QUERY) {
      return refuse('BAD_USER_INPUT', 'Documents with one query are explained', 'message');
    }
    checkLimits(schema, document, definition, variables);
    const operation = createSight(schema)({ document, definition, documentHash: digest }, caller.access.fields);
    const contextValue = emptyContext(caller, context);
    // One by one: a part that is refused would take those beside it along.
    const results = await Promise.all(
      partsOf(operation).map(async (part) =>
        execute({ schema, document: part, variableValues: variables, contextValue }),
      ),
    );
    return {
      refused: null,
      fields: [...operation.told.values()].flat().sort(),
      withheld: operation.withheld.map((part) => {
        const field = withheldFieldOf(part, caller.access.fields);
        const by = field && caller.access.fields.withheldBy(field);
        return new ExplainedField(part.endsWith('*') || !field ? part : fieldKey(field), by ?? 'only');
      }),
      refusals: results
        .flatMap(({ errors = [] }) => errors)
        .flatMap(({ originalError, message, path }) => {
          const code = originalError instanceof Problem ? String(originalError.code) : 'BAD_USER_INPUT';
          if (code === 'DATA_SOURCE_UNKNOWN') return [];
          const rule = originalError instanceof LimitProblem ? originalError.limit : 'message';
          return [new ExplainedRefusal({ code, message }, rule, path?.join('.') ?? null)];
        }),
    };
  } catch (error) {
    if (error instanceof Problem) return refuse(String(error.code), error.message, 'message');
    return refuse('GRAPHQL_PARSE_FAILED', 'The document cannot be read as GraphQL', 'message');
  }
}

/** The operation as one document for each field of its root. */
function partsOf({ document, definition }: SightedOperation): DocumentNode[] {
  const { selectionSet } = definition;
  return selectionSet.selections.map((selection) => ({
    ...document,
    definitions: document.definitions.map((node) =>
      node === definition ? { ...definition, selectionSet: { ...selectionSet, selections: [selection] } } : node,
    ),
  }));
}

function emptyContext(caller: Caller, context: GraphContext): GraphContext {
  return {
    ...context,
    caller,
    db: HOLDS_NOTHING,
    records: HOLDS_NOTHING,
    loaders: createLoaders(HOLDS_NOTHING, caller.access.rows, caller.access.fields),
    recordLoaders: createRecordLoaders(HOLDS_NOTHING, caller.access.fields),
    operatorLoaders: createOperatorLoaders(HOLDS_NOTHING),
    shown: new Shown(),
  };
}
