import type { Group, GroupKind } from '../record/group.js';

/** The columns of `groups` that make a Group, over alias `g`. */
export const GROUP_COLUMNS = 'g.id, g.name, g.kind, g.created_at, g.updated_at';

/** A row of GROUP_COLUMNS; the checks of the table hold the kind to those named here. */
export interface GroupRow {
  id: string;
  name: string | null;
  kind: GroupKind;
  created_at: Date;
  updated_at: Date;
}

/** The group of a row. */
export function readGroup(row: GroupRow): Group {
  return { id: row.id, name: row.name, kind: row.kind, createdAt: row.created_at, updatedAt: row.updated_at };
}
