import { type Command, Option } from 'commander';
import {
  SIGNATURE_POLICIES,
  SIGNATURE_PROFILES,
  type SignaturePolicy,
  type SignatureProfile,
} from '../record/signature-profile.js';
import type { WantedReception } from '../security/client-reception.js';
import { readPublicKeySet } from '../security/public-key-set.js';
import { readJsonFile } from './json-file.js';
import { wholeNumber } from './number-arguments.js';

/** What `withReceptionOptions` adds; `false` where an option was taken back by its `--no-` form. */
export interface ReceptionOptions {
  readonly strict?: boolean;
  readonly signature?: SignaturePolicy;
  readonly signatureWindow?: number;
  readonly senderId?: string[];
  readonly callbackOrigin?: string[];
  readonly callbackUri?: string | false;
  readonly allowQueryCredentials?: boolean;
  readonly consentRequired?: boolean;
  readonly sign?: SignatureProfile;
  readonly encrypt?: boolean;
  readonly jwks?: string | false;
  readonly jwksUri?: string | false;
}

/** Options that say how a client is received and answered; with `takeBack`, each also in its `--no-` form. */
export function withReceptionOptions(command: Command, { takeBack }: { readonly takeBack: boolean }): Command {
  command
    .option('--strict', 'refuse doubts in its messages instead of reading past them')
    .addOption(new Option('--signature <policy>', 'whether its messages are signed').choices(SIGNATURE_POLICIES))
    .option('--signature-window <seconds>', 'how old a signed message may be; 300 by default', wholeNumber)
    .option('--sender-id <id...>', 'the sender_ids that it may use; any by default')
    .option('--callback-origin <origin...>', 'where callbacks may be sent: https://partner.example')
    .option('--callback-uri <url>', 'where callbacks go when a message names no sender_uri')
    .option('--allow-query-credentials', 'take its secret in the address too, as the importer of OpenSPP 17 sends it')
    .option('--consent-required', 'refuse searches that come without a consent object')
    .addOption(new Option('--sign <profile>', 'how messages to it are signed').choices(SIGNATURE_PROFILES))
    .option('--encrypt', 'encrypt messages to it with its key of use "enc"')
    .option('--jwks <file>', 'its public keys, a JSON file of a JWKS')
    .option('--jwks-uri <url>', 'where it publishes its public keys');
  if (!takeBack) return command;
  return command
    .option('--no-strict', 'read past doubts')
    .option('--no-callback-uri', 'no address for callbacks')
    .option('--no-allow-query-credentials', 'take its secret in the address no more')
    .option('--no-consent-required', 'take searches without a consent object')
    .option('--no-encrypt', 'encrypt no more')
    .option('--no-jwks', 'none of its keys are pinned')
    .option('--no-jwks-uri', 'its keys are read from nowhere');
}

/** What the options say; keys that are given take the place of those that there are, wherever these stood. */
export async function readReceptionOptions(options: ReceptionOptions): Promise<WantedReception> {
  const { strict, signature, signatureWindow, senderId, callbackOrigin, callbackUri, sign, encrypt } = options;
  const { allowQueryCredentials, consentRequired, jwks, jwksUri } = options;
  return {
    ...(strict !== undefined && { strict }),
    ...(signature && { inboundSignature: signature }),
    ...(signatureWindow !== undefined && { signatureWindowSeconds: signatureWindow }),
    ...(senderId && { senderIds: senderId }),
    ...(callbackOrigin && { callbackOrigins: callbackOrigin }),
    ...(callbackUri !== undefined && { callbackUri: callbackUri || null }),
    ...(allowQueryCredentials !== undefined && { allowQueryCredentials }),
    ...(consentRequired !== undefined && { consentRequired }),
    ...(sign && { outboundSignature: sign }),
    ...(encrypt !== undefined && { encryptAnswers: encrypt }),
    ...(jwks === false && { jwks: null }),
    ...(jwksUri === false && { jwksUri: null }),
    ...(jwks ? { jwks: readPublicKeySet(await readJsonFile(jwks)), jwksUri: null } : {}),
    ...(jwksUri ? { jwksUri, ...(jwks ? {} : { jwks: null }) } : {}),
  };
}
