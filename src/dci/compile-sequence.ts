import type { Operator } from '../record/attributes.js';
import type { Filter } from '../record/filter.js';
import { askableName, type CompiledQuery, type QueryParts, remaining } from './compiled-query.js';
import type { WireObject } from './wire-object.js';

const OPERATORS: Readonly<Record<Operator, string>> = {
  eq: '=',
  ne: '!=',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
  in: 'in',
};

/** OpenSPP 2 keeps people and groups in one register, and is asked for people alone. */
const PEOPLE: WireObject = { attribute: 'is_group', operator: '=', value: false };

/** Comparisons of which all hold, without an envelope around them. */
export function compileSequence({ parts, form, event }: QueryParts): CompiledQuery {
  const asked = parts.map((part) => ({ part, comparison: comparison(part, { form, event }) }));
  return {
    queryType: 'expression',
    query: { seq: [PEOPLE, ...asked.flatMap(({ comparison: one }) => one ?? [])] },
    residual: remaining(asked.filter(({ comparison: one }) => one === null).map(({ part }) => part)),
    recheck: null,
  };
}

function comparison(filter: Filter, context: Pick<QueryParts, 'form' | 'event'>): WireObject | null {
  if (filter.kind !== 'compare' || filter.values.length === 0) return null;
  const attribute = askableName(filter.attribute, context);
  if (attribute === undefined) return null;
  const value = filter.operator === 'in' ? filter.values : filter.values[0];
  return { attribute, operator: OPERATORS[filter.operator], value };
}
