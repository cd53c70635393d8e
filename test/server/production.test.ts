import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../src/config.js';
import { createPool } from '../../src/database/pool.js';
import {
  DEMO_SOURCE_CLIENT_ID,
  developmentDatabase,
  developmentSettings,
  endOfLife,
  weakKeyFiles,
} from '../../src/production.js';
import { openKeys } from '../../src/security/keys.js';
import { startServer } from '../../src/server.js';
import { createDataSource } from '../../src/sources/data-sources.js';
import { adminUrl, asAdmin, createTestDatabase, type TestDatabase } from '../test-database.js';
import { reversingSeal } from '../sources/reversing-seal.js';
import { operator } from '../security/operator.js';

const GOOD = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://gateway.example.org',
  DATABASE_URL: 'postgresql://dci_gateway:Zo0-kah7_eeNgu@db.example.org/dci',
  DATABASE_OWNER_URL: 'postgresql://dci_owner:aeB4-Ohk2_oothu@db.example.org/dci',
};

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

describe('settings', () => {
  test('that are meant for production are not complained of', () => {
    expect(developmentSettings(readConfig(GOOD), {})).toEqual([]);
  });

  const TABLE: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    ['no public address', { PUBLIC_URL: '' }, /PUBLIC_URL is not set.*https:\/\//u],
    ['a public address without TLS', { PUBLIC_URL: 'http://gateway.example.org' }, /PUBLIC_URL begins with http:/u],
    ['invented people', { DEMO: 'on' }, /DEMO=off/u],
    ['callbacks to anywhere', { CALLBACKS: 'any' }, /CALLBACKS=registered/u],
    ['a talkative log', { LOG_LEVEL: 'debug' }, /LOG_LEVEL/u],
    ['a password that is the user', { DATABASE_URL: 'postgresql://dci:dci@db/dci' }, /DATABASE_URL.*random/u],
    ['the password of an image', { DATABASE_URL: 'postgresql://postgres:postgres@db/dci' }, /DATABASE_URL.*random/u],
    ['an example password', { DATABASE_OWNER_URL: 'postgresql://owner:Change%4De@db/dci' }, /DATABASE_OWNER_URL/u],
    ['proxies anywhere', { TRUSTED_PROXIES: '0.0.0.0/0' }, /every address/u],
    ['no limit to private networks', { ALLOW_PRIVATE_NETWORKS: '::/0' }, /every address/u],
  ];
  test.each(TABLE)('with %s are, by a sentence that says what to do', (_what, settings, sentence) => {
    const found = developmentSettings(readConfig({ ...GOOD, ...settings }), {});
    expect(found).toEqual([expect.stringMatching(sentence)]);
    expect(found.join()).not.toMatch(/changeme/iu);
  });

  test('of Node that switch off the checks of certificates are', () => {
    expect(developmentSettings(readConfig(GOOD), { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([
      expect.stringContaining('NODE_EXTRA_CA_CERTS') as string,
    ]);
  });

  test('are all named at once by a start that is refused, before anything is opened', async () => {
    const config = readConfig({
      NODE_ENV: 'production',
      CALLBACKS: 'any',
      DATABASE_URL: 'postgresql://dci:dci@127.0.0.1:1/nowhere',
      KEYS_DIR: folder,
    });
    await expect(startServer(config, pino({ level: 'silent' }))).rejects.toMatchObject({
      code: 'NOT_FOR_PRODUCTION',
      message: expect.stringMatching(/PUBLIC_URL.*CALLBACKS.*DATABASE_URL/u) as string,
    });
  });

  test('of a developer are nobody else’s business', async () => {
    const config = readConfig({ DATABASE_URL: database.url, KEYS_DIR: folder, PORT: '0', LOG_LEVEL: 'debug' });
    const server = await startServer(config, pino({ level: 'silent' }));
    await server.close();
  });
});

describe('key files', () => {
  test('as the gateway makes them are good, and missing ones too', async () => {
    expect(await weakKeyFiles(join(folder, 'nowhere'))).toEqual([]);
    await openKeys(folder, database.pool, pino({ level: 'silent' }));
    expect(await weakKeyFiles(folder)).toEqual([]);
  });

  test('that others can read are named', async () => {
    await openKeys(folder, database.pool, pino({ level: 'silent' }));
    await chmod(join(folder, 'pepper'), 0o644);
    expect(await weakKeyFiles(folder)).toEqual([expect.stringMatching(/pepper can be read by others.*chmod 600/u)]);
  });

  test('that nobody drew by lot are named', async () => {
    const other = join(folder, 'other');
    await mkdir(other);
    await writeFile(join(other, 'data-key'), Buffer.alloc(32, 1).toString('base64'), { mode: 0o600 });
    expect(await weakKeyFiles(other)).toEqual([expect.stringMatching(/data-key is not random/u)]);
  });
});

describe('the role that serves', () => {
  test('may do no more than it needs', async () => {
    expect(await developmentDatabase(database.pool)).toEqual([]);
  });

  test.each([
    ['a superuser', () => adminUrl(database), /is a superuser.*DATABASE_OWNER_URL/u],
    ['the owner of the tables', () => database.ownerUrl, /owns the tables/u],
  ])('is not %s', async (_what, url, sentence) => {
    const pool = createPool(url(), { size: 2 });
    expect(await developmentDatabase(pool)).toEqual([expect.stringMatching(sentence)]);
    await pool.end();
  });

  test.each([
    ['bypassrls', /BYPASSRLS/u],
    ['createrole', /may create roles/u],
  ])('has no %s', async (power, sentence) => {
    // A role of its own: that of the other tests keeps its limits while they run.
    const role = `powerful_${randomBytes(6).toString('hex')}`;
    const serving = new URL(database.url).username;
    await asAdmin(`create role ${role} login password 'Phu4ahng' ${power} in role ${serving}`);
    const pool = createPool(Object.assign(new URL(database.url), { username: role, password: 'Phu4ahng' }).href, {
      size: 2,
    });
    try {
      expect(await developmentDatabase(pool)).toEqual([expect.stringMatching(sentence)]);
    } finally {
      await pool.end();
      await asAdmin(`drop role ${role}`);
    }
  });

  test('finds no mock register among the data sources', async () => {
    await createDataSource(
      database.pool,
      reversingSeal,
      {
        code: 'crvs',
        name: 'Mock civil register',
        baseUrl: 'http://127.0.0.1:4001',
        clientId: DEMO_SOURCE_CLIENT_ID,
        clientSecret: 'x',
      },
      operator(database.pool),
    );
    expect(await developmentDatabase(database.pool)).toEqual([
      expect.stringMatching(/source crvs is the mock register/u),
    ]);
  });
});

describe('Node', () => {
  test.each([
    ['v20.20.2', '2026-04-30', false],
    ['v20.20.2', '2026-05-01', true],
    ['v18.20.0', '2026-01-01', true],
    ['v24.9.0', '2026-11-23', false],
    ['v25.1.0', '2026-11-23', true],
    ['v99.0.0', '2026-11-23', false],
  ])('%s is at its end on %s: %s', (version, day, isOver) => {
    const sentence = endOfLife(version, new Date(`${day}T12:00:00Z`));
    if (isOver) expect(sentence).toMatch(/^Node \d+ has had no security fixes.*run this gateway with a supported one/u);
    else expect(sentence).toBeNull();
  });
});

/** The first release of each package without a fault that is publicly known and could be reached here. */
const FLOORS: Readonly<Record<string, string>> = {
  '@apollo/server': '5.5.0',
  'body-parser': '2.2.1',
  express: '5.0.1',
  graphql: '16.12.0',
  jose: '6.2.0',
  'path-to-regexp': '8.4.0',
  qs: '6.14.2',
  'type-graphql': '2.0.0',
  undici: '7.29.0',
};

test('no package of the lock is older than its first safe release', async () => {
  const lock = JSON.parse(await readFile(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; dev?: boolean }>;
  };
  for (const [name, floor] of Object.entries(FLOORS)) {
    const held = Object.entries(lock.packages).filter(
      ([path, { dev }]) => path.endsWith(`node_modules/${name}`) && !dev,
    );
    expect(held.length).toBeGreaterThan(0);
    for (const [path, { version = '' }] of held) {
      expect([path, version, isAtLeast(version, floor)]).toEqual([path, version, true]);
    }
  }
});

function isAtLeast(version: string, floor: string): boolean {
  const [have, want] = [version, floor].map((text) => text.split(/[.-]/u).slice(0, 3).map(Number));
  const at = [0, 1, 2].find((index) => have?.[index] !== want?.[index]);
  return at === undefined || (have?.[at] ?? 0) > (want?.[at] ?? 0);
}
