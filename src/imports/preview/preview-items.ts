import { createHash } from 'node:crypto';
import { type Queryable } from '../../database/pool.js';
import { type Writable } from '../../database/write-behind.js';
import { type IndividualRecord, type RecordIssue } from '../../record/individual-record.js';
import { type Difference, type SeenPerson } from '../../registry/write-sources/differences.js';
import { type ToldRecord } from '../../registry/write-sources/told-record.js';
import { type CredentialSeal } from '../../sources/data-sources.js';
import { type ItemOutcome } from '../import-items.js';

/** What a preview keeps of a record beside its item. */
export interface PreviewItem {
  readonly told: ToldRecord;
  /** See `outcomeDigest`. */
  readonly outcomeDigest: Buffer;
  readonly seen: readonly SeenPerson[];
  readonly differences: readonly Difference[];
}

/** A record of a preview as it is to be applied. */
export interface PreviewedRecord {
  readonly ordinal: number;
  /** `null` where it was skipped, or somebody whom it named has been erased since. */
  readonly told: ToldRecord | null;
  readonly outcome: ItemOutcome;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly individualId: string | null;
  readonly motherId: string | null;
  readonly fatherId: string | null;
  readonly groupId: string | null;
  readonly issues: readonly RecordIssue[];
  readonly outcomeDigest: Buffer | null;
  readonly seen: readonly SeenPerson[];
}

/** A page of a preview as it is to be applied. */
export interface PreviewedPage {
  /** Its number; `null` where there is none from the asked one on. */
  readonly number: number | null;
  readonly records: readonly PreviewedRecord[];
  readonly hasNext: boolean;
}

const INSERT = {
  name: 'insert-preview-items',
  text: `
    insert into preview_items (import_run_id, page, ordinal, record_digest, outcome_digest, seen_ids, seen_versions,
      differences_sealed)
    select $1, $2, n.ordinal, n.record_digest, n.outcome_digest, string_to_array(n.seen_ids, ',')::uuid[],
      string_to_array(n.seen_versions, ',')::integer[], n.differences_sealed
    from unnest($3::integer[], $4::bytea[], $5::bytea[], $6::text[], $7::text[], $8::bytea[])
      as n (ordinal, record_digest, outcome_digest, seen_ids, seen_versions, differences_sealed)`,
};

const SELECT_PAGE = {
  name: 'select-previewed-page',
  text: `
    with page as (select min(page) as number from import_items where import_run_id = $1 and page >= $2)
    select t.page, t.ordinal, t.outcome, t.reason_code as "reasonCode", t.reason, t.individual_id as "individualId",
      t.mother_id as "motherId", t.father_id as "fatherId", t.group_id as "groupId", t.issues,
      r.record_sealed, p.outcome_digest, coalesce(p.seen_ids, '{}') as seen_ids,
      coalesce(p.seen_versions, '{}') as seen_versions,
      exists (select from import_items o where o.import_run_id = $1 and o.page > page.number) as has_next
    from page join import_items t on t.import_run_id = $1 and t.page = page.number
    left join import_records r on (r.import_run_id, r.page, r.ordinal) = (t.import_run_id, t.page, t.ordinal)
    left join preview_items p on (p.import_run_id, p.page, p.ordinal) = (t.import_run_id, t.page, t.ordinal)
    order by t.ordinal`,
};

const SELECT_DIFFERENCES = {
  name: 'select-preview-differences',
  text: `
    select t.id, p.differences_sealed
    from import_items t join preview_items p using (import_run_id, page, ordinal)
    where t.id = any ($1::uuid[]) and p.differences_sealed is not null`,
};

/** Keeps what each record of a page would do. Their records must be kept already. */
export async function keepPreviewItems(
  db: Writable,
  { run, keys }: { readonly run: { readonly id: string }; readonly keys: CredentialSeal },
  page: number,
  items: readonly PreviewItem[],
): Promise<void> {
  if (items.length === 0) return;
  await db.query({
    ...INSERT,
    values: [
      run.id,
      page,
      items.map(({ told }) => told.ordinal),
      items.map(({ told }) => recordDigest(told.record)),
      items.map(({ outcomeDigest }) => outcomeDigest),
      items.map(({ seen }) => seen.map(({ id }) => id).join(',')),
      items.map(({ seen }) => seen.map(({ version }) => version).join(',')),
      items.map(({ differences }) => (differences.length === 0 ? null : keys.seal(JSON.stringify(differences)))),
    ],
  });
}

/** Whether a record that is refused so is not kept: it would be refused again whatever becomes of the registry. */
export function isSkippedAgain(code: string | null): code is 'SUBJECT_WITHOUT_IDENTIFIER' | 'PERSON_ERASED' {
  return code === 'SUBJECT_WITHOUT_IDENTIFIER' || code === 'PERSON_ERASED';
}

/** SHA-256 of what a record says, wherever in an answer it stands. */
export function recordDigest(record: IndividualRecord): Buffer {
  return createHash('sha256').update(JSON.stringify(record, leaveOutPlace)).digest();
}

function leaveOutPlace(key: string, value: unknown): unknown {
  return key === 'told' ? undefined : value;
}

interface PageRow extends Omit<PreviewedRecord, 'told' | 'outcomeDigest' | 'seen'> {
  readonly page: number;
  readonly record_sealed: Buffer | null;
  readonly outcome_digest: Buffer | null;
  readonly seen_ids: readonly string[];
  readonly seen_versions: readonly number[];
  readonly has_next: boolean;
}

/** The first page of the preview from `number` on that has items. */
export async function readPreviewedPage(
  db: Queryable,
  keys: CredentialSeal,
  previewId: string,
  number: number,
): Promise<PreviewedPage> {
  const { rows } = await db.query<PageRow>({ ...SELECT_PAGE, values: [previewId, number] });
  return {
    number: rows[0]?.page ?? null,
    hasNext: rows[0]?.has_next ?? false,
    records: rows.map(({ record_sealed, outcome_digest, seen_ids, seen_versions, ...item }) => ({
      ...item,
      // Written by keepRecords alone, and the seal tells of any change.
      told: record_sealed === null ? null : (JSON.parse(keys.open(record_sealed)) as ToldRecord),
      outcomeDigest: outcome_digest,
      seen: seen_ids.map((id, index) => ({ id, version: seen_versions[index] ?? 0 })),
    })),
  };
}

/** What would differ, sealed, by the ids of the items; none where nothing would, or it is kept no longer. */
export async function findDifferences(db: Queryable, itemIds: readonly string[]): Promise<Map<string, Buffer>> {
  const { rows } = await db.query<{ id: string; differences_sealed: Buffer }>({
    ...SELECT_DIFFERENCES,
    values: [itemIds],
  });
  return new Map(rows.map((row) => [row.id, row.differences_sealed]));
}

/** Opens what `findDifferences` found. */
export function openDifferences(keys: Pick<CredentialSeal, 'open'>, sealed: Buffer | null): readonly Difference[] {
  // Written by keepPreviewItems alone, and the seal tells of any change.
  return sealed === null ? [] : (JSON.parse(keys.open(sealed)) as Difference[]);
}
