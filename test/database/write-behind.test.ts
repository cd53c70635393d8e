import { type QueryResult, type QueryResultRow } from 'pg';
import { type Statement } from '../../src/database/pool.js';
import { writeBehind } from '../../src/database/write-behind.js';

/** A database whose statements are done when the test says so. */
class SlowDatabase {
  readonly sent: string[] = [];
  readonly #waiting: { done: () => void; fail: (error: Error) => void }[] = [];

  async query<Row extends QueryResultRow>({ text }: Statement): Promise<QueryResult<Row>> {
    this.sent.push(text);
    await new Promise<void>((done, fail) => this.#waiting.push({ done, fail }));
    return { rows: [], rowCount: 0, command: '', oid: 0, fields: [] };
  }

  get last(): { done: () => void; fail: (error: Error) => void } {
    const last = this.#waiting.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return last;
  }
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('the next statement is put together while the last runs, and sent when it is done', async () => {
  const database = new SlowDatabase();
  const steps: string[] = [];
  const written = writeBehind(database, async (db) => {
    await db.query({ text: 'one' });
    steps.push('after one');
    await db.query({ text: 'two' });
    steps.push('after two');
    return 'result';
  });
  let isOver = false;
  void written.then(() => (isOver = true));
  await settle();
  expect([database.sent, steps]).toEqual([['one'], ['after one']]);
  database.last.done();
  await settle();
  expect([database.sent, steps, isOver]).toEqual([['one', 'two'], ['after one', 'after two'], false]);
  database.last.done();
  await expect(written).resolves.toBe('result');
});

test.each(['of the last statement', 'of another'])(
  'an error %s is thrown, and nothing is sent after it',
  async (which) => {
    const database = new SlowDatabase();
    const written = writeBehind(database, async (db) => {
      await db.query({ text: 'one' });
      if (which === 'of another') await db.query({ text: 'two' });
    });
    const refused = expect(written).rejects.toThrow('refused');
    await settle();
    database.last.fail(new Error('refused'));
    await refused;
    expect(database.sent).toEqual(['one']);
  },
);

test('what is put together wrongly ends the writing when the database is free again', async () => {
  const database = new SlowDatabase();
  let isOver = false;
  const written = writeBehind(database, async (db) => {
    await db.query({ text: 'one' });
    throw new Error('no statement');
  });
  const ended = expect(written).rejects.toThrow('no statement');
  void ended.then(() => (isOver = true));
  await settle();
  expect(isOver).toBe(false);
  database.last.done();
  await ended;
});
