import { addDays } from '../record/partial-date.js';
import {
  askableName,
  type CompiledQuery,
  EXPRESSION_TYPE,
  FIRST_DAY,
  LAST_DAY,
  type QueryParts,
  remaining,
} from './compiled-query.js';
import { type Comparison, daysBetween, isDayBound } from './day-bounds.js';
import type { WireObject } from './wire-object.js';

/** OpenCRVS 1.9 takes ranges with both ends, both included, and looks at the last one of each name. */
export function compileRanges({ parts, form, event }: QueryParts): CompiledQuery {
  const byName = new Map<string, Comparison[]>();
  const left = parts.filter((part) => {
    const name = isDayBound(part) ? askableName(part.attribute, { form, event }) : undefined;
    if (name === undefined || !isDayBound(part)) return true;
    byName.set(name, [...(byName.get(name) ?? []), part]);
    return false;
  });
  if (byName.size === 0) byName.set(form.presentName ?? 'createdAt', []);
  const ranges = [...byName].map(([name, bounds]): [string, WireObject] => {
    const { after, before } = daysBetween(bounds);
    const gte = after === null || after === FIRST_DAY ? FIRST_DAY : addDays(after, 1);
    const lte = before === null || before === LAST_DAY ? LAST_DAY : addDays(before, -1);
    return [name, { type: 'range', gte, lte }];
  });
  return {
    queryType: 'expression',
    query: { type: EXPRESSION_TYPE, value: { expression: { query: Object.fromEntries(ranges) } } },
    residual: remaining(left),
    recheck: null,
  };
}
