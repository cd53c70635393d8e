import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  getNullableType,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLSchema,
  isCompositeType,
  isListType,
  isObjectType,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationRule,
  visit,
} from 'graphql';
import { Problem } from '../record/problem.js';
import { DEFAULT_PAGE, LARGEST_PAGE } from './connection.js';

/** Words and signs of a document; the parser stops there. */
export const MOST_TOKENS = 1000;
/** Fields within one another. */
const MOST_LEVELS = 10;
/** Fields under another name, wherever they stand; fragments count each time they are used. */
const MOST_ALIASES = 15;
const MOST_DIRECTIVES = 20;
/** Objects that the answer may come to, lists taken at their page size or, where they have none, at LIST_SIZE. */
const MOST_OBJECTS = 10_000;
/** A list without pages: the identifiers, memberships, relationships or ancestors of one object. */
const LIST_SIZE = 5;

/** Lists and objects within one another in the variables: filters nest less, and reading them recurses. */
const MOST_VARIABLE_LEVELS = 40;

/** Objects within the variables of a query, counted at each place that uses them: parts of filters above all. */
const MOST_ASKED_PARTS = 1500;

/** What a selection comes to at most. */
interface Weight {
  readonly objects: number;
  readonly levels: number;
  readonly aliases: number;
}

const NOTHING: Weight = { objects: 0, levels: 0, aliases: 0 };

/**
 * Weighs an operation before it runs. Each fragment is weighed once however often it is used, so that a document that
 * doubles itself with every fragment costs no more to refuse than its own length.
 * Throws `QUERY_TOO_COMPLEX`, saying which limit the operation is beyond.
 */
export function checkLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void {
  if (isDeeperThan(MOST_VARIABLE_LEVELS, variables)) {
    const most = String(MOST_VARIABLE_LEVELS);
    throw new Problem('QUERY_TOO_COMPLEX', `The variables nest more than ${most} levels: say it with fewer`);
  }
  if (operation.operation === OperationTypeNode.QUERY && askedParts(document, variables) > MOST_ASKED_PARTS) {
    const most = String(MOST_ASKED_PARTS);
    throw new Problem('QUERY_TOO_COMPLEX', `The filters of the query have more than ${most} parts: ask in several`);
  }
  const weight = new Scales(schema, document, operation, variables).weigh();
  const limits = [
    ['levels', weight.levels, MOST_LEVELS],
    ['aliases', weight.aliases, MOST_ALIASES],
    ['objects', weight.objects, MOST_OBJECTS],
  ] as const;
  for (const [what, found, most] of limits) {
    if (found > most) {
      throw new Problem(
        'QUERY_TOO_COMPLEX',
        `The query could come to more than ${String(most)} ${what}: ask for less at once, for instance with a smaller first`,
      );
    }
  }
}

class Scales {
  private readonly fragments = new Map<string, Weight>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {}

  weigh(): Weight {
    const root = this.schema.getRootType(this.operation.operation);
    return root ? this.selection(this.operation.selectionSet, root.name, null) : NOTHING;
  }

  /** `pageSize` is that of the connection whose `nodes` or `edges` these are. */
  private selection({ selections }: SelectionSetNode, typeName: string, pageSize: number | null): Weight {
    let objects = 0;
    let levels = 0;
    let aliases = 0;
    for (const selection of selections) {
      const weight =
        selection.kind === Kind.FIELD
          ? this.field(selection, typeName, pageSize)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? this.selection(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, pageSize)
            : this.fragment(selection.name.value, pageSize);
      objects += weight.objects;
      levels = Math.max(levels, weight.levels);
      aliases += weight.aliases;
    }
    return { objects, levels, aliases };
  }

  private fragment(name: string, pageSize: number | null): Weight {
    const key = `${name}:${String(pageSize)}`;
    const known = this.fragments.get(key);
    if (known) return known;
    const definition = this.document.definitions.find(
      (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name,
    );
    if (definition?.kind !== Kind.FRAGMENT_DEFINITION) return NOTHING;
    const weight = this.selection(definition.selectionSet, definition.typeCondition.name.value, pageSize);
    this.fragments.set(key, weight);
    return weight;
  }

  private field(node: FieldNode, typeName: string, pageSize: number | null): Weight {
    const aliases = node.alias ? 1 : 0;
    // The schema's description of itself is the same size for everybody.
    if (!node.selectionSet || node.name.value.startsWith('__')) return { objects: 0, levels: 1, aliases };
    const parent = this.schema.getType(typeName);
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    if (!field || !isCompositeType(getNamedType(field.type))) return { objects: 0, levels: 1, aliases };
    const paged = field.args.some(({ name }) => name === 'first');
    const below = this.selection(
      node.selectionSet,
      getNamedType(field.type).name,
      paged ? this.pageSizeOf(node) : null,
    );
    const times = isList(field.type) ? (pageSize ?? LIST_SIZE) : 1;
    return { objects: times * (1 + below.objects), levels: 1 + below.levels, aliases: aliases + below.aliases };
  }

  private pageSizeOf(node: FieldNode): number {
    const sizes = node.arguments
      ?.filter(({ name }) => name.value === 'first' || name.value === 'last')
      .map(({ value }) => {
        if (value.kind === Kind.INT) return Number(value.value);
        return value.kind === Kind.VARIABLE ? this.variable(value.name.value) : DEFAULT_PAGE;
      });
    // A size below one is refused where it is used; here it must not outweigh the rest of the query.
    return Math.max(1, ...(sizes?.length ? sizes : [DEFAULT_PAGE]));
  }

  private variable(name: string): number {
    const given = this.variables[name];
    if (typeof given === 'number') return given;
    const fallback = this.operation.variableDefinitions?.find(
      ({ variable }) => variable.name.value === name,
    )?.defaultValue;
    if (given === undefined && fallback?.kind === Kind.INT) return Number(fallback.value);
    return given === undefined || given === null ? DEFAULT_PAGE : LARGEST_PAGE;
  }
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

function askedParts(document: DocumentNode, variables: Readonly<Record<string, unknown>>): number {
  const sizes = new Map(Object.entries(variables).map(([name, value]) => [name, objectsIn(value)]));
  let parts = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable({ name }) {
      parts += sizes.get(name.value) ?? 0;
    },
  });
  return parts;
}

function objectsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const within = Object.values(value).reduce<number>((sum, inner) => sum + objectsIn(inner), 0);
  return Array.isArray(value) ? within : within + 1;
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}

/** A validation rule: directives are cheap to write and not to check. */
export const checkDirectives: ValidationRule = (context) => {
  let found = 0;
  return {
    Directive(node) {
      found += 1;
      if (found === MOST_DIRECTIVES + 1) {
        const message = `A document may use at most ${String(MOST_DIRECTIVES)} directives`;
        context.reportError(new GraphQLError(message, { nodes: node }));
      }
    },
  };
};
