import type { Queryable } from '../../database/pool.js';
import type { AskedStatus, TxnType } from '../../dci/messages/transaction-status.js';
import type { ItemStatus, TransactionAction } from './transactions.js';

/** A transaction as far as its status tells. */
export interface StatedTransaction {
  readonly transactionId: string;
  readonly correlationId: string;
  readonly state: 'received' | 'working' | 'done' | 'failed';
  /** Of its items, in order. */
  readonly referenceIds: readonly string[];
  readonly subscriptionCodes: readonly string[];
  /** Of the items that were dealt with, in order. */
  readonly outcome: readonly ItemStatus[];
  readonly receivedAt: Date;
  readonly finishedAt: Date | null;
}

/** Most transactions that one question looks at, the latest: an id may be used again and again. */
const MOST_TRANSACTIONS = 100;

const COLUMNS = `transaction_id as "transactionId", correlation_id as "correlationId", state,
  reference_ids as "referenceIds", subscription_codes as "subscriptionCodes", outcome, received_at as "receivedAt",
  finished_at as "finishedAt"`;

const statement = (name: string, condition: string) => ({
  name: `transaction-by-${name}`,
  text: `
    select ${COLUMNS} from transactions
    where api_client_id = $1 and action = $2 and ${condition}
    order by received_at desc limit ${String(MOST_TRANSACTIONS)}`,
});

const BY_ATTRIBUTE = {
  transaction_id: statement('transaction', 'transaction_id = any($3)'),
  correlation_id: statement('correlation', 'correlation_id = any($3)'),
  reference_id_list: statement('references', 'reference_ids && $3'),
  subscription_code_list: statement('codes', 'subscription_codes && $3'),
} as const;

/** Nothing that is kept leads to a receipt. */
const ACTIONS: Readonly<Record<TxnType, TransactionAction | null>> = {
  search: 'search',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  receipt: null,
};

/** The transactions of a client that a question for the status is about, the latest first. */
export async function findTransactions(
  db: Queryable,
  apiClientId: string,
  { txnType, attribute, values }: AskedStatus,
): Promise<StatedTransaction[]> {
  const action = ACTIONS[txnType];
  if (action === null) return [];
  const { rows } = await db.query<StatedTransaction>({
    ...BY_ATTRIBUTE[attribute],
    values: [apiClientId, action, values],
  });
  return rows;
}
