import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { beyondScope, fieldsTold, question, seed } from './within-scope.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seed(database.pool);
});
afterAll(() => database.close());

test('there is something to be told of every field that the property looks for', async () => {
  expect([...(await fieldsTold(database.pool))].toSorted()).toMatchSnapshot();
});

test('the answer to any question is within the limits of who asks, in its people and its fields, by either line alone', async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(question, async (asked) => {
      const beyond = await beyondScope(database.pool, asked);
      if (beyond !== 'refused') {
        answered += 1;
        expect(beyond).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
  expect(answered).toBeGreaterThan(50);
}, 60_000);
