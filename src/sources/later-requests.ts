import { type Queryable } from '../database/pool.js';
import { Problem } from '../record/problem.js';
import { type DataSource } from './data-source.js';
import { type CredentialSeal } from './data-sources.js';
import { keepingExchanges } from './exchanges/kept-exchanges.js';
import { type LaterQuestion, writeLaterMessage } from './later-messages.js';
import { type RegistryClient } from './registry-client.js';
import {
  acknowledgeRequest,
  failRequest,
  findRequestOfTransaction,
  insertLaterRequest,
  type LaterRequest,
} from './source-requests.js';

/** What asking works with. */
export interface LaterRequestsOptions {
  readonly pool: Queryable;
  readonly client: RegistryClient;
  /** Under which what went over the wire is kept. */
  readonly keys: Pick<CredentialSeal, 'seal'>;
}

/**
 * Asks a source for what it answers later, with one request. The request is kept before it is sent, since the answer may
 * come before the acknowledgement; it resolves once the source has accepted it. Throws `SOURCE_REJECTED_REQUEST` where
 * the source refuses it at once, and as `RegistryClient.request` and `writeLaterMessage` do.
 */
export async function askLater(
  { pool, client, keys }: LaterRequestsOptions,
  source: DataSource,
  question: LaterQuestion,
  signal?: AbortSignal,
): Promise<LaterRequest> {
  const { body, known } = writeLaterMessage(source, question, client.ownAddress(), new Date());
  const { id } = await insertLaterRequest(pool, { ...known, dataSourceId: source.id });
  const sent = keepingExchanges({ db: pool, keys, source }, { sourceRequestId: id }, (see) =>
    client.request(source, question.action, body, signal, see),
  );
  const ack = await sent.catch(async (error: unknown) => {
    await failRequest(pool, id, error instanceof Problem ? error.message : 'The request was not sent to the end');
    throw error;
  });
  const request = await acknowledgeRequest(pool, id, ack);
  if (ack.accepted) return request;
  throw new Problem(
    'SOURCE_REJECTED_REQUEST',
    `"${source.code}" refused the request: ${ack.problem ?? 'no reason given'}`,
  );
}

/** The request of this transaction at this source. Throws `SOURCE_REQUEST_UNKNOWN` where we never asked it. */
export async function requestAt(pool: Queryable, source: DataSource, transactionId: string): Promise<LaterRequest> {
  const request = await findRequestOfTransaction(pool, transactionId);
  if (request !== null && request.dataSourceId === source.id) return request;
  throw new Problem(
    'SOURCE_REQUEST_UNKNOWN',
    `Nothing was asked of "${source.code}" under this transaction id: list the requests to see which there are`,
    { field: 'transactionId' },
  );
}
