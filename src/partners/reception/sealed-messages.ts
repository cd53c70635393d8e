import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import { type EnvelopeFault, openEnvelope, sealEnvelope } from '../../dci/sealed-envelope.js';
import { canonicalJson } from '../../dci/signatures/canonical-json.js';
import { type WireObject, wireObject } from '../../dci/wire-object.js';
import type { CallingClient } from '../../security/bearer.js';
import type { Keys } from '../../security/keys.js';
import type { PartnerKeys } from '../../security/partner-keys.js';
import type { Reply } from './endpoint.js';
import type { MessagePolicy } from './message-policy.js';
import { WireProblem } from './wire-problem.js';

/** The keys of both sides, and where it is told why a message was refused. */
export interface SealContext {
  readonly keys: Pick<Keys, 'signingKey' | 'decryptionKey'>;
  readonly partnerKeys: PartnerKeys;
  readonly log: Logger;
}

/** A message as it came. */
interface ArrivedMessage {
  readonly caller: CallingClient;
  readonly envelope: WireObject;
  readonly body: Buffer;
  readonly now: Date;
  readonly correlationId: string;
}

/** A message that its sender may be held to, in plain. */
export interface OpenedMessage {
  readonly envelope: WireObject;
  readonly isSigned: boolean;
  /**
   * How far `message_ts` may be from now, in seconds: of a signed message whose signature does not say its own time;
   * `null` of any other.
   */
  readonly windowSeconds: number | null;
  /** SHA-256 of what the message says: the same when it is signed or encrypted anew to be sent again. */
  readonly digest: Buffer;
}

/**
 * Verifies the signature of a message and decrypts it. Throws a `WireProblem` with one sentence for whatever is wrong with
 * a signature, and one for whatever is wrong with an encryption.
 */
export async function openMessage(
  { caller, envelope, body, now, correlationId }: ArrivedMessage,
  { signaturePlaceholders: placeholders }: Pick<MessagePolicy, 'signaturePlaceholders'>,
  { keys, partnerKeys, log }: SealContext,
): Promise<OpenedMessage> {
  const { reception } = caller;
  const opened = await openEnvelope(envelope, () => textOf(body), {
    policy: reception.inboundSignature,
    placeholders,
    verificationKeys: partnerKeys.verificationKeys(reception),
    decryptionKeys: (kid) => keys.decryptionKey(kid),
    now,
    windowSeconds: reception.signatureWindowSeconds,
  });
  if (!opened.ok) {
    const reason = opened.fault === 'signature' ? opened.reason : opened.fault;
    log.info({ client: caller.name, reason, correlationId }, 'a sealed message was refused');
    throw refusal(opened);
  }
  const { isSigned, isSealed, signedAt } = opened;
  return {
    envelope: opened.envelope,
    isSigned,
    windowSeconds: isSigned && signedAt === null ? reception.signatureWindowSeconds : null,
    digest: hash('sha256', isSealed ? canonicalJson(opened.envelope) : body, 'buffer'),
  };
}

/** As the body was parsed: a byte order mark in front is none of the message. */
function textOf(body: Buffer): string {
  return new TextDecoder().decode(body);
}

function refusal({ fault }: EnvelopeFault): WireProblem {
  switch (fault) {
    case 'unsigned':
      return new WireProblem('err.signature.missing', 'Messages of this client must be signed', 400);
    case 'signature':
      return new WireProblem(
        'err.signature.invalid',
        'The signature does not verify: sign header and message as they are sent, with a key that is registered here',
        400,
      );
    case 'encryption':
      return new WireProblem(
        'err.encryption.invalid',
        'The message cannot be decrypted: encrypt it with RSA-OAEP-256 and A256GCM to a key of our /.well-known/jwks.json',
        400,
      );
  }
}

/**
 * A reply as the client wants it: encrypted for it, then signed. Acknowledgements have no header, and errors are no
 * messages: they stay as they are. Throws a `WireProblem` where the client has no key to which to encrypt.
 */
export async function sealReply(
  reply: Reply,
  { reception }: CallingClient,
  { keys, partnerKeys }: SealContext,
  now: Date,
): Promise<Reply> {
  const { outboundSignature: profile, encryptAnswers } = reception;
  if ((profile === 'none' && !encryptAnswers) || wireObject(reply.body.header) === null) return reply;
  const recipient = encryptAnswers ? await partnerKeys.encryptionKey(reception) : null;
  if (encryptAnswers && recipient === null) {
    throw new WireProblem(
      'err.encryption.invalid',
      'The answer cannot be encrypted: register an RSA key of yours with "use": "enc"',
      400,
    );
  }
  return {
    ...reply,
    body: await sealEnvelope(reply.body, { profile, signer: () => keys.signingKey(), recipient, now }),
  };
}
