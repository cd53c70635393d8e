import { nameOfReference } from '../record/attributes.js';
import { type Filter } from '../record/filter.js';

/** The conditions of a filter by name, without their values (which are personal data), each once. */
export function namesOfFilter(filter: Filter): string[] {
  return [...new Set(names(filter))];
}

function names(filter: Filter): string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.length === 0 ? ['nobody'] : filter.filters.flatMap(names);
    case 'not':
      return names(filter.filter).map((name) => `not ${name}`);
    case 'compare':
      return [`${nameOfReference(filter.attribute)} ${filter.operator}`];
    case 'identifier':
      return [filter.type === null ? 'identifier of any type' : `identifier ${filter.type}`];
    case 'within':
      return [`${filter.place} place`];
    case 'birth_place_type':
      return ['type of the birth place'];
    case 'member_of':
      return ['group membership'];
    case 'from_source':
      return ['data source'];
    case 'is_mother':
      return ['being a mother'];
    case 'in_programme':
      return ['programme'];
    case 'name_contains':
      return ['words of the name'];
    case 'ids':
      return ['id'];
  }
}
