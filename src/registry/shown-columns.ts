import type { FieldSet } from '../record/fields.js';
import type { RecordKind } from '../record/registry-kind.js';

/** A column of a statement about records. */
export interface HeldColumn {
  /** SQL over the alias of the table. */
  readonly sql: string;
  /** Its name in the row; default: the column's own. */
  readonly as?: string;
  /** Where it is not shown a null of that type is read, or an empty list: `jsonb` columns are lists here. */
  readonly type: string;
  /** Name of the record's field that it tells of; a column without one is shown to everybody who sees the record. */
  readonly field?: string;
}

/** The columns as they stand behind `select`: what is not shown is not read, and null or an empty list stands in its place. */
export function shownColumns(of: RecordKind, columns: readonly HeldColumn[], fields: FieldSet): string {
  return columns
    .map(({ sql, as, type, field }) => {
      if (field !== undefined && !fields.shows(of, field)) return `${blank(type)} as ${as ?? ownName(sql)}`;
      return as === undefined ? sql : `${sql} as ${as}`;
    })
    .join(', ');
}

function blank(type: string): string {
  if (type === 'jsonb') return `'[]'::jsonb`;
  return type.endsWith('[]') ? `'{}'::${type}` : `null::${type}`;
}

function ownName(sql: string): string {
  return sql.slice(sql.indexOf('.') + 1);
}
