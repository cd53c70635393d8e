import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { AnswerSettings } from '../../dci/answer.js';
import type { ReadingContext } from '../../dci/reading-context.js';
import type { Access } from '../../record/access.js';
import type { Catalogue } from '../../record/catalogue.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { KnownPlaces } from '../../registry/answers/known-places.js';
import type { Ledger } from '../../security/audit/ledger.js';
import { largestPageFor } from '../reception/caller-limits.js';
import type { ReceivedMessage } from '../reception/endpoint.js';

/** What synchronous answers are made with. */
export interface AnswerContext {
  readonly pool: Pool;
  readonly config: { readonly maxPageSize: number; readonly registries: readonly RegistryKind[] };
  /** What can be asked for at the moment. */
  readonly catalogue: () => Catalogue | Promise<Catalogue>;
  readonly log: Logger;
  /** Where it is written down who was told of whom. */
  readonly ledger: Pick<Ledger, 'disclose' | 'note'>;
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
  const { strict, consentRequired } = caller.reception;
  const { access } = caller;
  return circumstances({ registry, receiverId: header.receiverId, strict, access, consentRequired }, context);
}

/** What bears on the meaning of a message beside its text. */
export interface Circumstances extends Pick<ReadingContext, 'registry' | 'receiverId' | 'strict'> {
  readonly access: Access;
  readonly consentRequired: boolean;
}

/** What a message is read by, as things are now. */
export async function circumstances(
  { access, ...message }: Circumstances,
  { config, catalogue }: Pick<AnswerContext, 'config' | 'catalogue'>,
): Promise<ReadingContext> {
  return {
    ...message,
    servedRegistries: config.registries,
    allowedRegistries: access.registries,
    maxPageSize: largestPageFor(access, config),
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
