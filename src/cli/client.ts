import { Command, Option } from 'commander';
import { DIALECT_NAMES } from '../dci/dialects/names.js';
import { Problem } from '../record/problem.js';
import { changeLimits } from '../security/access-document.js';
import {
  createApiClient,
  createApiClientWithKeys,
  revokeApiClient,
  revokeClientSecret,
  revokeClientTokens,
  rotateApiClientSecret,
  updateApiClient,
} from '../security/client-administration.js';
import { type ClientSecret, listClientSecrets } from '../security/client-secrets.js';
import { type ApiClient, GRANT_TYPES, type GrantType, listApiClients } from '../security/clients.js';
import { INTERNAL_SCOPES, PARTNER_SCOPES } from '../security/scopes.js';
import { readReceptionOptions, type ReceptionOptions, withReceptionOptions } from './client-options.js';
import { limitLines, type LimitOptions, readLimitOptions, withLimitOptions } from './limit-options.js';
import { wholeNumber } from './number-arguments.js';
import { columns, print } from './output.js';
import { type Session, withSession } from './session.js';

const ONCE = 'The secret is shown this once and cannot be read again: hand it over now.';
const DAY_SECONDS = 86_400;
/** Longest time that an earlier secret may live beside a new one. */
const LONGEST_OVERLAP_HOURS = 7 * 24;

interface SettingOptions extends ReceptionOptions, LimitOptions {
  readonly scope?: string[];
  readonly dialect?: string;
  readonly role?: string | false;
  readonly auth?: ApiClient['authentication'];
  readonly grantType?: GrantType[] | false;
  readonly json?: boolean;
}

interface CreateOptions extends SettingOptions {
  readonly secretDays?: number;
}

interface UpdateOptions extends SettingOptions {
  readonly name?: string;
}

interface RotateCommandOptions {
  readonly overlapHours?: number;
  readonly secretDays?: number;
  readonly json?: boolean;
}

const administration = ({ ledger, actor }: Session) => ({ by: { ledger, actor }, dialects: DIALECT_NAMES });

/** What is shown of a client: its limits, not what is made of them. */
function shown({ access: _made, ...client }: ApiClient, secrets: readonly ClientSecret[]) {
  return { ...client, secrets: secrets.filter(({ apiClientId }) => apiClientId === client.id) };
}

function clientLines({ secrets, ...client }: ReturnType<typeof shown>): string[] {
  const { reception } = client;
  const limits = limitLines(client.limits);
  return [
    `Client ID       ${client.clientId}`,
    `Name            ${client.name}`,
    `State           ${client.state}`,
    `Scopes          ${client.scopes.join(' ')}`,
    `Role            ${client.role ?? 'none'}`,
    `Dialect         ${client.dialect}`,
    `Proves itself   ${client.authentication === 'secret' ? 'with a secret' : 'with signed assertions'}`,
    `Gets tokens     ${client.grantTypes.join(' ') || 'never'}`,
    `Its messages    signature ${reception.inboundSignature}, consent ${reception.consentRequired ? 'required' : 'optional'}`,
    `Messages to it  signed ${reception.outboundSignature}, ${reception.encryptAnswers ? 'encrypted' : 'not encrypted'}`,
    `Its keys        ${keysLine(reception)}`,
    ...(limits.length > 0 ? ['Limits', ...limits] : ['Limits          none of its own']),
    ...secrets.map(
      ({ id, createdAt, expiresAt, lastUsedAt, isActive }) =>
        `Secret ${id}  ${isActive ? 'works' : 'ended'}, made ${createdAt.toISOString()}, ` +
        `${expiresAt ? `ends ${expiresAt.toISOString()}` : 'no end'}, last used ${lastUsedAt?.toISOString() ?? 'never'}`,
    ),
  ];
}

function keysLine({ jwks, jwksUri }: ApiClient['reception']): string {
  return jwksUri ?? jwks?.keys.map(({ kid }) => kid).join(' ') ?? 'none';
}

