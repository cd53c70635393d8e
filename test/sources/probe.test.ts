import { KeyObject } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import pino from 'pino';
import { type MockRegistry, type ProfileName, startMockRegistry } from '../../src/mock-registry/start.js';
import { type ProbeReport, type ProbeRequest } from '../../src/sources/probe/probe-report.js';
import { RegistryClient } from '../../src/sources/registry-client.js';
import { OPEN_AGENT } from '../open-agent.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { json, type LocalPeer, startLocalPeer } from './local-peer.js';
import { reversingSeal } from './reversing-seal.js';

let database: TestDatabase;
let client: RegistryClient;
const registers = new Map<ProfileName, MockRegistry>();

const PROFILES: readonly ProfileName[] = [
  'opencrvs-1.0',
  'opencrvs-1.9',
  'openspp-17',
  'openspp-2',
  'openg2p',
  'spdci-1.0',
];

beforeAll(async () => {
  const [{ publicKey, privateKey }, made] = await Promise.all([generateKeyPair('RS256'), createTestDatabase()]);
  database = made;
  const clientKeys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'key-1' }] };
  for (const profile of PROFILES) {
    registers.set(profile, await startMockRegistry({ profile, births: 60, clientKeys }));
  }
  client = new RegistryClient({
    agent: OPEN_AGENT,
    pool: database.pool,
    keys: {
      ...reversingSeal,
      signingKey: () => Promise.resolve({ kid: 'key-1', alg: 'RS256', key: KeyObject.from(privateKey) }),
    },
    senderId: () => 'https://gateway.example.org',
    publicUrl: () => 'https://gateway.example.org',
    log: pino({ level: 'silent' }),
  });
});
afterAll(async () => {
  await client.close();
  await Promise.all([...registers.values()].map((register) => register.close()));
  await database.close();
});

function registerOf(profile: ProfileName): MockRegistry {
  const register = registers.get(profile);
  if (register === undefined) throw new Error('there is no such register');
  return register;
}

function probe(profile: ProfileName, more: Partial<ProbeRequest> = {}): Promise<ProbeReport> {
  const { url, clientId, clientSecret } = registerOf(profile);
  return client.probe({ url, clientId, clientSecret, dbName: 'spp', ...more });
}

const answered = 'answered';
const refused = 'refused';

