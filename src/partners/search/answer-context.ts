import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { AnswerSettings } from '../../dci/answer.js';
import type { ReadingContext } from '../../dci/reading-context.js';
import type { Catalogue } from '../../record/catalogue.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { KnownPlaces } from '../../registry/answers/known-places.js';
import type { ReceivedMessage } from '../reception/endpoint.js';

/** What synchronous answers are made with. */
export interface AnswerContext {
  readonly pool: Pool;
  readonly config: { readonly maxPageSize: number; readonly registries: readonly RegistryKind[] };
  /** What can be asked for at the moment. */
  readonly catalogue: () => Catalogue | Promise<Catalogue>;
  readonly log: Logger;
  /** `sender_id` of our messages. */
  readonly senderId: () => string;
  /** Absent: places are looked up with the people. */
  readonly places?: KnownPlaces;
}

/** By what the message is read. */
export function readingContext(
  { registry, header, caller }: ReceivedMessage,
  context: AnswerContext,
): Promise<ReadingContext> {
  return circumstances({ registry, receiverId: header.receiverId, strict: caller.reception.strict }, context);
}

/** What bears on the meaning of a message beside its text, as it is now. */
export async function circumstances(
  message: Pick<ReadingContext, 'registry' | 'receiverId' | 'strict'>,
  { config, catalogue }: Pick<AnswerContext, 'config' | 'catalogue'>,
): Promise<ReadingContext> {
  return {
    ...message,
    servedRegistries: config.registries,
    maxPageSize: config.maxPageSize,
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
