import { type Writable } from '../../database/write-behind.js';
import { type Writer } from './write-rows.js';

/** Ids of the rows other than people that a page made or altered: what an undo needs and no other table tells. */
export interface PageTrace {
  readonly identifiers: readonly string[];
  readonly relationships: readonly string[];
  /** Relationships of which it became known which parent it is. */
  readonly retyped: readonly string[];
  readonly groups: readonly string[];
  readonly memberships: readonly string[];
  readonly marriages: readonly string[];
  /** Marriages held before of which it became known with whom, and that they had ended: nothing was known of either. */
  readonly spousesTold: readonly string[];
  readonly divorcesTold: readonly string[];
  /** Of the people who were held already, those of whom the source had not told before. */
  readonly toldOf: readonly string[];
}

/** A row of `source_records` that a page wrote, and what it held before; SHA-256 in hex. */
export interface SaidTrace {
  readonly key: string;
  readonly before: { readonly digest: string; readonly individualId: string } | null;
}

/**
 * At this moment, when everybody of whom it tells is locked. A page is written in parts where the database refuses one
 * of its records.
 */
const INSERT_PAGE = {
  name: 'write-note-import-page',
  text: `
    insert into import_pages as p (import_run_id, page, identifiers, relationships, retyped, retyped_from, groups,
      memberships, told_of, said_keys, said_digests, said_individuals, marriages, spouses_told,
      divorces_told, written_at)
    values ($1, $2, $3, $4, $5, array_fill('parent_of'::text, array[cardinality($5::uuid[])]), $6, $7, $8, $9, $10, $11, $12,
      $13, $14, clock_timestamp())
    on conflict (import_run_id, page) do update
    set identifiers = p.identifiers || excluded.identifiers,
      relationships = p.relationships || excluded.relationships,
      retyped = p.retyped || excluded.retyped, retyped_from = p.retyped_from || excluded.retyped_from,
      groups = p.groups || excluded.groups, memberships = p.memberships || excluded.memberships,
      told_of = p.told_of || excluded.told_of, said_keys = p.said_keys || excluded.said_keys,
      said_digests = p.said_digests || excluded.said_digests,
      said_individuals = p.said_individuals || excluded.said_individuals,
      marriages = p.marriages || excluded.marriages, spouses_told = p.spouses_told || excluded.spouses_told,
      divorces_told = p.divorces_told || excluded.divorces_told`,
};

/** Notes what a page of a run did; a page that no run brought, or that did nothing, is not noted. */
export async function notePage(
  db: Writable,
  { importRunId, page }: Writer,
  trace: PageTrace,
  said: readonly SaidTrace[],
): Promise<void> {
  const isIdle = said.length === 0 && Object.values<readonly string[]>({ ...trace }).every((ids) => ids.length === 0);
  if (importRunId === null || page === null || isIdle) return;
  await db.query({
    ...INSERT_PAGE,
    values: [
      importRunId,
      page,
      trace.identifiers,
      trace.relationships,
      trace.retyped,
      trace.groups,
      trace.memberships,
      trace.toldOf,
      said.map(({ key }) => Buffer.from(key, 'hex')),
      said.map(({ before }) => (before === null ? null : Buffer.from(before.digest, 'hex'))),
      said.map(({ before }) => before?.individualId ?? null),
      trace.marriages,
      trace.spousesTold,
      trace.divorcesTold,
    ],
  });
}
