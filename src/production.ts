import { stat } from 'node:fs/promises';
import { url as inspectorUrl } from 'node:inspector';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Config } from './config.js';
import { Problem } from './record/problem.js';
import { KEY_FILES, readKeyFiles } from './security/keys/key-files.js';

/** Tells the data source that a demonstration made from one that an operator has since pointed at a real register. */
export const DEMO_SOURCE_CLIENT_ID = 'mock-registry-demo';

/** Passwords of manuals, images and examples. */
const WELL_KNOWN: ReadonlySet<string> = new Set([
  '123456',
  'admin',
  'changeit',
  'changeme',
  'default',
  'example',
  'pass',
  'password',
  'postgres',
  'postgresql',
  'root',
  'secret',
  'test',
]);

/** Node's own end of security fixes, by major version (https://nodejs.org/en/about/previous-releases). */
const NODE_SUPPORT: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  21: '2024-06-01',
  22: '2027-04-30',
  23: '2025-06-01',
  24: '2028-04-30',
  25: '2026-06-01',
};

/** What in the settings is for trying out only; a sentence each, which says what to do. Never a value of one. */
export function developmentSettings(config: Config, environment: NodeJS.ProcessEnv): string[] {
  const found: (string | false)[] = [
    config.publicUrl === null &&
      'PUBLIC_URL is not set: set it to the https:// address by which partners reach this gateway',
    config.publicUrl?.startsWith('http:') === true &&
      'PUBLIC_URL begins with http://: put a proxy with a certificate in front and set the https:// address',
    config.demo && 'DEMO is on: set DEMO=off, invented people have no place in a real registry',
    config.callbacks === 'any' &&
      'CALLBACKS is any: set CALLBACKS=registered and register the callback origins of each client',
    config.logLevel === 'debug' && 'LOG_LEVEL is debug: set it to info',
    ...databaseSecrets(config),
    [...config.trustedProxies, ...(config.privateNetworks ?? [])].some((network) => network.endsWith('/0')) &&
      'TRUSTED_PROXIES or ALLOW_PRIVATE_NETWORKS names every address there is: name only the networks that are meant',
    environment.NODE_TLS_REJECT_UNAUTHORIZED === '0' &&
      'NODE_TLS_REJECT_UNAUTHORIZED is 0: remove it, and name the certificates of your own authority in NODE_EXTRA_CA_CERTS',
    inspectorUrl() !== undefined && 'the debugger of Node listens: start without --inspect',
  ];
  return found.filter((sentence) => sentence !== false);
}

function databaseSecrets({ databaseUrl, databaseOwnerUrl }: Config): string[] {
  const named = { DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: databaseOwnerUrl };
  return Object.entries(named).flatMap(([setting, address]) => {
    if (address === null || !URL.canParse(address)) return [];
    const { username, password } = new URL(address);
    const plain = decodeURIComponent(password).toLowerCase();
    if (plain === '' || (!WELL_KNOWN.has(plain) && plain !== decodeURIComponent(username).toLowerCase())) return [];
    return [`the password in ${setting} is a default one or the name of its user: give the role a random password`];
  });
}

/** What is wrong with the key files that are there: open to others, or made by hand without chance. */
export async function weakKeyFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of [KEY_FILES.signingPrivate, KEY_FILES.pepper, KEY_FILES.dataKey]) {
    const path = join(folder, name);
    const mode = await stat(path).then(
      (entry) => entry.mode,
      () => 0,
    );
    // A group that may read is how some platforms hand secrets to a process that is not root.
    if ((mode & 0o027) !== 0) {
      found.push(
        `${path} can be read by others on this machine: chmod 600, and if one of them may have read it, see docs/hardening.md`,
      );
    }
  }
  const { pepper, dataKey } = await readKeyFiles(folder);
  for (const [name, secret] of [
    [KEY_FILES.pepper, pepper],
    [KEY_FILES.dataKey, dataKey],
  ] as const) {
    if (secret !== null && new Set(secret).size < 8) {
      found.push(`${join(folder, name)} is not random: remove it before the first start and let the gateway make it`);
    }
  }
  return found;
}

const SELECT_POWERS = {
  name: 'production-select-role',
  text: `
    select rolsuper as superuser, rolbypassrls as bypasses, rolcreaterole or rolcreatedb as creates,
           exists (select from pg_class where oid = to_regclass('public.individuals')
                     and pg_has_role(current_user, relowner, 'member')) as owns
    from pg_roles where rolname = current_user`,
};

const SELECT_DEMO_SOURCES = {
  name: 'production-select-demo-sources',
  text: 'select code from data_sources where client_id = $1 order by code limit 1',
};

/** What the serving role may do that it must not, and what a demonstration left behind. */
export async function developmentDatabase(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<Record<'superuser' | 'bypasses' | 'creates' | 'owns', boolean>>(SELECT_POWERS);
  const power = rows[0];
  const remedy = 'name a role of its own in DATABASE_URL and the owner of the tables in DATABASE_OWNER_URL';
  const found: string[] = [];
  if (power?.superuser) found.push(`the role of DATABASE_URL is a superuser: ${remedy}`);
  else if (power?.bypasses) found.push(`the role of DATABASE_URL may pass row level security (BYPASSRLS): ${remedy}`);
  else if (power?.owns)
    found.push(`the role of DATABASE_URL owns the tables, and may change its own limits: ${remedy}`);
  else if (power?.creates) found.push(`the role of DATABASE_URL may create roles or databases: ${remedy}`);
  const demo = await pool.query<{ code: string }>({ ...SELECT_DEMO_SOURCES, values: [DEMO_SOURCE_CLIENT_ID] });
  if (demo.rows[0]) {
    found.push(
      `the data source ${demo.rows[0].code} is the mock register of a demonstration: use a database without one`,
    );
  }
  return found;
}

/** Throws a `Problem` (`NOT_FOR_PRODUCTION`) with every sentence where there is any and this is production. */
export function refuseInProduction({ environment }: Pick<Config, 'environment'>, sentences: readonly string[]): void {
  if (environment !== 'production' || sentences.length === 0) return;
  throw new Problem(
    'NOT_FOR_PRODUCTION',
    `With NODE_ENV=production this gateway does not start: ${sentences.join('; ')}`,
  );
}

/** What to say of a Node that gets no more security fixes; `null` while it does, or where that is not known. */
export function endOfLife(version: string, now: Date): string | null {
  const major = Number(/^v?(\d+)\./u.exec(version)?.[1]);
  const until = NODE_SUPPORT[major];
  const isOver = until === undefined ? major < 20 : now > new Date(`${until}T23:59:59Z`);
  if (!isOver) return null;
  const since = until === undefined ? '' : ` since ${until}`;
  return `Node ${String(major)} has had no security fixes${since}: run this gateway with a supported one (https://nodejs.org/en/about/previous-releases)`;
}
