import { randomUUID } from 'node:crypto';
import { escapeIdentifier } from 'pg';
import type { Queryable } from '../database/pool.js';
import { type AttributeType, type Operator, OPERATORS, referenceTo, type Sensitivity } from '../record/attributes.js';
import { Catalogue, spellingKey } from '../record/catalogue.js';
import { CORE_ATTRIBUTES } from '../record/core-attributes.js';
import { Problem } from '../record/problem.js';
import { type RecordKind, REGISTRY_KINDS, type RegistryKind } from '../record/registry-kind.js';
import { type DeclaredAttribute, listDeclaredAttributes } from './attributes.js';
import { indexDefinition, isPath, statisticsExpression } from './write-records/held-values.js';
import { RECORD_TABLES } from './queries/record-tables.js';

/** An attribute that a country adds: a key in the jsonb of its records that can be asked for. */
export interface AttributeToDeclare {
  readonly record: RecordKind;
  readonly name: string;
  readonly type: AttributeType;
  readonly aliases: readonly string[];
  /** Empty: all that publish such records. */
  readonly registries: readonly RegistryKind[];
  /** Keys from the outside in; empty: the name, its dots parting the keys. */
  readonly path: readonly string[];
  /** For a code: the values that exist; empty: any. */
  readonly codes: readonly string[];
  readonly list: boolean;
  readonly sensitivity: Sensitivity;
  /** Whether it gets an index: only then can it be asked for. */
  readonly searchable: boolean;
}

const NAME = /^[a-z][a-z0-9_.]{0,98}$/u;
const MOST_SPELLINGS = 50;
const MOST_CODES = 1000;
const LONGEST_WORD = 99;

const REGISTRIES_OF: Readonly<Record<RecordKind, readonly RegistryKind[]>> = {
  individual: REGISTRY_KINDS,
  group: ['social', 'ibr'],
  farmer: ['fr'],
  disability: ['dr', 'social'],
  enrolment: ['ibr'],
};

