import { isDeepStrictEqual } from 'node:util';
import { type Attribute, referenceTo } from '../../record/attributes.js';
import type { Catalogue } from '../../record/catalogue.js';
import { type Filter, NOBODY } from '../../record/filter.js';

/**
 * A filter that was kept, as it is to be understood now: one that names an attribute which was taken away since, or is
 * held otherwise, fits nobody; so does its negation.
 */
export function standingFilter(filter: Filter, catalogue: Catalogue): Filter {
  return stands(filter, catalogue.all()) ? filter : NOBODY;
}

function stands(filter: Filter, attributes: readonly Attribute[]): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.filters.every((part) => stands(part, attributes));
  if (filter.kind === 'not') return stands(filter.filter, attributes);
  if (filter.kind !== 'compare') return true;
  const { attribute: named } = filter;
  // Columns are part of the program.
  if (typeof named === 'string') return true;
  return attributes.some((attribute) => isDeepStrictEqual(referenceTo(attribute), named));
}
