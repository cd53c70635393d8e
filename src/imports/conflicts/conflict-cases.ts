import { type Queryable } from '../../database/pool.js';
import { type IndividualRecord } from '../../record/individual-record.js';
import { isUuid } from '../../record/uuid.js';
import { type CursorPage, type ListPage, readPage } from '../../registry/queries/keyset.js';
import { type Decision } from '../../registry/write-sources/decisions.js';
import { type About, type QuestionKind } from '../../registry/write-sources/write-outcome.js';
import { type CredentialSeal } from '../../sources/data-sources.js';

export const CONFLICT_STATES = ['open', 'decided'] as const;
export type ConflictState = (typeof CONFLICT_STATES)[number];

export const CONFLICT_KINDS = [
  'identifiers_of_two_people',
  'identifier_differs',
  'parent_differs',
  'field_differs',
] as const satisfies readonly QuestionKind[];

/** What an import left for a person to decide. */
export interface ConflictCase {
  readonly id: string;
  readonly dataSourceId: string;
  readonly kind: QuestionKind;
  /** Whom of the record it is about. */
  readonly about: About;
  /** The field that differs, or the type of the identifier that does. */
  readonly field: string | null;
  readonly state: ConflictState;
  readonly raisedAt: Date;
  /** The run that raised it first, and where the record stood in it. */
  readonly importRunId: string | null;
  readonly page: number | null;
  readonly ordinal: number | null;
  readonly decision: Decision | null;
  readonly decidedIndividualId: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  /** Whom it is between, of those who are held; the one first of whom the record speaks. */
  readonly individualIds: readonly string[];
  /** The record that waits; `null` when it does not wait any more. */
  readonly recordSealed: Buffer | null;
}

/** Which cases. */
export interface ConflictQuery extends CursorPage {
  readonly state?: ConflictState | undefined;
  readonly kind?: QuestionKind | undefined;
  readonly dataSourceId?: string | undefined;
}

const COLUMNS = `c.id, c.data_source_id as "dataSourceId", c.kind, c.about, c.field, c.state, c.raised_at as "raisedAt",
  c.import_run_id as "importRunId", c.page, c.ordinal, c.decision, c.decided_individual_id as "decidedIndividualId",
  c.decided_by as "decidedBy", c.decided_at as "decidedAt", c.record_sealed as "recordSealed",
  array(select p.individual_id from conflict_case_people p where p.case_id = c.id order by p.place)
    as "individualIds"`;

type CaseRow = ConflictCase & Record<string, unknown>;

const SELECT = { name: 'conflicts-select', text: `select ${COLUMNS} from conflict_cases c where c.id = $1` };
const LOCK = {
  name: 'conflicts-lock',
  text: `select ${COLUMNS} from conflict_cases c where c.id = $1 for update of c`,
};

/** The case of this id; `null` where there is none. */
export async function findConflict(db: Queryable, id: string): Promise<ConflictCase | null> {
  if (!isUuid(id)) return null;
  const { rows } = await db.query<CaseRow>({ ...SELECT, values: [id] });
  return rows[0] ?? null;
}

/** As `findConflict`; nobody else decides it until the transaction of `db` ends. */
export async function lockConflict(db: Queryable, id: string): Promise<ConflictCase | null> {
  if (!isUuid(id)) return null;
  const { rows } = await db.query<CaseRow>({ ...LOCK, values: [id] });
  return rows[0] ?? null;
}

/** The cases, the oldest first. Throws `PAGE_INVALID`, `CURSOR_INVALID`. */
export async function listConflicts(
  db: Queryable,
  { state, kind, dataSourceId, ...page }: ConflictQuery,
): Promise<ListPage<ConflictCase>> {
  const parameters: unknown[] = [];
  const conditions = ['true'];
  const ask = (column: string, type: string, value: string | undefined): void => {
    if (value === undefined) return;
    parameters.push(value);
    conditions.push(`${column} = $${String(parameters.length)}::${type}`);
  };
  ask('c.state', 'text', state);
  ask('c.kind', 'text', kind);
  ask('c.data_source_id', 'uuid', dataSourceId);
  return readPage<CaseRow, ConflictCase>(
    db,
    {
      from: 'conflict_cases c',
      columns: COLUMNS,
      where: conditions.join(' and '),
      parameters,
      onePlan: true,
      keys: [
        { name: 'raisedAt', expression: 'c.raised_at', type: 'timestamptz', nullable: false, direction: 'asc' },
        { name: 'id', expression: 'c.id', type: 'uuid', nullable: false, direction: 'asc' },
      ],
    },
    page,
    // What a cursor is made of is no part of a case.
    ({ keyset: _keyset, ...row }) => row,
  );
}

/** What the source says; `null` when it is not kept any more. */
export function openRecord(
  keys: Pick<CredentialSeal, 'open'>,
  { recordSealed }: Pick<ConflictCase, 'recordSealed'>,
): IndividualRecord | null {
  if (recordSealed === null) return null;
  // Written by the desk alone, and the seal tells of any change.
  return JSON.parse(keys.open(recordSealed)) as IndividualRecord;
}
