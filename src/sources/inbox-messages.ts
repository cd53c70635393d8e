import { type Queryable } from '../database/pool.js';
import { type CallbackAction } from '../dci/messages/callback.js';
import { isUuid } from '../record/uuid.js';
import { type CursorPage, type ListPage, type OrderKey, readPage, totalOrder } from '../registry/queries/keyset.js';
import { type Keys } from '../security/keys.js';

/** What another registry sent us, without the message itself, which may name people. */
export interface InboxMessage {
  readonly id: string;
  readonly action: CallbackAction;
  /** The client whose token it came with. */
  readonly apiClientId: string;
  readonly messageId: string;
  /** As the message says; empty where it does not. */
  readonly senderId: string;
  readonly transactionId: string | null;
  readonly correlationId: string | null;
  /** The request that it speaks of; of a message in quarantine one that it does not answer. */
  readonly sourceRequestId: string | null;
  readonly dataSourceId: string | null;
  readonly state: 'matched' | 'quarantined';
  /** Why it is in quarantine. */
  readonly reason: string | null;
  readonly receivedAt: Date;
}

const COLUMNS = `m.id, m.action, m.api_client_id as "apiClientId", m.message_id as "messageId",
  coalesce(m.sender_id, '') as "senderId", m.transaction_id as "transactionId", m.correlation_id as "correlationId",
  m.source_request_id as "sourceRequestId", m.data_source_id as "dataSourceId", m.state, m.reason,
  m.received_at as "receivedAt"`;

const SELECT_MESSAGE = `
  select ${COLUMNS}, m.body_sealed from inbox_messages m where m.id = $1`;

const NEWEST_FIRST: readonly OrderKey[] = totalOrder(
  [{ name: 'received_at', expression: 'm.received_at', type: 'timestamptz', nullable: false, direction: 'desc' }],
  'm.id',
);

/** One page of what came, the newest first; of one state or about one request where these are named. */
export async function listInboxMessages(
  db: Queryable,
  query: CursorPage & {
    readonly state?: InboxMessage['state'] | undefined;
    readonly sourceRequestId?: string | undefined;
  },
): Promise<ListPage<InboxMessage>> {
  const parameters: unknown[] = [];
  const conditions: string[] = [];
  if (query.state !== undefined) conditions.push(`m.state = $${String(parameters.push(query.state))}`);
  if (query.sourceRequestId !== undefined) {
    conditions.push(`m.source_request_id = $${String(parameters.push(query.sourceRequestId))}::uuid`);
  }
  const read = {
    from: 'inbox_messages m',
    columns: COLUMNS,
    where: conditions.length === 0 ? 'true' : conditions.join(' and '),
    parameters,
    onePlan: true,
    keys: NEWEST_FIRST,
  };
  return await readPage<InboxMessage & { keyset: unknown }, InboxMessage>(
    db,
    read,
    query,
    ({ keyset: _, ...row }) => row,
  );
}

/** A message and its body, as JSON text; `null` when there is none with this id. */
export async function openInboxMessage(
  db: Queryable,
  keys: Pick<Keys, 'open'>,
  id: string,
): Promise<(InboxMessage & { readonly body: string }) | null> {
  if (!isUuid(id)) return null;
  const { rows } = await db.query<InboxMessage & { body_sealed: Buffer }>({
    name: 'inbox-message',
    text: SELECT_MESSAGE,
    values: [id],
  });
  const [row] = rows;
  if (row === undefined) return null;
  const { body_sealed: sealed, ...message } = row;
  return { ...message, body: keys.open(sealed) };
}
