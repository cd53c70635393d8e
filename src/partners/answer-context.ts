import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { AnswerSettings } from '../dci/answer.js';
import type { ReadingContext } from '../dci/reading-context.js';
import type { Catalogue } from '../record/catalogue.js';
import type { RegistryKind } from '../record/registry-kind.js';
import type { ReceivedMessage } from './endpoint.js';

/** What synchronous answers are made with. */
export interface AnswerContext {
  readonly pool: Pool;
  readonly config: { readonly maxPageSize: number; readonly registries: readonly RegistryKind[] };
  /** What can be asked for at the moment. */
  readonly catalogue: () => Catalogue | Promise<Catalogue>;
  readonly log: Logger;
  /** `sender_id` of our messages. */
  readonly senderId: () => string;
}

/** By what the message is read. */
export async function readingContext(
  { registry, header, caller }: ReceivedMessage,
  { config, catalogue }: AnswerContext,
): Promise<ReadingContext> {
  return {
    registry,
    receiverId: header.receiverId,
    servedRegistries: config.registries,
    maxPageSize: config.maxPageSize,
    strict: caller.reception.strict,
    catalogue: await catalogue(),
  };
}

/** How the message is answered. */
export function answerSettings(
  { dialect, correlationId, now }: ReceivedMessage,
  senderId: AnswerContext['senderId'],
): AnswerSettings {
  return { dialect, senderId: senderId(), now, messageId: randomUUID(), correlationId };
}
