import { sealEnvelope } from '../../dci/sealed-envelope.js';
import { wireObject } from '../../dci/wire-object.js';
import type { ClientReception } from '../../security/client-reception.js';
import type { Keys } from '../../security/keys.js';
import type { PartnerKeys } from '../../security/partner-keys.js';

/** The keys of both sides. */
export interface SealContext {
  readonly keys: Keys;
  readonly partnerKeys: PartnerKeys;
}

type Sealing = Pick<ClientReception, 'outboundSignature' | 'encryptAnswers' | 'jwks' | 'jwksUri'>;

/**
 * The text of a message as its client wants it: encrypted for it, then signed. `null` where it has no key to which to
 * encrypt; nothing that shall be encrypted goes out in plain.
 */
export async function sealDelivery(
  text: string,
  client: Sealing,
  { keys, partnerKeys }: SealContext,
  now: Date,
): Promise<string | null> {
  const { outboundSignature: profile, encryptAnswers } = client;
  if (profile === 'none' && !encryptAnswers) return text;
  const recipient = encryptAnswers ? await partnerKeys.encryptionKey(client) : null;
  if (encryptAnswers && recipient === null) return null;
  const read: unknown = JSON.parse(text);
  const signer = () => keys.signingKey();
  return JSON.stringify(await sealEnvelope(wireObject(read) ?? {}, { profile, signer, recipient, now }));
}
