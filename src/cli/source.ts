import { text } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { inTransaction } from '../database/transaction.js';
import { DIALECT_NAMES } from '../dci/dialects/names.js';
import { Problem } from '../record/problem.js';
import { setBringingClient } from '../sources/bringing-client.js';
import { CREDENTIAL_LOCATIONS, type CredentialLocation, KEPT_OF_EXCHANGES } from '../sources/data-source.js';
import { createDataSource, listDataSources, updateDataSource } from '../sources/data-sources.js';
import { type LocationSyncResult, syncLocations } from '../sources/location-sync.js';
import { columns, counted, print } from './output.js';
import { withSession } from './session.js';
import { addLimitOptions, describeLimits, readLimitOptions, type SourceLimitOptions } from './source-limits.js';
import { addProbeCommand } from './source-probe.js';
import { addRequestCommands } from './source-requests.js';
import { addTrustOptions, describeTrust, readTrustOptions, type SourceTrustOptions } from './source-trust.js';
import { addSealingOptions, readSealingOptions, type SealingOptions } from './source-sealing.js';

interface AddOptions {
  readonly url: string;
  readonly name?: string;
  readonly dialect: string;
  readonly clientId?: string;
  readonly clientSecretStdin?: boolean;
  readonly credentialLocation: CredentialLocation;
  readonly json?: boolean;
}

interface UpdateOptions extends SealingOptions, SourceLimitOptions, SourceTrustOptions {
  readonly keepExchanges?: string;
  readonly json?: boolean;
}

