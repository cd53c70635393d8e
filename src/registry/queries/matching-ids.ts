import type { Queryable } from '../../database/pool.js';
import type { Filter } from '../../record/filter.js';
import type { RecordKind } from '../../record/registry-kind.js';
import { compileFilter, compileVisible } from './compile-filter.js';
import { RECORD_TABLES } from './record-tables.js';

/** A filter under the name that its caller knows it by, and which people that caller may see. */
export interface KeyedFilter {
  readonly key: string;
  readonly filter: Filter;
  readonly visible: Filter;
}

/** Which filter a record fits. */
export interface Match {
  readonly key: string;
  readonly id: string;
}

/** Filters of one statement: so many that a batch takes few of them, so few that each is planned at once. */
const FILTERS_AT_ONCE = 50;

/**
 * Which of these records of one kind fit which of the filters; one statement for every 50 different filters, however
 * many records there are. Ids that are not held fit nothing. Throws `FILTER_VALUE_INVALID`.
 */
export async function matchingIds(
  db: Queryable,
  record: RecordKind,
  ids: readonly string[],
  filters: readonly KeyedFilter[],
): Promise<Match[]> {
  if (ids.length === 0) return [];
  const distinct = distinctFilters(filters);
  const matches: Match[] = [];
  for (let start = 0; start < distinct.length; start += FILTERS_AT_ONCE) {
    const chunk = distinct.slice(start, start + FILTERS_AT_ONCE);
    const { rows } = await db.query<{ ordinal: number; id: string }>(matchStatement(record, ids, chunk));
    for (const { ordinal, id } of rows) {
      for (const key of chunk[ordinal]?.keys ?? []) matches.push({ key, id });
    }
  }
  return matches;
}

type DistinctFilter = Omit<KeyedFilter, 'key'> & { readonly keys: string[] };

/** Many subscribe to everything: what is the same is asked once. */
function distinctFilters(filters: readonly KeyedFilter[]): DistinctFilter[] {
  const byText = new Map<string, DistinctFilter>();
  for (const { key, filter, visible } of filters) {
    const text = JSON.stringify([filter, visible]);
    const known = byText.get(text);
    if (known) known.keys.push(key);
    else byText.set(text, { filter, visible, keys: [key] });
  }
  return [...byText.values()];
}

/** `offset 0` keeps the planner from looking for the filter's records among all: the few given ones are read first. */
function matchStatement(
  record: RecordKind,
  ids: readonly string[],
  filters: readonly DistinctFilter[],
): { text: string; values: unknown[] } {
  const values: unknown[] = [ids];
  const { alias, from } = RECORD_TABLES[record];
  const parts = filters.map(({ filter, visible }, ordinal) => {
    const seen = compileVisible(visible, values, record);
    const fits = compileFilter(filter, values, { record, visible });
    return `select ${String(ordinal)} as ordinal, ${alias}.id from ${from} where ${alias}.id = any($1::uuid[]) and (${seen}) and (${fits})`;
  });
  return { text: parts.join('\nunion all\n'), values };
}
