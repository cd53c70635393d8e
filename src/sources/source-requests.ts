import { type Queryable } from '../database/pool.js';
import { type CursorPage, type ListPage, type OrderKey, readPage, totalOrder } from '../registry/queries/keyset.js';
import { isUuid } from '../record/uuid.js';
import { type Acknowledgement } from './acknowledgement.js';

/** What a source can be asked to answer later; the `action` of our message. */
export const LATER_ACTIONS = ['search', 'subscribe', 'unsubscribe', 'txn-status'] as const;
export type LaterAction = (typeof LATER_ACTIONS)[number];

/** A request that a source answers, if at all, with a message of its own. */
export interface LaterRequest {
  readonly id: string;
  readonly dataSourceId: string;
  readonly action: LaterAction;
  /** By which the answer is known again. */
  readonly transactionId: string;
  readonly messageId: string;
  readonly referenceIds: readonly string[];
  /** Of the source's acknowledgement. */
  readonly correlationId: string | null;
  /** Those that it asked about, or that the source made for it. */
  readonly subscriptionCodes: readonly string[];
  /** `refused`: by the source, at once or later. `failed`: the source could not be asked. */
  readonly state: 'sending' | 'acknowledged' | 'answered' | 'refused' | 'failed';
  readonly problem: string | null;
  readonly createdAt: Date;
  readonly answeredAt: Date | null;
}

const COLUMNS = `r.id, r.data_source_id as "dataSourceId", r.action, r.transaction_id as "transactionId",
  r.message_id as "messageId", r.reference_ids as "referenceIds", r.correlation_id as "correlationId",
  r.subscription_codes as "subscriptionCodes", r.state, r.problem, r.created_at as "createdAt",
  r.answered_at as "answeredAt"`;

const INSERT_REQUEST = `
  insert into source_requests as r (data_source_id, action, transaction_id, message_id, reference_ids, subscription_codes)
  values ($1, $2, $3, $4, $5, $6)
  returning ${COLUMNS}`;

// The answer may overtake the acknowledgement: what it said stays.
const ACKNOWLEDGE_REQUEST = `
  update source_requests as r set
    correlation_id = coalesce($2, r.correlation_id),
    state = case when r.state = 'sending' then $3 else r.state end,
    problem = case when r.state = 'sending' then $4 else r.problem end
  where r.id = $1
  returning ${COLUMNS}`;

const SELECT_BY_TRANSACTION = `
  select ${COLUMNS} from source_requests r where r.transaction_id = $1`;

const SELECT_BY_IDS = `
  select ${COLUMNS} from source_requests r where r.id = any($1::uuid[])`;

/** A request to be sent, as it will be known again. */
export type NewLaterRequest = Pick<
  LaterRequest,
  'dataSourceId' | 'action' | 'transactionId' | 'messageId' | 'referenceIds' | 'subscriptionCodes'
>;

/** Keeps a request before it is sent: its answer may come at any moment afterwards. */
export async function insertLaterRequest(db: Queryable, request: NewLaterRequest): Promise<LaterRequest> {
  const { dataSourceId, action, transactionId, messageId, referenceIds, subscriptionCodes } = request;
  const { rows } = await db.query<LaterRequest>({
    name: 'sources-insert-request',
    text: INSERT_REQUEST,
    values: [dataSourceId, action, transactionId, messageId, referenceIds, subscriptionCodes],
  });
  return only(rows);
}

/** Notes what the source said at once. */
export async function acknowledgeRequest(db: Queryable, id: string, ack: Acknowledgement): Promise<LaterRequest> {
  return await settleRequest(db, id, ack.accepted ? 'acknowledged' : 'refused', ack.correlationId, ack.problem);
}

/** Notes that the source could not be asked; `problem` is a sentence. */
export async function failRequest(db: Queryable, id: string, problem: string): Promise<LaterRequest> {
  return await settleRequest(db, id, 'failed', null, problem);
}

async function settleRequest(
  db: Queryable,
  id: string,
  state: LaterRequest['state'],
  correlationId: string | null,
  problem: string | null,
): Promise<LaterRequest> {
  const { rows } = await db.query<LaterRequest>({
    name: 'sources-settle-request',
    text: ACKNOWLEDGE_REQUEST,
    values: [id, correlationId, state, problem],
  });
  return only(rows);
}

/** The request of this transaction; `null` when none of ours is. */
export async function findRequestOfTransaction(db: Queryable, transactionId: string): Promise<LaterRequest | null> {
  const { rows } = await db.query<LaterRequest>({
    name: 'sources-request-of-transaction',
    text: SELECT_BY_TRANSACTION,
    values: [transactionId],
  });
  return rows[0] ?? null;
}

/** Those of the ids that exist, in no order. */
export async function findRequestsByIds(db: Queryable, ids: readonly string[]): Promise<LaterRequest[]> {
  const { rows } = await db.query<LaterRequest>({
    name: 'sources-requests-by-id',
    text: SELECT_BY_IDS,
    values: [ids.filter(isUuid)],
  });
  return rows;
}

const NEWEST_FIRST: readonly OrderKey[] = totalOrder(
  [{ name: 'created_at', expression: 'r.created_at', type: 'timestamptz', nullable: false, direction: 'desc' }],
  'r.id',
);

/** One page of what was asked, the newest first; of one source where it is named by its id. */
export async function listSourceRequests(
  db: Queryable,
  query: CursorPage & { readonly dataSourceId?: string | undefined },
): Promise<ListPage<LaterRequest>> {
  const parameters = query.dataSourceId === undefined ? [] : [query.dataSourceId];
  const read = {
    from: 'source_requests r',
    columns: COLUMNS,
    where: parameters.length === 0 ? 'true' : 'r.data_source_id = $1::uuid',
    parameters,
    onePlan: true,
    keys: NEWEST_FIRST,
  };
  return await readPage<LaterRequest & { keyset: unknown }, LaterRequest>(
    db,
    read,
    query,
    ({ keyset: _, ...row }) => row,
  );
}

function only(rows: readonly LaterRequest[]): LaterRequest {
  const [row] = rows;
  if (row === undefined) throw new Error('A request to a source has no row');
  return row;
}
