import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { DIALECT_NAMES, type DialectName } from '../dci/dialects/names.js';
import { Problem } from '../record/problem.js';
import { createDataSource, type DataSourceInput } from '../sources/data-sources.js';
import { type ProbeReport } from '../sources/probe/probe-report.js';
import { columns, print } from './output.js';
import { withSession } from './session.js';

interface ProbeOptions {
  readonly clientId?: string;
  readonly clientSecretStdin?: boolean;
  readonly dbName?: string;
  readonly profile?: DialectName;
  readonly save?: string;
  readonly json?: boolean;
}

/** `source probe`: finds out what a registry speaks. */
export function addProbeCommand(source: Command): void {
  source
    .command('probe')
    .description(
      'find out what a registry speaks, by asking it; its client secret comes from DCI_CLIENT_SECRET or from standard input, and nothing is kept',
    )
    .argument('<url>', 'where it is, without a path: https://crvs.example.org')
    .option('--client-id <id>', 'the client id that it gave us')
    .option('--client-secret-stdin', 'read the client secret from standard input')
    .option('--db-name <name>', 'the database, where its token endpoint wants one named (OpenSPP 17)')
    .addOption(
      new Option('--profile <name>', 'what it should speak; fails if it is something else').choices([...DIALECT_NAMES]),
    )
    .option('--save <code>', 'register it under this code as it was found, with client id and secret')
    .option('--json', 'print JSON')
    .action(async (url: string, options: ProbeOptions) => {
      const { clientId, dbName, profile: expected, save } = options;
      const given = options.clientSecretStdin ? (await text(process.stdin)).trim() : process.env.DCI_CLIENT_SECRET;
      const clientSecret = given || undefined;
      if (clientId !== undefined && clientSecret === undefined) {
        throw new Problem(
          'CLIENT_SECRET_MISSING',
          'Give the client secret in DCI_CLIENT_SECRET or, with --client-secret-stdin, on standard input.',
        );
      }
      await withSession(async ({ pool, keys, ledger, actor, client }) => {
        const report = await client.probe({ url, clientId, clientSecret, dbName, expected });
        const { profile, requests } = report;
        await ledger.note({ action: 'source.probed', actor, detail: { profile, requests } });
        if (save !== undefined && profile !== null) {
          const found = settingsOf(profile, report, save, clientId, clientSecret);
          await createDataSource(pool, keys, found, { ledger, actor });
        }
        print(report, options, () => [
          ...linesOf(report),
          ...(save === undefined || profile === null ? [] : [`${save} is registered as it was found.`]),
        ]);
        if (profile === null) {
          const unsaved = save === undefined ? '' : `; nothing is registered as ${save}`;
          throw new Problem(
            'PROFILE_UNKNOWN',
            `The registry speaks nothing that is known here: see the reasons${unsaved}`,
          );
        }
      });
    });
}

/** What registers the registry as it was found. */
function settingsOf(
  profile: DialectName,
  { baseUrl, tokenStyle, paths, parameters, signature }: ProbeReport,
  code: string,
  clientId: string | undefined,
  clientSecret: string | undefined,
): DataSourceInput {
  const isOpen = tokenStyle === 'none' || tokenStyle === null;
  return {
    code,
    name: code,
    baseUrl,
    dialect: profile,
    signature,
    paths: { search: paths.search ?? null, token: paths.token ?? null, locations: paths.locations ?? null },
    parameters,
    ...(isOpen
      ? { authType: 'none' }
      : {
          authType: 'bearer',
          credentialLocation: tokenStyle,
          clientId: clientId ?? null,
          clientSecret: clientSecret ?? null,
        }),
  };
}

function linesOf(report: ProbeReport): string[] {
  const { queryTypes, paths } = report;
  return [
    ...columns([
      ['Profile', report.profile ?? 'none that is known'],
      ['Tokens', report.tokenStyle ?? 'not found out'],
      [
        'Queries',
        Object.entries(queryTypes)
          .map(([type, verdict]) => `${type} ${verdict}`)
          .join(', '),
      ],
      ['Records', report.recordShape],
      ['Page', report.pageDefault === null ? 'not told' : `${String(report.pageDefault)} by default`],
      ['Signature', report.signature],
      ...Object.entries(paths).map(([key, path]) => [`Path ${key}`, path]),
    ]),
    '',
    ...report.reasons,
    ...report.warnings.map((warning) => `Warning: ${warning}`),
  ];
}
