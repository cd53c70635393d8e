import fc from 'fast-check';
import { beyondScope, question, seed } from '../registry/within-scope.js';
import { createTestDatabase } from '../test-database.js';

test('the answer to any of 2,000 questions is within the limits of who asks', async () => {
  const database = await createTestDatabase();
  try {
    await seed(database.pool);
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        expect(['refused', []]).toContainEqual(await beyondScope(database.pool, asked));
      }),
      { numRuns: 2_000 },
    );
  } finally {
    await database.close();
  }
}, 600_000);
