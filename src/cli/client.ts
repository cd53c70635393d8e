import { Command, Option } from 'commander';
import { DIALECT_NAMES } from '../dci/dialects/names.js';
import { createApiClient, revokeApiClient, rotateApiClientSecret } from '../security/client-administration.js';
import { listApiClients } from '../security/clients.js';
import { INTERNAL_SCOPES, PARTNER_SCOPES } from '../security/scopes.js';
import { columns, print } from './output.js';
import { withSession } from './session.js';

const ONCE = 'The secret is shown this once and cannot be read again: hand it over now.';

interface CreateOptions {
  readonly scope?: string[];
  readonly dialect: string;
  readonly strict?: boolean;
  readonly signature: 'optional' | 'required';
  readonly senderId?: string[];
  readonly callbackOrigin?: string[];
  readonly callbackUri?: string;
  readonly allowQueryCredentials?: boolean;
  readonly json?: boolean;
}

/** `client create|list|rotate|revoke`: who may call the gateway. */
export function clientCommand(): Command {
  const client = new Command('client').description('partners and internal programs that may call the gateway');

  client
    .command('create')
    .description('make a client; prints its id and, this once, its secret')
    .argument('<name>', 'whom it is for: "Ministry of Health"')
    .addOption(
      new Option('--scope <scope...>', 'what it may do; registry.search and registry.subscribe by default').choices([
        ...PARTNER_SCOPES,
        ...INTERNAL_SCOPES,
      ]),
    )
    .addOption(
      new Option('--dialect <name>', 'how the answers to it are written')
        .choices([...DIALECT_NAMES])
        .default('spdci-1.0'),
    )
    .option('--strict', 'refuse doubts in its messages instead of reading past them')
    .addOption(
      new Option('--signature <policy>', 'required shuts it out: no signature can be verified yet')
        .choices(['optional', 'required'])
        .default('optional'),
    )
    .option('--sender-id <id...>', 'the sender_ids that it may use; any by default')
    .option('--callback-origin <origin...>', 'where callbacks may be sent: https://partner.example')
    .option('--callback-uri <url>', 'where callbacks go when a message names no sender_uri')
    .option('--allow-query-credentials', 'take its secret in the address too, as the importer of OpenSPP 17 sends it')
    .option('--json', 'print clientId and clientSecret as JSON')
    .action(async (name: string, options: CreateOptions) => {
      await withSession(async ({ pool, keys }) => {
        const { client: made, clientSecret } = await createApiClient(pool, keys, {
          name,
          ...(options.scope ? { scopes: options.scope } : {}),
          dialect: options.dialect,
          reception: {
            strict: options.strict ?? false,
            inboundSignature: options.signature,
            senderIds: options.senderId ?? [],
            callbackOrigins: options.callbackOrigin ?? [],
            callbackUri: options.callbackUri ?? null,
            allowQueryCredentials: options.allowQueryCredentials ?? false,
          },
        });
        print({ name: made.name, clientId: made.clientId, clientSecret, scopes: made.scopes }, options, () => [
          `Client ID      ${made.clientId}`,
          `Client secret  ${clientSecret}`,
          `Scopes         ${made.scopes.join(' ')}`,
          ONCE,
        ]);
      });
    });

  client
    .command('list')
    .description('the clients, without their secrets')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const clients = await listApiClients(pool);
        print(clients, options, () =>
          columns([
            ['NAME', 'CLIENT ID', 'STATE', 'SCOPES', 'LAST USED'],
            ...clients.map((one) => [
              one.name,
              one.clientId,
              one.state,
              one.scopes.join(' '),
              one.lastUsedAt?.toISOString() ?? 'never',
            ]),
          ]),
        );
      });
    });

  client
    .command('rotate')
    .description('give a client a new secret; the old one stops at once')
    .argument('<client-id>')
    .option('--json', 'print clientId and clientSecret as JSON')
    .action(async (clientId: string, options: { json?: boolean }) => {
      await withSession(async ({ pool, keys }) => {
        const { clientSecret } = await rotateApiClientSecret(pool, keys, clientId);
        print({ clientId, clientSecret }, options, () => [`Client secret  ${clientSecret}`, ONCE]);
      });
    });

  client
    .command('revoke')
    .description('shut a client out: its secret and every token of it stop at once')
    .argument('<client-id>')
    .option('--json', 'print JSON')
    .action(async (clientId: string, options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const revoked = await revokeApiClient(pool, clientId);
        print(revoked, options, () => [`${revoked.name} can no longer call the gateway.`]);
      });
    });

  return client;
}
