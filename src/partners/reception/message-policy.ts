import type { RequestHeader } from '../../dci/header.js';
import type { ClientReception } from '../../security/client-reception.js';
import { WireProblem } from './wire-problem.js';

/** What this gateway as a whole demands of messages. */
export interface MessagePolicy {
  /** Names under which we are spoken to; empty: any. */
  readonly receiverIds: readonly string[];
  /** What peers write who do not sign. */
  readonly signaturePlaceholders: readonly string[];
}

const refused = (code: `err.${string}`, message: string): WireProblem => new WireProblem(code, message, 400);

/**
 * Throws a `WireProblem` for a message that this client may not send in that name or not to us. `needsCallback`: whether
 * a callback will go to `sender_uri`.
 */
export function checkParties(
  { senderId, receiverId, senderUri }: RequestHeader,
  client: Pick<ClientReception, 'senderIds'>,
  { receiverIds, needsCallback }: Pick<MessagePolicy, 'receiverIds'> & { readonly needsCallback: boolean },
): void {
  if (client.senderIds.length > 0 && !client.senderIds.includes(senderId)) {
    throw refused('err.sender_id.invalid', 'header.sender_id is not one that this client may use: see its settings');
  }
  if (receiverIds.length > 0 && receiverId !== null && !receiverIds.includes(receiverId)) {
    throw refused('err.receiver_id.invalid', 'header.receiver_id names another registry: this is not its address');
  }
  if (needsCallback && senderUri !== null && !URL.canParse(senderUri)) {
    throw refused(
      'err.sender_uri.invalid',
      'header.sender_uri is not an address such as https://host/registry/on-search',
    );
  }
}
