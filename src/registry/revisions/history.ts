import type { QueryResultRow } from 'pg';
import type { Queryable } from '../../database/pool.js';
import type { FieldSet } from '../../record/fields.js';
import type { Json } from '../../record/json.js';
import { isUuid } from '../../record/uuid.js';
import { forFields } from '../for-fields.js';
import { type CursorPage, type ListPage, type OrderKey, readPage } from '../queries/keyset.js';
import { currentValues, shownPart, shownValues } from './person-values.js';

/** A value before and after it was written: dates as `{date, precision}`, places as ids, identifiers as those added. */
export interface ValueChange {
  /** As changes name it: `birthDate`, `homeLocation`, ... */
  readonly field: string;
  readonly old: Json;
  readonly new: Json;
}

/** One time that a person's own values were written. */
export interface PersonRevision {
  readonly individualId: string;
  /** Counts from 1. */
  readonly version: number;
  readonly at: Date;
  /** What wrote: `import`, `loader`, `mutation`, ... */
  readonly origin: string;
  /** Who it was, where it was somebody. */
  readonly actor: string | null;
  /** Code of the data source that told it. */
  readonly source: string | null;
  readonly importRunId: string | null;
  /** Place of the record in the run, from 1. */
  readonly page: number | null;
  readonly ordinal: number | null;
  /** Whether the person was made. */
  readonly isFirst: boolean;
  /** Of the values that the caller is shown. */
  readonly changes: readonly ValueChange[];
}

const NEWEST_FIRST: readonly OrderKey[] = [
  { name: 'version', expression: 'r.row_version', type: 'integer', nullable: false, direction: 'desc' },
];

const NEXT = `select jsonb_build_array(n.before -> f.field)
  from individual_revisions n
  where n.individual_id = r.individual_id and n.row_version > r.row_version and f.field = any (n.fields)
    and n.before is not null
  order by n.row_version limit 1`;

const MARRIAGES = `select jsonb_agg(jsonb_build_object('marriedOn', m.married_on, 'divorcedOn', m.divorced_on)
    order by m.married_on)
  from marriages m where m.individual_id = r.individual_id`;

/** Identifiers are rows of their own, which are made in the transaction of the revision. */
const IDENTIFIERS = `select jsonb_agg(jsonb_build_object('type', h.type, 'value', h.value) order by h.type, h.value_key)
  from identifiers h where h.individual_id = r.individual_id and h.created_at = r.changed_at`;

/** What a value was after a revision: as the next that names it found it, or as it is held now. */
const AFTER = `case f.field
  when 'identifiers' then (${IDENTIFIERS})
  else coalesce((${NEXT}), jsonb_build_array(
    case f.field when 'marriages' then (${MARRIAGES}) else held.now -> f.field end)) -> 0
  end`;

const columns = forFields(
  (fields) => `r.individual_id as "individualId", r.row_version as version, r.changed_at as at, r.origin, r.actor,
    (select s.code from data_sources s where s.id = r.data_source_id) as source, r.import_run_id as "importRunId", r.page,
    r.ordinal, r.before is null as "isFirst",
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'field', f.field, 'old', ${shownPart('f.field', '(r.before -> f.field)', fields)},
        'new', ${shownPart('f.field', `(${AFTER})`, fields)}) order by f.place)
      from unnest(r.fields) with ordinality as f (field, place)
      where f.field = any ($2::text[])), '[]') as changes`,
);

/**
 * What became of a person's own values, the newest first: one page of it. Throws `PAGE_INVALID` or `CURSOR_INVALID`.
 *
 * @param fields what is not among them is not read.
 */
export async function historyOf(
  db: Queryable,
  individualId: string,
  fields: FieldSet,
  page: CursorPage,
): Promise<ListPage<PersonRevision>> {
  const read = {
    from: `individual_revisions r cross join lateral (
      select ${currentValues(fields)} as now from individuals i where i.id = r.individual_id) held`,
    columns: columns(fields),
    where: 'r.individual_id = $1::uuid',
    parameters: [isUuid(individualId) ? individualId : null, shownValues(fields).map(({ name }) => name)],
    onePlan: true,
    keys: NEWEST_FIRST,
  };
  return await readPage<PersonRevision & QueryResultRow, PersonRevision>(
    db,
    read,
    page,
    ({ keyset: _, ...revision }) => revision,
  );
}
