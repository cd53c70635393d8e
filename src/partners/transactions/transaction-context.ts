import { randomUUID } from 'node:crypto';
import type { Jobs } from '../../database/jobs.js';
import type { AnswerSettings } from '../../dci/answer.js';
import { dialect } from '../../dci/dialects/dialect.js';
import type { ReadingContext } from '../../dci/reading-context.js';
import type { Keys } from '../../security/keys.js';
import { type AnswerContext, circumstances } from '../search/answer-context.js';
import type { OpenTransaction } from './transactions.js';

/** What requests are answered with that were acknowledged first. */
export interface TransactionContext extends AnswerContext {
  readonly jobs: Jobs;
  readonly keys: Keys;
}

/** By what a request that was kept is read again: as it came, but by what can be asked for, and by this client, now. */
export function transactionReadingContext(
  { addressRegistry, header, strict, standing }: OpenTransaction,
  context: TransactionContext,
): Promise<ReadingContext> {
  const { access, consentRequired } = standing;
  const { receiverId } = header;
  return circumstances({ registry: addressRegistry, receiverId, strict, access, consentRequired }, context);
}

/** How the callback to a request is written. */
export function callbackSettings(
  { dialect: name, correlationId }: OpenTransaction,
  senderId: TransactionContext['senderId'],
  now: Date,
): AnswerSettings {
  return { dialect: dialect(name), senderId: senderId(), now, messageId: randomUUID(), correlationId };
}
