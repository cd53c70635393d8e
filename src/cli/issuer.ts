import { Command } from 'commander';
import { Problem } from '../record/problem.js';
import { addTrustedIssuer, listTrustedIssuers, removeTrustedIssuer } from '../security/issuers/trusted-issuers.js';
import { columns, print } from './output.js';
import { withSession } from './session.js';

interface AddOptions {
  readonly audience: string;
  readonly claim: string;
  readonly grant: string[];
  readonly role?: string[];
  readonly jwksUri?: string;
  readonly json?: boolean;
}

/** `issuer add|list|remove`: sign-ons outside whose people may use the graph. */
export function issuerCommand(): Command {
  const issuer = new Command('issuer').description('sign-ons (OpenID Connect) whose people may use the graph');

  issuer
    .command('add')
    .description('trust an issuer, or change how one is trusted; its tokens then open /graphql')
    .argument('<issuer>', 'as iss of its tokens has it: https://sso.example.org/realms/staff')
    .requiredOption('--audience <aud>', 'what aud of its tokens for this gateway says')
    .requiredOption('--claim <name>', 'the claim with the words that grants speak of: groups, realm_access.roles')
    .requiredOption('--grant <word=scopes...>', 'what a word opens: caseworker=graph.read,graph.personal')
    .option('--role <word=role...>', 'whose limits hold for a word; of several all do: caseworker=district-office')
    .option('--jwks-uri <url>', 'where its keys are; as its metadata say by default')
    .option('--json', 'print JSON')
    .action(async (address: string, options: AddOptions) => {
      const roles = new Map((options.role ?? []).map((text) => pair(text, '--role')));
      const scopes = new Map(options.grant.map((text) => pair(text, '--grant')));
      const lost = [...roles.keys()].find((word) => !scopes.has(word));
      if (lost !== undefined)
        throw new Problem('GRANT_MISSING', `--role names ${lost}, to which no --grant gives a scope`);
      const grants = Object.fromEntries(
        [...scopes].map(([word, list]) => [word, { scopes: list.split(','), role: roles.get(word) }]),
      );
      await withSession(async ({ pool, ledger, actor }) => {
        const { audience, claim, jwksUri } = options;
        const wanted = { issuer: address, audience, claim, jwksUri, grants };
        const added = await addTrustedIssuer(pool, wanted, { ledger, actor });
        print(added, options, () => [`People of ${added.issuer} may now use the graph, as their ${added.claim} say.`]);
      });
    });

  issuer
    .command('list')
    .description('the issuers that are trusted, and what they open')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const issuers = await listTrustedIssuers(pool);
        print(issuers, options, () =>
          columns([
            ['ISSUER', 'AUDIENCE', 'CLAIM', 'WORD', 'SCOPES', 'ROLE'],
            ...issuers.flatMap((one) =>
              Object.entries(one.grants).map(([word, { scopes, role }]) => [
                one.issuer,
                one.audience,
                one.claim,
                word,
                scopes.join(' '),
                role ?? '',
              ]),
            ),
          ]),
        );
      });
    });

  issuer
    .command('remove')
    .description('trust an issuer no longer: its tokens stop within a second')
    .argument('<issuer>')
    .option('--json', 'print JSON')
    .action(async (address: string, options: { json?: boolean }) => {
      await withSession(async ({ pool, ledger, actor }) => {
        const removed = await removeTrustedIssuer(pool, address, { ledger, actor });
        print(removed, options, () => [`${removed.issuer} is no longer trusted.`]);
      });
    });

  return issuer;
}

function pair(text: string, option: string): [string, string] {
  const at = text.lastIndexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new Problem('GRANT_INVALID', `${option} is written word=value, not ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}