function withSettingOptions(command: Command, { update }: { readonly update: boolean }): Command {
  command
    .addOption(
      new Option('--scope <scope...>', 'what it may do; registry.search and registry.subscribe by default').choices([
        ...PARTNER_SCOPES,
        ...INTERNAL_SCOPES,
      ]),
    )
    .addOption(new Option('--dialect <name>', 'how it is answered; spdci-1.0 by default').choices([...DIALECT_NAMES]))
    .option('--role <name>', 'a role whose limits it has beside its own')
    .addOption(
      new Option(
        '--auth <way>',
        'how it proves who it is: with a secret, or with assertions signed with its keys',
      ).choices(['secret', 'private_key_jwt']),
    )
    .addOption(new Option('--grant-type <type...>', 'how it may get tokens').choices(GRANT_TYPES))
    .option('--no-grant-type', 'no tokens for it: one that is only written to');
  if (update) command.option('--no-role', 'no role');
  return withLimitOptions(withReceptionOptions(command, { takeBack: update }), { lift: update });
}

/** `client create|update|list|show|rotate|revoke-secret|revoke-tokens|revoke`: who may call the gateway. */
export function clientCommand(): Command {
  const client = new Command('client').description('partners and internal programs that may call the gateway');

  withSettingOptions(client.command('create'), { update: false })
    .description('make a client; prints its id and, this once, its secret')
    .argument('<name>', 'whom it is for: "Ministry of Health"')
    .option('--secret-days <days>', 'how long its secret works; until it is rotated by default', wholeNumber)
    .option('--json', 'print clientId and clientSecret as JSON')
    .action(async (name: string, options: CreateOptions) => {
      await withSession((session) => create(session, name, options));
    });

  withSettingOptions(client.command('update'), { update: true })
    .description('change a client; what is not named stays, and it holds from its next call on')
    .argument('<client-id>')
    .option('--name <name>', 'whom it is for')
    .option('--json', 'print JSON')
    .action(async (clientId: string, options: UpdateOptions) => {
      await withSession(async (session) => {
        const { name, role } = options;
        const changes = {
          ...(name !== undefined && { name }),
          ...readSettingOptions(options),
          ...(role !== undefined && { role: role || null }),
          ...(options.auth && { authentication: options.auth }),
          limits: await readLimitOptions(options),
          reception: await readReceptionOptions(options),
        };
        const changed = await updateApiClient(session.pool, clientId, changes, administration(session));
        const one = shown(changed, await listClientSecrets(session.pool, [changed.id]));
        print(one, options, () => clientLines(one));
      });
    });

  client
    .command('list')
    .description('the clients, without their secrets')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const clients = await listApiClients(pool);
        const ids = clients.map(({ id }) => id);
        const secrets = await listClientSecrets(pool, ids);
        print(
          clients.map((one) => shown(one, secrets)),
          options,
          () =>
            columns([
              ['NAME', 'CLIENT ID', 'STATE', 'SCOPES', 'ROLE', 'LAST USED'],
              ...clients.map((one) => [
                one.name,
                one.clientId,
                one.state,
                one.scopes.join(' '),
                one.role ?? '',
                one.lastUsedAt?.toISOString() ?? 'never',
              ]),
            ]),
        );
      });
    });

  client
    .command('show')
    .description('one client: its settings, its limits, and its secrets without their text')
    .argument('<client-id>')
    .option('--json', 'print JSON')
    .action(async (clientId: string, options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const found = (await listApiClients(pool)).find((one) => one.clientId === clientId);
        if (!found) throw new Problem('CLIENT_UNKNOWN', 'There is no client with this client id');
        const one = shown(found, await listClientSecrets(pool, [found.id]));
        print(one, options, () => clientLines(one));
      });
    });

  client
    .command('rotate')
    .description('give a client a new secret; the old one stops at once, or after an overlap')
    .argument('<client-id>')
    .option('--overlap-hours <hours>', 'how long the old secret still works, 168 at most', wholeNumber)
    .option('--secret-days <days>', 'how long the new secret works; until it is rotated by default', wholeNumber)
    .option('--json', 'print clientId and clientSecret as JSON')
    .action(async (clientId: string, options: RotateCommandOptions) => {
      const { overlapHours = 0, secretDays } = options;
      if (overlapHours > LONGEST_OVERLAP_HOURS) {
        throw new Problem('CLIENT_OVERLAP_INVALID', 'Two secrets work side by side for 168 hours at most');
      }
      await withSession(async (session) => {
        const { clientSecret } = await rotateApiClientSecret(session.pool, session.keys, clientId, {
          overlapSeconds: overlapHours * 3600,
          lifeSeconds: secretDays === undefined ? null : secretDays * DAY_SECONDS,
          ...administration(session),
        });
        print({ clientId, clientSecret }, options, () => [`Client secret  ${clientSecret}`, ONCE]);
      });
    });

  client
    .command('revoke-secret')
    .description('end one secret of a client at once; the client and its tokens stay')
    .argument('<client-id>')
    .argument('<secret-id>', 'as client show lists it')
    .option('--json', 'print JSON')
    .action(async (clientId: string, secretId: string, options: { json?: boolean }) => {
      await withSession(async (session) => {
        const { name } = await revokeClientSecret(session.pool, { clientId, secretId }, administration(session));
        print({ clientId, secretId }, options, () => [`The secret of ${name} works no more.`]);
      });
    });

  client
    .command('revoke-tokens')
    .description('end every token that a client holds; it can ask for new ones with its secret or its keys')
    .argument('<client-id>')
    .option('--json', 'print JSON')
    .action(async (clientId: string, options: { json?: boolean }) => {
      await withSession(async (session) => {
        const { name } = await revokeClientTokens(session.pool, clientId, administration(session));
        print({ clientId }, options, () => [`Every token of ${name} has ended.`]);
      });
    });

  client
    .command('revoke')
    .description('shut a client out: its secrets and every token of it stop at once')
    .argument('<client-id>')
    .option('--json', 'print JSON')
    .action(async (clientId: string, options: { json?: boolean }) => {
      await withSession(async (session) => {
        const revoked = await revokeApiClient(session.pool, clientId, administration(session));
        print(shown(revoked, []), options, () => [`${revoked.name} can no longer call the gateway.`]);
      });
    });

  return client;
}

