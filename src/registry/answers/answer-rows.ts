import type { QueryResultRow } from 'pg';
import type { Queryable } from '../../database/pool.js';
import type { FieldSet } from '../../record/fields.js';
import type { Filter } from '../../record/filter.js';
import { compileFilter } from '../queries/compile-filter.js';
import { StatementNames } from '../queries/statement-names.js';

/** Whom a caller may see, and what of them. */
export interface Sight {
  readonly visible: Filter;
  readonly fields: FieldSet;
}

const namesOfLimited = new StatementNames();

/**
 * Under which the statement is kept prepared: its own name where everything is shown, and one made of the text where
 * the text depends on what is.
 */
export function nameFor(name: string, text: string, fields: FieldSet): { readonly name?: string } {
  return fields.isAll ? { name } : namesOfLimited.of(text);
}

/**
 * The rows of a statement over alias `i` and the ids `$1` whose people are visible. The texts that many send are kept
 * prepared; a text for a row scope is not.
 *
 * @param orElse a condition under which a row needs no visible person.
 */
export async function selectVisible<Row extends QueryResultRow>(
  db: Queryable,
  { name, text }: { readonly name: string; readonly text: string },
  ids: readonly string[],
  { visible, fields }: Sight,
  orElse?: string,
): Promise<Row[]> {
  const values: unknown[] = [ids];
  const condition = compileFilter(visible, values);
  if (condition === 'true') return (await db.query<Row>({ ...nameFor(name, text, fields), text, values })).rows;
  const either = orElse === undefined ? `(${condition})` : `(${orElse} or (${condition}))`;
  return (await db.query<Row>({ text: `${text} and ${either}`, values })).rows;
}
