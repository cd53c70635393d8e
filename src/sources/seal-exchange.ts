import { type Logger } from 'pino';
import { openEnvelope, sealEnvelope } from '../dci/sealed-envelope.js';
import { type WireObject, wireObject } from '../dci/wire-object.js';
import { Problem } from '../record/problem.js';
import { type Keys } from '../security/keys.js';
import { type PartnerKeys } from '../security/partner-keys.js';
import { type DataSource } from './data-source.js';

/** The keys of both sides. */
export interface SealOptions {
  readonly keys: Pick<Keys, 'signingKey' | 'decryptionKey'>;
  readonly partnerKeys: PartnerKeys;
  readonly log: Logger;
}

type SealedSource = Pick<DataSource, 'code' | 'sealing'>;

/** How old the signature of an answer may be; it answers a question of ours, of which nobody else knows the id. */
const WINDOW_SECONDS = 300;

/** A message as the source wants it: encrypted for it, then signed. Throws `SOURCE_KEY_MISSING`. */
export async function sealRequest(
  { code, sealing }: SealedSource,
  message: unknown,
  { keys, partnerKeys }: SealOptions,
): Promise<unknown> {
  const { signature: profile, encryptRequests } = sealing;
  const envelope = wireObject(message);
  if (envelope === null || (profile === 'none' && !encryptRequests)) return message;
  const recipient = encryptRequests ? await partnerKeys.encryptionKey(sealing) : null;
  if (encryptRequests && recipient === null) {
    throw new Problem(
      'SOURCE_KEY_MISSING',
      `Messages to "${code}" are to be encrypted and none of its keys has "use": "enc": register one with the source`,
    );
  }
  return await sealEnvelope(envelope, { profile, signer: () => keys.signingKey(), recipient, now: new Date() });
}

/**
 * The answer of a source in plain, its signature verified. Where no keys of the source are known, or its signatures are
 * off, they are not looked at: it was asked at its own address. Throws `SOURCE_ANSWER_UNSIGNED`,
 * `SOURCE_ANSWER_UNVERIFIED`, `SOURCE_ANSWER_UNDECIPHERABLE`.
 */
export async function openAnswer(
  { code, sealing }: SealedSource,
  answer: { readonly body: unknown; readonly text: string },
  { keys, partnerKeys, log }: SealOptions,
): Promise<unknown> {
  const envelope = wireObject(answer.body);
  if (envelope === null) return answer.body;
  const { inboundSignature: policy, jwks, jwksUri } = sealing;
  const isLookedAt = policy === 'required' || (policy === 'optional' && (jwks !== null || jwksUri !== null));
  const opened = await openEnvelope(isLookedAt ? envelope : withoutSignature(envelope), () => answer.text, {
    policy,
    placeholders: ['unsigned', 'unsigned-stub'],
    verificationKeys: partnerKeys.verificationKeys(sealing),
    decryptionKeys: (kid) => keys.decryptionKey(kid),
    now: new Date(),
    windowSeconds: WINDOW_SECONDS,
  });
  if (opened.ok) return opened.envelope;
  const { fault } = opened;
  log.warn({ source: code, reason: fault === 'signature' ? opened.reason : fault }, 'a sealed answer was refused');
  switch (fault) {
    case 'unsigned':
      throw new Problem('SOURCE_ANSWER_UNSIGNED', `"${code}" answered without the signature that its settings require`);
    case 'signature':
      throw new Problem(
        'SOURCE_ANSWER_UNVERIFIED',
        `The signature of what "${code}" answered does not verify: check the keys that are registered with the source`,
      );
    case 'encryption':
      throw new Problem('SOURCE_ANSWER_UNDECIPHERABLE', `What "${code}" answered is not encrypted to a key of ours`);
  }
}

function withoutSignature({ signature: _, ...rest }: WireObject): WireObject {
  return rest;
}