describe('a probe of a register', () => {
  test.each<[ProfileName, Partial<ProbeReport>]>([
    [
      'opencrvs-1.0',
      {
        tokenStyle: 'query',
        queryTypes: { 'idtype-value': answered, predicate: answered, expression: refused },
        recordShape: 'flat-names',
        pageDefault: 5,
        signature: 'none',
        paths: {
          search: '/registry/sync/search',
          token: '/oauth2/client/token',
          locations: '/.well-known/locations.json',
        },
        parameters: {},
      },
    ],
    [
      'opencrvs-1.9',
      {
        tokenStyle: 'form',
        queryTypes: { 'idtype-value': answered, predicate: answered, expression: answered },
        recordShape: 'person',
        pageDefault: 20,
        signature: 'none',
      },
    ],
    [
      'openspp-17',
      {
        tokenStyle: 'json',
        queryTypes: { 'idtype-value': 'unknown', predicate: answered, expression: 'unknown' },
        recordShape: 'flat-names',
        pageDefault: null,
        signature: 'none',
        paths: { search: '/registry/sync/search', token: '/oauth2/client/token' },
        parameters: { db_name: 'spp' },
      },
    ],
    [
      'openspp-2',
      {
        tokenStyle: 'form',
        queryTypes: { 'idtype-value': answered, predicate: refused, expression: answered },
        recordShape: 'person',
        pageDefault: 20,
        signature: 'cavage',
        paths: { search: '/dci_api/v1/social/registry/sync/search', token: '/oauth2/client/token' },
      },
    ],
    [
      'openg2p',
      {
        tokenStyle: 'none',
        queryTypes: { 'idtype-value': answered, predicate: refused, expression: answered },
        recordShape: 'person',
        pageDefault: 10,
        signature: 'jws-detached',
        paths: { search: '/dci/registry/sync/search' },
      },
    ],
    [
      'spdci-1.0',
      {
        tokenStyle: 'form',
        queryTypes: { 'idtype-value': answered, predicate: answered, expression: answered },
        recordShape: 'person',
        pageDefault: 20,
        signature: 'none',
      },
    ],
  ])('that plays %s finds out all of it', async (profile, found) => {
    const report = await probe(profile);
    expect(report).toMatchObject({ profile, ...found });
    expect(report.reasons.join(' ')).toContain(`It answers questions in ${profile}`);
    expect(report.requests).toBeLessThanOrEqual(20);
  });

  test('tells nothing of anybody and nothing of the secret', async () => {
    for (const profile of PROFILES) {
      const report = JSON.stringify(await probe(profile));
      expect(report).not.toContain(registerOf(profile).clientSecret);
      expect(report).not.toMatch(/\d{10}|\d{4}B[0-9A-Z]{6}/u);
    }
  });

  test('warns of credentials that are taken in addresses alone', async () => {
    expect((await probe('opencrvs-1.0')).warnings.join()).toMatch(/in the address/u);
    expect((await probe('opencrvs-1.9')).warnings).toEqual([]);
  });

  test('says that a database has to be named', async () => {
    const report = await probe('openspp-17', { dbName: undefined });
    expect(report.warnings.join()).toMatch(/name of a database/u);
    expect(report.warnings).toHaveLength(1);
    expect(report.tokenStyle).toBeNull();
    expect((await probe('openspp-17')).warnings).toEqual([]);
  });

  test('with a wrong secret finds the place of the credentials, and not the profile', async () => {
    const report = await probe('spdci-1.0', { clientSecret: 'not the secret' });
    expect(report).toMatchObject({ profile: null, tokenStyle: null });
    expect(report.reasons.join()).toMatch(/credentials in a form body and refused them/u);
  });

  test('without credentials tells a product by the address of its search', async () => {
    const report = await probe('openspp-2', { clientId: undefined, clientSecret: undefined });
    expect(report).toMatchObject({ profile: 'openspp-2', recordShape: 'unknown' });
  });

  test('is a named problem where something else was expected', async () => {
    await expect(probe('opencrvs-1.9', { expected: 'opencrvs-1.0' })).rejects.toMatchObject({
      code: 'PROFILE_MISMATCH',
      message: expect.stringMatching(/speaks opencrvs-1\.9, not opencrvs-1\.0/u) as string,
    });
    expect(await probe('opencrvs-1.9', { expected: 'opencrvs-1.9' })).toMatchObject({ profile: 'opencrvs-1.9' });
  });
});

describe('what is no registry', () => {
  let peer: LocalPeer;
  beforeAll(async () => {
    peer = await startLocalPeer();
  });
  afterAll(() => peer.close());

  test('has no profile, and says why for each', async () => {
    const report = await client.probe({ url: peer.baseUrl });
    expect(report).toMatchObject({ profile: null, pageDefault: null, paths: {} });
    expect(report.reasons.length).toBeGreaterThan(5);
  });

  test.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
    ['a text', 'hello'],
    ['an answer to nobody', { header: { status: 'succ' }, message: { search_response: [{ reference_id: 'x' }] } }],
    ['records that are none', { header: {}, message: { search_response: { data: { reg_records: [1, null, []] } } } }],
  ])('answering with %s breaks nothing', async (_what, body) => {
    peer.on('/registry/sync/search', json(body));
    const report = await client.probe({ url: peer.baseUrl, clientId: 'c', clientSecret: 's' });
    expect(report.recordFields).toEqual([]);
  });

  test('is a problem where nobody is reached, and where the address is none', async () => {
    await expect(client.probe({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    await expect(client.probe({ url: 'ftp://example.org' })).rejects.toMatchObject({ code: 'DATA_SOURCE_INVALID' });
  });

  test('is not asked at all where it is in a network that is not connected to', async () => {
    await expect(client.probe({ url: 'http://169.254.169.254' })).rejects.toMatchObject({
      code: 'SOURCE_ADDRESS_FORBIDDEN',
    });
  });
});
