import type { Group, GroupKind } from '../record/group.js';
import { forFields } from './for-fields.js';
import { type HeldColumn, shownColumns } from './shown-columns.js';

const COLUMNS: readonly HeldColumn[] = [
  { sql: 'g.id', type: 'uuid' },
  { sql: 'g.name', type: 'text', field: 'group_name' },
  { sql: 'g.kind', type: 'text', field: 'group_type' },
  { sql: 'g.created_at', type: 'timestamptz', field: 'registration_date' },
  { sql: 'g.updated_at', type: 'timestamptz', field: 'last_updated' },
];

/** The columns of `groups` that make a Group, over alias `g`. */
export const groupColumns = forFields((fields) => shownColumns('group', COLUMNS, fields));

/** A row of these columns; the checks of the table hold the kind to those named here. */
export interface GroupRow {
  id: string;
  name: string | null;
  kind: GroupKind | null;
  created_at: Date | null;
  updated_at: Date | null;
}

/** A row that was read with ALL_FIELDS. */
export interface WholeGroupRow extends GroupRow {
  kind: GroupKind;
  created_at: Date;
  updated_at: Date;
}

/** The group of a row. */
export function readGroup(row: GroupRow): Group {
  return { id: row.id, name: row.name, kind: row.kind, createdAt: row.created_at, updatedAt: row.updated_at };
}
