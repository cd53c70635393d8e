import type { QueryResultRow } from 'pg';
import type { Queryable } from '../../database/pool.js';
import type { Filter } from '../../record/filter.js';
import { compileFilter } from '../queries/compile-filter.js';

/**
 * The rows of a statement over alias `i` and the ids `$1` whose people are visible. The one text that most callers send
 * is kept prepared; a text for a row scope is not.
 *
 * @param orElse a condition under which a row needs no visible person.
 */
export async function selectVisible<Row extends QueryResultRow>(
  db: Queryable,
  { name, text }: { readonly name: string; readonly text: string },
  ids: readonly string[],
  visible: Filter,
  orElse?: string,
): Promise<Row[]> {
  const values: unknown[] = [ids];
  const condition = compileFilter(visible, values);
  if (condition === 'true') return (await db.query<Row>({ name, text, values })).rows;
  const either = orElse === undefined ? `(${condition})` : `(${orElse} or (${condition}))`;
  return (await db.query<Row>({ text: `${text} and ${either}`, values })).rows;
}
