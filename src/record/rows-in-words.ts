import type { RowLimits } from './access.js';

/** Whom a caller may see, in a sentence for an operator; ids and codes as they were granted. */
export function rowsInWords(limits: readonly RowLimits[]): string {
  const parts = limits.flatMap(({ within, bornWithin, sources, programmes }) => [
    ...(within ? [`whose home is in, or below, ${anyOf(within)}`] : []),
    ...(bornWithin ? [`who were born in, or below, ${anyOf(bornWithin)}`] : []),
    ...(sources ? [`of whom ${anyOf(sources)} told`] : []),
    ...(programmes ? [`who are enrolled, alone or with a group of theirs, in ${anyOf(programmes)}`] : []),
  ]);
  return parts.length === 0 ? 'Everybody' : `People ${parts.join(', and ')}`;
}

function anyOf(values: readonly string[]): string {
  return values.join(' or ');
}
