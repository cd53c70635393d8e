import { EVERYBODY } from '../../src/record/filter.js';
import { isForbiddenAddress } from '../../src/security/egress.js';
import { sourceLookup } from '../../src/sources/source-address.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { openBench } from './dci-peer.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

describe('where a source may be', () => {
  test.each([
    'http://169.254.169.254',
    'http://2852039166',
    'http://0xa9fea9fe',
    'http://0251.0376.0251.0376',
    'http://[::ffff:169.254.169.254]',
    'http://[fe80::1]',
    'http://[fd00:ec2::254]',
    'http://0.0.0.0',
    'http://[::]',
    'http://224.0.0.1',
  ])('a request to %s is refused, and not tried again', async (baseUrl) => {
    const bench = await openBench(database, { baseUrl, authType: 'none', clientId: null, clientSecret: null });
    try {
      await expect(bench.client.search(bench.source, { filter: EVERYBODY })).rejects.toMatchObject({
        code: 'SOURCE_ADDRESS_FORBIDDEN',
      });
      expect(bench.logged().split('\n').filter(Boolean)).toHaveLength(1);
    } finally {
      await bench.close();
    }
  });

  test('private networks and this machine are allowed: registries of one government share them', () => {
    for (const address of ['127.0.0.1', '10.1.2.3', '192.168.1.1', '172.16.0.1', '::1', 'fd12::1', '93.184.216.34']) {
      expect([address, isForbiddenAddress(address)]).toEqual([address, false]);
    }
  });

  test('a name is looked up for as many addresses as asked', async () => {
    const lookUp = (all: boolean) =>
      new Promise((resolve, reject) => {
        sourceLookup('localhost', { all, family: 4 }, (error, address) => {
          if (error === null) resolve(address);
          else reject(error);
        });
      });
    expect(await lookUp(false)).toBe('127.0.0.1');
    expect(await lookUp(true)).toEqual([{ address: '127.0.0.1', family: 4 }]);
  });
});
