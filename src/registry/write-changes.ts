import { type Writable } from '../database/write-behind.js';
import { type Change } from '../record/change.js';
import { runForRows } from './write-statement.js';

/** `fields` are joined with commas: arrays of arrays of different lengths do not exist in PostgreSQL. */
const INSERT_CHANGES = {
  name: 'write-insert-changes',
  text: `
    insert into changes (subject, subject_id, kind, fields, origin, import_run_id)
    select n.subject, n.subject_id, n.kind, string_to_array(n.fields, ','), $5, $6
    from unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) as n (subject, subject_id, kind, fields)`,
};

/** Who makes a change: noted with it. */
export interface Origin {
  /** `import`, `loader`, ... */
  readonly origin: string;
  readonly importRunId: string | null;
}

/** Notes the changes, in the transaction that makes them. */
export async function writeChanges(db: Writable, by: Origin, changes: readonly Change[]): Promise<void> {
  await runForRows(db, INSERT_CHANGES, changes, [
    changes.map((row) => row.subject),
    changes.map((row) => row.subjectId),
    changes.map((row) => row.kind),
    changes.map((row) => row.fields.join(',')),
    by.origin,
    by.importRunId,
  ]);
}

/** That one row came, or went, or differs in these fields. */
export function change(
  subject: Change['subject'],
  subjectId: string,
  kind: Change['kind'],
  fields: readonly string[] = [],
): Change {
  return { subject, subjectId, kind, fields };
}