function readSettingOptions({ scope, dialect, grantType }: SettingOptions) {
  return {
    ...(scope && { scopes: scope }),
    ...(dialect !== undefined && { dialect }),
    ...(grantType !== undefined && { grantTypes: grantType || [] }),
  };
}

async function create(session: Session, name: string, options: CreateOptions): Promise<void> {
  const { pool, keys } = session;
  const { role, auth, secretDays } = options;
  const wanted = {
    name,
    ...readSettingOptions(options),
    ...(role && { role }),
    limits: changeLimits({}, await readLimitOptions(options)),
    reception: await readReceptionOptions(options),
  };
  if (auth === 'private_key_jwt') {
    const made = await createApiClientWithKeys(pool, wanted, administration(session));
    print({ name: made.name, clientId: made.clientId, scopes: made.scopes }, options, () => [
      `Client ID      ${made.clientId}`,
      `Scopes         ${made.scopes.join(' ')}`,
      'It has no secret: it signs assertions with its keys.',
    ]);
    return;
  }
  const secretLifeSeconds = secretDays === undefined ? null : secretDays * DAY_SECONDS;
  const issued = await createApiClient(pool, keys, { ...wanted, secretLifeSeconds }, administration(session));
  const { client: made, clientSecret } = issued;
  print({ name: made.name, clientId: made.clientId, clientSecret, scopes: made.scopes }, options, () => [
    `Client ID      ${made.clientId}`,
    `Client secret  ${clientSecret}`,
    `Scopes         ${made.scopes.join(' ')}`,
    ONCE,
  ]);
}
