import { field, type WireObject } from '../../dci/wire-object.js';
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

/** What is looked at. */
interface JudgedMessage {
  readonly envelope: WireObject;
  readonly message: WireObject;
  readonly header: RequestHeader;
  /** Whether a callback will go to `sender_uri`. */
  readonly needsCallback: boolean;
}

const refused = (code: `err.${string}`, message: string): WireProblem => new WireProblem(code, message, 400);

/** Throws a `WireProblem` for a message that this client may not send, or may not send like this. */
export function checkMessage(judged: JudgedMessage, client: ClientReception, policy: MessagePolicy): void {
  checkParties(judged, client, policy);
  checkSignature(field(judged.envelope, 'signature'), client, policy);
  if (judged.header.isEncrypted || field(judged.message, 'ciphertext') !== undefined) {
    throw refused('err.encryption.invalid', 'Encrypted messages are not read here: send the message in plain');
  }
}

function checkParties({ header, needsCallback }: JudgedMessage, client: ClientReception, policy: MessagePolicy): void {
  if (client.senderIds.length > 0 && !client.senderIds.includes(header.senderId)) {
    throw refused('err.sender_id.invalid', 'header.sender_id is not one that this client may use: see its settings');
  }
  const { receiverId, senderUri } = header;
  if (policy.receiverIds.length > 0 && receiverId !== null && !policy.receiverIds.includes(receiverId)) {
    throw refused('err.receiver_id.invalid', 'header.receiver_id names another registry: this is not its address');
  }
  if (needsCallback && senderUri !== null && !URL.canParse(senderUri)) {
    throw refused(
      'err.sender_uri.invalid',
      'header.sender_uri is not an address such as https://host/registry/on-search',
    );
  }
}

/** No key of a partner is known yet, so that a real signature cannot be verified: to pass it would be to trust it. */
function checkSignature(signature: unknown, client: ClientReception, policy: MessagePolicy): void {
  const isUnsigned =
    signature === undefined || (typeof signature === 'string' && policy.signaturePlaceholders.includes(signature));
  if (!isUnsigned) {
    throw refused('err.signature.invalid', 'The signature cannot be verified: send the message without one');
  }
  if (client.inboundSignature === 'required') {
    throw refused('err.signature.missing', 'Messages of this client must be signed');
  }
}
