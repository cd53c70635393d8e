import { GraphQLScalarType, type ValueNode, valueFromASTUntyped } from 'graphql';
import { GraphQLDate, GraphQLDateTime } from 'graphql-scalars';
import type { Json } from '../record/json.js';

const isoDay = (date: Date): string => date.toISOString().slice(0, 10);

/** A calendar day. Kept as the text `YYYY-MM-DD` on our side: a birthday has no zone and no midnight. */
export const DateScalar = new GraphQLScalarType<string, string>({
  name: 'Date',
  description: 'A calendar day as `YYYY-MM-DD`, such as `2021-03-04`.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/local-date',
  serialize: (value) => {
    if (typeof value === 'string') return value;
    throw new TypeError('A Date is the text YYYY-MM-DD');
  },
  parseValue: (value) => isoDay(GraphQLDate.parseValue(value)),
  parseLiteral: (node: ValueNode) => isoDay(GraphQLDate.parseLiteral(node)),
});

/** An instant; a `Date` on our side. */
export const DateTimeScalar = new GraphQLScalarType<Date, Date>({
  ...GraphQLDateTime.toConfig(),
  description: 'An instant as RFC 3339 text with a zone, such as `2024-05-06T07:08:09Z`; answers are in UTC.',
});

/** Any value of JSON, as a country or the standard writes it. */
export const JsonScalar = new GraphQLScalarType<Json, Json>({
  name: 'JSON',
  description: 'Any value of JSON: text, number, boolean, list or object.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: (value) => readJson(value),
  parseValue: (value) => readJson(value),
  parseLiteral: (node, variables) => readJson(valueFromASTUntyped(node, variables)),
});

function readJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map(readJson);
  if (typeof value !== 'object') throw new TypeError('Not a value of JSON');
  // A member named __proto__ would otherwise become the prototype.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readJson(inner)]));
}