/** `source add|probe|list|update|set-client|sync-locations`, and what is asked to be answered later: the registries that we ask. */
export function sourceCommand(): Command {
  const source = new Command('source').description('other registries that the gateway asks');

  source
    .command('add')
    .description('register another registry; its client secret comes from DCI_CLIENT_SECRET or from standard input')
    .argument('<code>', 'short lasting name, such as crvs')
    .requiredOption('--url <address>', 'where it is, without a path: https://crvs.example.org')
    .option('--name <name>', 'what people call it; the code by default')
    .addOption(new Option('--dialect <name>', 'what it speaks').choices([...DIALECT_NAMES]).default('spdci-1.0'))
    .option('--client-id <id>', 'the client id that it gave us')
    .option('--client-secret-stdin', 'read the client secret from standard input')
    .addOption(
      new Option(
        '--credential-location <where>',
        'where it wants the credentials; query puts them into addresses, which servers log',
      )
        .choices([...CREDENTIAL_LOCATIONS])
        .default('form'),
    )
    .option('--json', 'print JSON')
    .action(async (code: string, options: AddOptions) => {
      const secret = options.clientSecretStdin ? (await text(process.stdin)).trim() : process.env.DCI_CLIENT_SECRET;
      if (options.clientId !== undefined && !secret) {
        throw new Problem(
          'CLIENT_SECRET_MISSING',
          'Give the client secret in DCI_CLIENT_SECRET or, with --client-secret-stdin, on standard input.',
        );
      }
      await withSession(async ({ pool, keys, ledger, actor }) => {
        const wanted = {
          code,
          name: options.name ?? code,
          baseUrl: options.url,
          dialect: options.dialect,
          authType: options.clientId === undefined ? 'none' : 'bearer',
          credentialLocation: options.credentialLocation,
          ...(options.clientId !== undefined && secret ? { clientId: options.clientId, clientSecret: secret } : {}),
        };
        const made = await createDataSource(pool, keys, wanted, { ledger, actor });
        print(made, options, () => [
          `${made.code} is registered. Next: dci-gateway source sync-locations ${made.code}`,
        ]);
      });
    });

  source
    .command('list')
    .description('the registries that are registered')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const sources = await listDataSources(pool);
        print(sources, options, () =>
          columns([
            ['CODE', 'NAME', 'DIALECT', 'ADDRESS'],
            ...sources.map((one) => [one.code, one.name, one.dialect, one.baseUrl]),
          ]),
        );
      });
    });

  const update = source
    .command('update')
    .description(
      'say how messages to it and from it are signed and encrypted, how many it wants, and what is kept of them; ' +
        'what is left out stays',
    )
    .argument('<code>');
  addTrustOptions(addLimitOptions(addSealingOptions(update)))
    .addOption(
      new Option(
        '--keep-exchanges <what>',
        'what is kept, sealed, of imports and later requests as it went over the wire; answers name people',
      ).choices([...KEPT_OF_EXCHANGES]),
    )
    .option('--json', 'print JSON')
    .action(async (code: string, options: UpdateOptions) => {
      const { keepExchanges } = options;
      const given = {
        ...(await readSealingOptions(options)),
        ...readLimitOptions(options),
        ...readTrustOptions(options),
        keepExchanges,
      };
      await withSession(async ({ pool, keys, ledger, actor }) => {
        const source = await updateDataSource(pool, keys, code, given, { ledger, actor });
        print(source, options, () => {
          const { signature, inboundSignature, encryptRequests } = source.sealing;
          const plain = encryptRequests ? 'encrypted' : 'not encrypted';
          return [
            `${code}: requests signed: ${signature}, ${plain}; answers signed: ${inboundSignature}.`,
            describeLimits(source.requestLimits),
            `Of what goes over the wire is kept: ${source.keepExchanges}.`,
            describeTrust(source.trust),
          ];
        });
      });
    });

  source
    .command('set-client')
    .description('say with the token of which client it brings its messages; those that come with others are put aside')
    .argument('<code>')
    .argument('[client-id]', 'see client list; none in particular by default')
    .option('--json', 'print JSON')
    .action(async (code: string, clientId: string | undefined, options: { json?: boolean }) => {
      await withSession(async ({ pool, ledger, actor }) => {
        await inTransaction(pool, async (db) => {
          await setBringingClient(db, code, clientId ?? null);
          const detail = { source: code, client: clientId ?? null };
          await ledger.note({ action: 'source.client_set', actor, detail }, db);
        });
        print({ code, clientId: clientId ?? null }, options, () => [
          clientId === undefined
            ? `${code} may bring its messages with the token of any client that is not another source's.`
            : `${code} brings its messages with the token of ${clientId}.`,
        ]);
      });
    });

  source
    .command('sync-locations')
    .description("read the source's list of places into our tree")
    .argument('<code>')
    .option('--dry-run', 'only say what would differ; write nothing')
    .option('--json', 'print the counts and the differences as JSON')
    .action(async (code: string, options: { json?: boolean; dryRun?: boolean }) => {
      await withSession(async ({ pool, client, ledger, actor }) => {
        const { dryRun = false } = options;
        const result = await syncLocations({ pool, client }, code, undefined, { dryRun });
        const detail = { source: code, total: result.total };
        if (!dryRun) await ledger.note({ action: 'source.locations_read', actor, detail });
        print(result, options, () => describeSync(result));
      });
    });

  addProbeCommand(source);
  addRequestCommands(source);
  return source;
}

/** Of a first list every place is new: each is not worth a line. */
function describeSync({
  total,
  created,
  updated,
  unchanged,
  counts,
  differences,
  problems,
}: LocationSyncResult): string[] {
  const told = differences.filter(({ kind }) => kind !== 'new');
  return [
    `${counted(total, 'place')}: ${String(created)} new, ${String(updated)} changed, ${String(unchanged)} as before; ` +
      `${String(counts.moved)} moved, ${String(counts.renamed)} renamed, ${String(counts.gone)} gone (kept), ` +
      `${String(counts.returned)} back again.`,
    ...told.map(
      ({ kind, externalId, name, before, after }) =>
        `${kind.padEnd(8)}  ${name} (${externalId})${before === after ? '' : `: ${before ?? 'none'} -> ${after ?? 'none'}`}`,
    ),
    ...problems,
  ];
}
