import { KeyObject } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { type Fault, type MockRegistry, type ProfileName, startMockRegistry } from '../../src/mock-registry/start.js';
import { type DataSourceInput } from '../../src/sources/data-source.js';
import { reversingSeal } from '../sources/reversing-seal.js';
import { type ImportRig, openRig } from './import-rig.js';

const BIRTHS = 60;
const KID = 'key-1';

let rig: ImportRig;
let jwk: JWK;
let register: MockRegistry | null = null;
beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  jwk = { ...(await exportJWK(publicKey)), kid: KID };
  rig = await openRig({
    ...reversingSeal,
    signingKey: () => Promise.resolve({ kid: KID, alg: 'RS256', key: KeyObject.from(privateKey) }),
  });
  rig.startWorkers();
});
afterEach(() => register?.close());
afterAll(() => rig.close());

async function startRegister(profile: ProfileName): Promise<MockRegistry> {
  // Another seed makes other people: the registers share a database here.
  const seed = 1 + Object.keys(SETTINGS).indexOf(profile);
  register = await startMockRegistry({ profile, births: BIRTHS, seed, clientKeys: { keys: [jwk] } });
  return register;
}

const SETTINGS: Readonly<Record<ProfileName, Partial<DataSourceInput>>> = {
  'opencrvs-1.0': { credentialLocation: 'query' },
  'opencrvs-1.9': { credentialLocation: 'form' },
  'openspp-17': { credentialLocation: 'json', parameters: { db_name: 'spp' } },
  'openspp-2': { credentialLocation: 'form' },
  openg2p: { authType: 'none', clientId: null, clientSecret: null },
  'spdci-1.0': { credentialLocation: 'form' },
};

async function addSource(
  mock: MockRegistry,
  dialect: ProfileName,
  more: Partial<DataSourceInput> = {},
): Promise<string> {
  const code = dialect.replace('.', '-');
  await rig.addSource({
    code,
    name: code,
    baseUrl: mock.url,
    dialect,
    clientId: mock.clientId,
    clientSecret: mock.clientSecret,
    pageSize: 25,
    ...SETTINGS[dialect],
    ...more,
  });
  return code;
}

const BAD_WEATHER: readonly Fault[] = [
  { kind: 'half-body', each: 3 },
  { kind: 'too-many-requests', retryAfterSeconds: 0, each: 5 },
  { kind: 'wrong-total', by: 7 },
  { kind: 'sex-null', every: 2 },
];

const registers = Object.keys(SETTINGS).map((profile) => [profile as ProfileName] as const);

describe('an import from a register of each dialect', () => {
  test.each(registers)('%s comes to what it truly holds, and a second one makes nobody anew', async (profile) => {
    const mock = await startRegister(profile);
    const { truth } = mock;
    const dataSource = await addSource(mock, profile);
    const run = await rig.import({ name: profile, dataSource });
    expect(run).toMatchObject({
      state: 'succeeded',
      recordsDone: truth.records,
      individualsCreated: truth.individuals,
      outcomes: { skipped: truth.skipped, conflict: truth.conflicts, failed: 0 },
    });
    expect(truth.individuals).toBeGreaterThan(BIRTHS);
    expect(run.warnings.join()).not.toMatch(/same page/u);
    // Whatever goes wrong on the way, and whatever records lack, nothing is lost of what is here.
    mock.setFaults(BAD_WEATHER);
    const again = await rig.importAgain(run.searchCriteriaId);
    expect(again).toMatchObject({
      state: 'succeeded',
      individualsCreated: 0,
      outcomes: { created: 0, updated: 0, failed: 0 },
    });
  });

  test('a field mapping is what openspp-2 is asked by', async () => {
    const mock = await startRegister('openspp-2');
    const dataSource = 'openspp-2-mapped';
    await addSource(mock, 'openspp-2', {
      code: dataSource,
      name: dataSource,
      fieldMappings: { birth_date: 'birthdate' },
    });
    const run = await rig.import({ name: dataSource, dataSource });
    expect(run).toMatchObject({ state: 'succeeded', recordsDone: mock.truth.records });
    const asked = JSON.stringify(mock.searches);
    expect(asked).toContain('"attribute":"birthdate"');
    expect(asked).not.toContain('"attribute":"birth_date"');
  });

  test.each<[ProfileName, ProfileName, string]>([
    ['opencrvs-1.0', 'opencrvs-1.9', 'SOURCE_REJECTED_REQUEST'],
    ['opencrvs-1.0', 'spdci-1.0', 'SOURCE_REJECTED_REQUEST'],
    ['opencrvs-1.9', 'opencrvs-1.0', 'SOURCE_REJECTED_REQUEST'],
    ['spdci-1.0', 'opencrvs-1.0', 'SOURCE_REJECTED_REQUEST'],
    ['spdci-1.0', 'openspp-2', 'SOURCE_REJECTED_REQUEST'],
    ['openspp-2', 'spdci-1.0', 'SOURCE_REJECTED_REQUEST'],
    ['openg2p', 'openspp-17', 'SOURCE_REJECTED_REQUEST'],
    // It says nothing of questions that it does not read, as others do where nobody fits.
    ['openspp-17', 'spdci-1.0', 'PROFILE_MISMATCH'],
    ['openspp-17', 'opencrvs-1.0', 'PROFILE_MISMATCH'],
    ['openspp-17', 'opencrvs-1.9', 'PROFILE_MISMATCH'],
  ])('C29: a register of %s that is asked in %s fails the run and makes nobody', async (profile, wrong, code) => {
    const mock = await startRegister(profile);
    const dataSource = `wrong-${profile}-${wrong}`.replaceAll('.', '-');
    await addSource(mock, wrong, { code: dataSource, name: dataSource, ...SETTINGS[profile] });
    const before = await rig.number('select count(*) from individuals');
    const run = await rig.import({ name: dataSource, dataSource });
    expect(run).toMatchObject({ state: 'failed', errorCode: code });
    expect(await rig.number('select count(*) from individuals')).toBe(before);
  });
});
