import { GraphQLScalarType, type ValueNode } from 'graphql';
import { GraphQLDate, GraphQLDateTime } from 'graphql-scalars';

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
