import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { FieldSet } from '../../record/fields.js';
import { RECORD_KINDS, type RecordKind } from '../../record/registry-kind.js';
import { FIELD_TABLE, type Told, withheldPart } from './field-table.js';

/** Operations remembered at most, each with every set of fields that it was asked with. */
const HELD_OPERATIONS = 1000;

/** An operation as a caller may run it. */
export interface SightedOperation {
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  /** The same for operations that run alike, whoever asks. */
  readonly key: string;
  /** What was taken out, by the number in its alias: the part of `Told` that the caller is not shown. */
  readonly withheld: readonly string[];
  /** By `fieldKey`, what its answer can tell of each kind of record. */
  readonly told: ReadonlyMap<RecordKind, readonly string[]>;
  /** Whether it asks about people at all. */
  readonly asksOfPeople: boolean;
}

/** An operation that was parsed, validated and weighed. */
export interface AskedOperation {
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  /** Digest of the document's text. */
  readonly documentHash: string;
}

/** Begins with the letters that belong to GraphQL itself, so that no careful client has it among its aliases. */
const ALIAS = '__withheld';
const ALIAS_PATTERN = /^__withheld_(?<number>\d+)_(?<name>\w+)$/u;

/** The alias of a field that was taken out, read: which of `withheld` it is and the name it has in the answer. */
export function readAlias(text: string): { readonly number: number; readonly name: string } | null {
  const { number, name } = (text.startsWith(ALIAS) ? ALIAS_PATTERN.exec(text)?.groups : undefined) ?? {};
  return number === undefined || name === undefined ? null : { number: Number(number), name };
}

/**
 * Makes the look at operations through what callers may see. A field that the caller is not shown is exchanged for
 * `__typename` under an alias of ours: nothing is loaded for it, and wherever the answer has the alias, with `@include`,
 * fragments and types resolved, it gets null. Remembered for each operation and set of fields.
 */
export function createSight(schema: GraphQLSchema): (asked: AskedOperation, fields: FieldSet) => SightedOperation {
  const held = new LRUCache<string, SightedOperation>({ max: HELD_OPERATIONS });
  return (asked, fields) => {
    const key = `${asked.documentHash}:${asked.definition.name?.value ?? ''}:${fields.key}`;
    const known = held.get(key);
    if (known) return known;
    const made = look(schema, asked, fields);
    held.set(key, made);
    return made;
  };
}

function look(schema: GraphQLSchema, asked: AskedOperation, fields: FieldSet): SightedOperation {
  const name = asked.definition.name?.value ?? '';
  const own = separateOperations(asked.document)[name] ?? asked.document;
  const withheld: string[] = [];
  const told = new Set<string>();
  const types = new TypeInfo(schema);
  let asksOfPeople = false;
  const document = visit(
    own,
    visitWithTypeInfo(types, {
      Field(node) {
        const tells = FIELD_TABLE[types.getParentType()?.name ?? '']?.[node.name.value];
        if (node.name.value.startsWith('__')) return undefined;
        const type = types.getType();
        asksOfPeople ||=
          tells !== undefined || (type !== null && type !== undefined && isAboutPeople(getNamedType(type).name));
        const part = tells === undefined ? null : withheldPart(tells, fields);
        if (part === null) {
          addTold(told, tells ?? []);
          return undefined;
        }
        if (!withheld.includes(part)) withheld.push(part);
        return standIn(node, withheld.indexOf(part));
      },
    }),
  );
  const definition = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION) ?? asked.definition;
  return {
    document,
    definition,
    key: withheld.length === 0 ? asked.documentHash : `${asked.documentHash}:${fields.key}`,
    withheld,
    told: new Map(RECORD_KINDS.map((kind) => [kind, [...told].filter((key) => key.startsWith(`${kind}.`)).sort()])),
    asksOfPeople,
  };
}

/** Lists of people tell how many there are also when no field of anybody is asked for. */
function isAboutPeople(typeName: string): boolean {
  return typeName in FIELD_TABLE || typeName.replace(/Connection$/u, '') in FIELD_TABLE;
}

function addTold(told: Set<string>, tells: Told): void {
  for (const part of tells) if (!part.endsWith('*')) told.add(part);
}

function standIn({ alias, name, directives }: FieldNode, number: number): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: `${ALIAS}_${String(number)}_${alias?.value ?? name.value}` },
    name: { kind: Kind.NAME, value: '__typename' },
    ...(directives === undefined ? {} : { directives }),
  };
}
