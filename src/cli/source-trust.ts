import { type Command, InvalidArgumentError } from 'commander';
import { type SourceTrust, type SourceTrustInput } from '../sources/source-trust.js';

/** As `addTrustOptions` reads them. */
export interface SourceTrustOptions {
  readonly trustRank?: number;
  readonly policy?: Readonly<Record<string, string>> | false;
}

/** The options by which an operator says whether a source is believed. */
export function addTrustOptions(command: Command): Command {
  return command
    .option(
      '--trust-rank <0-1000>',
      'it overwrites what came from sources of its own rank and below; by default, and of what was entered here, 100',
      readRank,
    )
    .option(
      '--policy <field=policy>',
      'what becomes of a value that it tells otherwise than it is held: fill_blank, prefer_source, prefer_newer or ask; ' +
        'field: birthDate, sex, ... or * for the others; may be repeated, and replaces all that were given before',
      readPolicy,
    )
    .option('--no-policy', 'forget all policies');
}

/** What the options say. */
export function readTrustOptions({ trustRank, policy }: SourceTrustOptions): SourceTrustInput {
  return { trustRank, fieldPolicies: policy === false ? {} : policy };
}

/** For people. */
export function describeTrust({ trustRank, fieldPolicies }: SourceTrust): string {
  const policies = Object.entries(fieldPolicies).map(([field, policy]) => `${field} ${policy}`);
  return `Believed with rank ${String(trustRank)}; where it differs: ${policies.join(', ') || 'the source is preferred'}.`;
}

function readRank(text: string): number {
  if (!/^\d+$/u.test(text)) throw new InvalidArgumentError('Give a whole number from 0 to 1000.');
  return Number(text);
}

function readPolicy(text: string, given: SourceTrustOptions['policy']): Readonly<Record<string, string>> {
  const [, field, policy] = /^([^=]+)=([^=]+)$/u.exec(text) ?? [];
  if (field === undefined || policy === undefined) {
    throw new InvalidArgumentError('Give a field and a policy: sex=fill_blank.');
  }
  return { ...(given ? given : {}), [field]: policy };
}