const INSERT_ATTRIBUTE = {
  name: 'registry-insert-attribute',
  text: `
    insert into attributes (id, record, name, aliases, registries, type, operators, codes, path, list, sensitivity)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
};

const MARK_SEARCHABLE = {
  name: 'registry-mark-attribute-searchable',
  text: 'update attributes set searchable = true where id = $1',
};

const DELETE_ATTRIBUTE = { name: 'registry-delete-attribute', text: 'delete from attributes where id = $1' };

/**
 * Adds the attribute to the catalogue, and its index where it is to be searchable. `owner` is a connection of the role
 * that owns the tables, outside of a transaction: the index is built while others write. Gateways know of the attribute
 * within a second. What was interrupted is done by asking for the same again.
 *
 * Throws `ATTRIBUTE_INVALID` for what cannot be declared and `ATTRIBUTE_EXISTS` where a name is taken.
 */
export async function declareAttribute(owner: Queryable, given: AttributeToDeclare): Promise<DeclaredAttribute> {
  const attribute = complete(given);
  const held = await listDeclaredAttributes(owner);
  const same = held.find(({ of, name }) => of === attribute.of && name === attribute.name);
  if (same) requireSame(same, attribute);
  else {
    requireFree(attribute, held);
    await insert(owner, attribute);
  }
  const made = same ?? attribute;
  if (!given.searchable || made.searchable) return made;
  await buildIndex(owner, made);
  await owner.query({ ...MARK_SEARCHABLE, values: [made.id] });
  return { ...made, searchable: true, sortable: !made.storage.list };
}

/** Takes the attribute out of the catalogue, then its index away; the records keep their values. */
export async function removeAttribute(owner: Queryable, record: RecordKind, name: string): Promise<void> {
  const held = await listDeclaredAttributes(owner);
  const found = held.find((one) => one.of === record && one.name === name);
  if (!found) {
    throw new Problem('ATTRIBUTE_UNKNOWN', `No attribute ${JSON.stringify(name)} of ${record} records was added here.`);
  }
  await owner.query({ ...DELETE_ATTRIBUTE, values: [found.id] });
  await owner.query({ text: `drop index concurrently if exists ${indexName(found)}` });
  await owner.query({ text: `drop statistics if exists ${indexName(found)}` });
}

function complete(given: AttributeToDeclare): DeclaredAttribute {
  const { record, name, type, list } = given;
  if (!NAME.test(name)) throw invalid('name', 'A name is made of a-z, 0-9, _ and dots, and begins with a letter');
  const path = given.path.length === 0 ? name.split('.') : given.path;
  if (!isPath(path))
    throw invalid('path', 'A path has 1 to 8 keys of letters, digits, _ and -, none beginning with a digit');
  if (given.aliases.length > MOST_SPELLINGS || !given.aliases.every(isWord)) {
    throw invalid(
      'aliases',
      `There can be ${String(MOST_SPELLINGS)} other spellings of 1 to ${String(LONGEST_WORD)} characters`,
    );
  }
  if (given.codes.length > 0 && type !== 'code') throw invalid('codes', 'Only an attribute of the type code has codes');
  if (given.codes.length > MOST_CODES || !given.codes.every(isWord)) {
    throw invalid('codes', `There can be ${String(MOST_CODES)} codes of 1 to ${String(LONGEST_WORD)} characters`);
  }
  if (list && type !== 'text' && type !== 'code' && type !== 'number') {
    throw invalid('list', 'Several values can be had of the types text, code and number');
  }
  const ordered = !list && (type === 'number' || type === 'date' || type === 'instant');
  const unordered: readonly Operator[] = type === 'boolean' ? ['eq', 'ne'] : ['eq', 'ne', 'in'];
  return {
    id: randomUUID(),
    name,
    aliases: given.aliases,
    of: record,
    registries: given.registries.length === 0 ? REGISTRIES_OF[record] : given.registries,
    type,
    operators: ordered ? OPERATORS : unordered,
    ...(given.codes.length === 0 ? {} : { codes: given.codes }),
    storage: { kind: 'json', column: 'attributes', path, list },
    sensitivity: given.sensitivity,
    sortable: false,
    searchable: false,
  };
}

function isWord(text: string): boolean {
  return /^[^\p{C}]{1,99}$/u.test(text) && text.trim() === text;
}

/** The same attribute again is no error: an index that was not finished is built then. */
function requireSame(held: DeclaredAttribute, given: DeclaredAttribute): void {
  const shape = ({ type, storage, registries, aliases, codes }: DeclaredAttribute): string =>
    JSON.stringify([type, storage.path, storage.list, registries, aliases, codes ?? []]);
  if (shape(held) !== shape(given)) {
    throw new Problem(
      'ATTRIBUTE_EXISTS',
      `${held.name} of ${held.of} records is there and is something else: remove it first.`,
    );
  }
}

function requireFree(given: DeclaredAttribute, held: readonly DeclaredAttribute[]): void {
  const keys = new Set([given.name, ...given.aliases].map(spellingKey));
  const taken = new Catalogue([...CORE_ATTRIBUTES, ...held])
    .all()
    .find(
      ({ of, name, aliases, registries }) =>
        of === given.of &&
        registries.some((registry) => given.registries.includes(registry)) &&
        [name, ...aliases].some((spelling) => keys.has(spellingKey(spelling))),
    );
  if (taken) {
    throw new Problem('ATTRIBUTE_EXISTS', `${taken.name} of ${taken.of} records goes by one of these names already.`);
  }
}

async function insert(owner: Queryable, attribute: DeclaredAttribute): Promise<void> {
  const { id, of, name, aliases, registries, type, operators, codes, storage, sensitivity } = attribute;
  const { path, list } = storage;
  const values = [id, of, name, aliases, registries, type, operators, codes ?? null, path, list, sensitivity];
  await owner.query({ ...INSERT_ATTRIBUTE, values });
}

/** A build that was broken off leaves an index that serves nobody: it is made anew. */
async function buildIndex(owner: Queryable, attribute: DeclaredAttribute): Promise<void> {
  const reference = referenceTo(attribute);
  if (reference === null || typeof reference === 'string') throw new Error('a declared attribute stands in jsonb');
  const [table = ''] = RECORD_TABLES[attribute.of].from.split(' ');
  const name = indexName(attribute);
  await owner.query({ text: `drop index concurrently if exists ${name}` });
  await owner.query({
    text: `create index concurrently ${name} on ${escapeIdentifier(table)} ${indexDefinition(reference)}`,
  });
  const expression = statisticsExpression(reference);
  if (expression !== null) {
    await owner.query({
      text: `create statistics if not exists ${name} on ${expression} from ${escapeIdentifier(table)}`,
    });
  }
  // What the planner knows of an expression it learns when the table is looked through.
  await owner.query({ text: `analyze ${escapeIdentifier(table)}` });
}

/** Of the index, and of the statistics of its expression. */
function indexName({ id }: DeclaredAttribute): string {
  return escapeIdentifier(`attribute_${id.replaceAll('-', '')}`);
}

function invalid(field: string, message: string): Problem {
  return new Problem('ATTRIBUTE_INVALID', `${message}.`, { field });
}
