import { KeyObject } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { type Fault, type ProfileName, startMockRegistry } from '../../src/mock-registry/start.js';
import { type DataSourceInput } from '../../src/sources/data-source.js';
import { reversingSeal } from '../sources/reversing-seal.js';
import { type ImportRig, openRig } from '../imports/import-rig.js';

const KID = 'key-1';
let rig: ImportRig;
let jwk: JWK;
beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  jwk = { ...(await exportJWK(publicKey)), kid: KID };
  rig = await openRig({
    ...reversingSeal,
    signingKey: () => Promise.resolve({ kid: KID, alg: 'RS256', key: KeyObject.from(privateKey) }),
  });
  rig.startWorkers();
});
afterAll(() => rig.close());

const SETTINGS: Readonly<Record<ProfileName, Partial<DataSourceInput>>> = {
  'opencrvs-1.0': { credentialLocation: 'query' },
  'opencrvs-1.9': { credentialLocation: 'form' },
  'openspp-17': { credentialLocation: 'json', parameters: { db_name: 'spp' } },
  'openspp-2': { credentialLocation: 'form' },
  openg2p: { authType: 'none', clientId: null, clientSecret: null },
  'spdci-1.0': { credentialLocation: 'form' },
};

const BIRTHS = 20;
const PROFILES = [
  'opencrvs-1.0',
  'opencrvs-1.9',
  'openspp-17',
  'openspp-2',
  'openg2p',
  'spdci-1.0',
] as const satisfies readonly ProfileName[];
/** Each of them leaves enough requests unharmed for a run to come through. */
const FAULTS: readonly Fault[] = [
  { kind: 'slow', milliseconds: 100, each: 2 },
  { kind: 'reset', each: 3 },
  { kind: 'half-body', each: 3 },
  { kind: 'html', each: 3 },
  { kind: 'not-json', each: 3 },
  { kind: 'too-many-requests', retryAfterSeconds: 0, each: 2 },
  { kind: 'server-error', each: 3 },
  { kind: 'token-expired', each: 2 },
  { kind: 'wrong-total', by: 7 },
  { kind: 'wrong-total', by: -7 },
  { kind: 'changing-total' },
  { kind: 'no-pagination' },
  { kind: 'sex-null', every: 2 },
  { kind: 'birth-place-text', every: 2 },
  { kind: 'impossible-date', every: 2 },
  { kind: 'year-only-date', every: 2 },
];

let registersMade = 0;
async function importUnder(profile: ProfileName, fault: Fault) {
  registersMade += 1;
  const keys = { keys: [jwk] };
  const mock = await startMockRegistry({
    profile,
    births: BIRTHS,
    seed: registersMade,
    clientKeys: keys,
    faults: [fault],
  });
  const { url: baseUrl, clientId, clientSecret, truth } = mock;
  const code = `source-${registersMade}`;
  const told = { code, name: code, baseUrl, dialect: profile, clientId, clientSecret, pageSize: 6 };
  await rig.addSource({ ...told, ...SETTINGS[profile] });
  const run = await rig.import({ name: code, dataSource: code });
  await mock.close();
  return { run, truth };
}

describe('a register of each dialect', () => {
  test.each(PROFILES.flatMap((profile) => FAULTS.map((fault) => [profile, fault] as const)))(
    '%s is read to the end, each record once, under %j',
    async (profile, fault) => {
      const { run, truth } = await importUnder(profile, fault);
      // Who has no token has no other to come with.
      if (profile === 'openg2p' && fault.kind === 'token-expired') {
        expect(run).toMatchObject({ state: 'failed', errorCode: 'SOURCE_REFUSED_CREDENTIALS' });
        return;
      }
      expect(run).toMatchObject({
        state: 'succeeded',
        errorCode: null,
        recordsDone: truth.records,
        individualsCreated: truth.individuals,
        outcomes: { skipped: truth.skipped, conflict: truth.conflicts, failed: 0 },
      });
    },
  );
});
