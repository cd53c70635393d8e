import { type Command, Option } from 'commander';
import { SIGNATURE_POLICIES, SIGNATURE_PROFILES } from '../record/signature-profile.js';
import type { SourceSealingInput } from '../sources/source-sealing.js';
import { readJsonFile } from './json-file.js';

/** As `addSealingOptions` reads them. */
export interface SealingOptions {
  readonly sign?: string;
  readonly verify?: string;
  readonly encrypt?: boolean;
  readonly jwks?: string | false;
  readonly jwksUri?: string | false;
}

/** The options by which an operator says how messages to a source and from it are signed and encrypted. */
export function addSealingOptions(command: Command): Command {
  return command
    .addOption(new Option('--sign <how>', 'how what we ask is signed').choices([...SIGNATURE_PROFILES]))
    .addOption(
      new Option('--verify <when>', 'whether what it answers and brings is signed').choices([...SIGNATURE_POLICIES]),
    )
    .option('--encrypt', 'encrypt what we ask with its key of "use": "enc"')
    .option('--no-encrypt', 'encrypt no more')
    .option('--jwks <file>', 'its public keys, a JSON file of a JWKS')
    .option('--no-jwks', 'none of its keys are pinned')
    .option('--jwks-uri <url>', 'where it publishes its public keys')
    .option('--no-jwks-uri', 'its keys are read from nowhere');
}

/** What the options say. */
export async function readSealingOptions({
  sign,
  verify,
  encrypt,
  jwks,
  jwksUri,
}: SealingOptions): Promise<SourceSealingInput> {
  return {
    ...(sign === undefined ? {} : { signature: sign }),
    ...(verify === undefined ? {} : { inboundSignature: verify }),
    ...(encrypt === undefined ? {} : { encryptRequests: encrypt }),
    ...(jwks === false ? { jwks: null } : jwks === undefined ? {} : { jwks: await readJsonFile(jwks) }),
    ...(jwksUri === false ? { jwksUri: null } : jwksUri === undefined ? {} : { jwksUri }),
  };
}
