import { type Writable } from '../../database/write-behind.js';
import { type RecordPlace } from '../../record/individual-record.js';
import { type JsonObject } from '../../record/json.js';
import { type Origin } from '../write-changes.js';
import { runForRows } from '../write-statement.js';

/** The record that told a value. */
export interface Teller {
  /** Place of the record on the page, from 1. */
  readonly ordinal: number;
  readonly told: RecordPlace | undefined;
}

/** That somebody's own values were written. */
export interface Revision {
  readonly individualId: string;
  /** `individuals.row_version` after it. */
  readonly rowVersion: number;
  /** What was written, as changes name it, and the record that told it; `null`: it was entered here. */
  readonly told: ReadonlyMap<string, Teller | null>;
  /** The values as they were; `null`: the person was made. */
  readonly before: ReadonlyMap<string, unknown> | null;
  /** Of a merge, by field: where the losing person's value came from, see the column. */
  readonly carried?: JsonObject | undefined;
}

/** Who wrote: noted with each revision. */
export interface RevisionOrigin extends Origin {
  /** A client, a person, a name; `null` where it was nobody. */
  readonly actor: string | null;
  readonly dataSourceId: string | null;
  readonly page: number | null;
}

/** Neither a name of ours nor a pointer holds a line feed; arrays of arrays of different lengths cannot be sent. */
const SEPARATOR = '\n';

const INSERT_REVISIONS = {
  name: 'revisions-insert',
  text: `
    insert into individual_revisions (individual_id, row_version, origin, actor, import_run_id, data_source_id, page,
      ordinal, ordinals, record_pointer, fields, pointers, said_at, before, carried)
    select n.individual_id, n.row_version, $1, $2, $3, $4, $5,
      n.ordinal, string_to_array(n.ordinals, ',')::integer[], n.record_pointer, string_to_array(n.fields, ','),
      string_to_array(n.pointers, E'\\n'), n.said_at, n.before, n.carried
    from unnest($6::uuid[], $7::integer[], $8::integer[], $9::text[], $10::text[], $11::text[], $12::text[],
        $13::timestamptz[], $14::jsonb[], $15::jsonb[])
      as n (individual_id, row_version, ordinal, ordinals, record_pointer, fields, pointers, said_at, before, carried)`,
};

/** Notes what became of people's own values, in the transaction that writes them. */
export async function writeRevisions(db: Writable, by: RevisionOrigin, revisions: readonly Revision[]): Promise<void> {
  const rows = revisions.map(rowOf);
  await runForRows(db, INSERT_REVISIONS, rows, [
    by.origin,
    by.actor,
    by.importRunId,
    by.dataSourceId,
    by.page,
    revisions.map(({ individualId }) => individualId),
    revisions.map(({ rowVersion }) => rowVersion),
    rows.map(({ ordinal }) => ordinal),
    rows.map(({ ordinals }) => ordinals),
    rows.map(({ recordPointer }) => recordPointer),
    revisions.map(({ told }) => [...told.keys()].join(',')),
    rows.map(({ pointers }) => pointers),
    rows.map(({ saidAt }) => saidAt),
    revisions.map(({ before }) => (before === null ? null : JSON.stringify(Object.fromEntries(before)))),
    revisions.map(({ carried }) => (carried === undefined ? null : JSON.stringify(carried))),
  ]);
}

interface RevisionRow {
  readonly ordinal: number | null;
  readonly ordinals: string;
  readonly recordPointer: string;
  readonly pointers: string;
  readonly saidAt: string | null;
}

/** Nearly always one record told it all: then its place is noted once. */
function rowOf({ told }: Revision): RevisionRow {
  const [first = null, ...others] = new Set(told.values());
  const isOne = others.every((one) => one?.ordinal === first?.ordinal && one?.told?.at === first?.told?.at);
  const fields = [...told];
  const isTraced = fields.some(([, one]) => one?.told !== undefined);
  return {
    ordinal: first?.ordinal ?? null,
    ordinals: isOne ? '' : fields.map(([, one]) => one?.ordinal ?? 0).join(','),
    recordPointer: isOne ? (first?.told?.at ?? '') : '',
    pointers: isTraced ? fields.map(([field, one]) => pointerOf(field, one?.told, isOne)).join(SEPARATOR) : '',
    saidAt: others.reduce((newest, one) => later(newest, one?.told?.saidAt ?? null), first?.told?.saidAt ?? null),
  };
}

function pointerOf(field: string, told: RecordPlace | undefined, isOne: boolean): string {
  const pointer = told?.pointers[field];
  if (told === undefined || pointer === undefined) return '';
  return isOne ? pointer : told.at + pointer;
}

function later(one: string | null, other: string | null): string | null {
  return one === null || (other !== null && other > one) ? other : one;
}
