import { EVERYBODY } from '../../src/record/filter.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { openBench } from './dci-peer.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

describe('C30: where a source may be', () => {
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
});
