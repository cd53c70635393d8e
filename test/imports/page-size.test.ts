import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { learnedSize, smallerPage } from '../../src/imports/page-size.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { type ImportRig, openRig } from './import-rig.js';

test.each([
  [{ number: 1, size: 100 }, 20, null, 20],
  [{ number: 1, size: 100 }, 18, 20, 20],
  [{ number: 1, size: 100 }, 18, 500, 18],
  [{ number: 1, size: 100 }, 18, 1.5, 18],
  [{ number: 1, size: 100 }, 100, 20, 100],
  [{ number: 1, size: 100 }, 130, null, 100],
  [{ number: 1, size: 100 }, 0, null, 100],
  [{ number: 2, size: 100 }, 20, 20, 100],
])('of a page %j that brings %i records and names %j, %i are asked for from then on', (page, count, said, size) => {
  expect(learnedSize(page, count, said)).toBe(size);
});

test.each([
  [
    { number: 1, size: 100 },
    { number: 1, size: 50 },
  ],
  [
    { number: 1, size: 7 },
    { number: 1, size: 3 },
  ],
  [
    { number: 3, size: 50 },
    { number: 5, size: 25 },
  ],
  [
    { number: 3, size: 25 },
    { number: 11, size: 5 },
  ],
  [
    { number: 3, size: 7 },
    { number: 15, size: 1 },
  ],
  [{ number: 3, size: 1 }, null],
])('the smaller page for %j begins at the same record', (page, smaller) => {
  expect(smallerPage(page)).toEqual(smaller);
  const first = ({ number, size }: typeof page): number => (number - 1) * size;
  if (smaller !== null) expect(first(smaller)).toBe(first(page));
});

describe('a register with a page size of its own', () => {
  const BIRTHS = 60;
  let rig: ImportRig;
  let register: MockRegistry;
  let front: Server;
  /** What becomes of the page size that was asked for: another one, or a refusal with this status. */
  let answer: (size: number) => { readonly size: number } | { readonly status: number; readonly body: unknown };
  let sizes: number[];

  beforeAll(async () => {
    rig = await openRig();
    register = await startMockRegistry({ births: BIRTHS, seed: 5 });
    front = createServer((request, response) => {
      void pass(request).then(({ status, text }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
    });
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    const address = front.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { clientId, clientSecret } = register;
    await rig.addSource({ baseUrl: `http://127.0.0.1:${String(port)}`, clientId, clientSecret, pageSize: 40 });
    rig.startWorkers();
  });
  beforeEach(() => (sizes = []));
  afterAll(async () => {
    await rig.close();
    front.close();
    await register.close();
  });

  async function pass(request: IncomingMessage): Promise<{ status: number; text: string }> {
    const url = `${register.url}${request.url ?? ''}`;
    const authorization = request.headers.authorization ?? '';
    if (!url.endsWith('/search')) {
      const granted = await fetch(url, { method: request.method ?? 'POST' });
      return { status: granted.status, text: await granted.text() };
    }
    interface Search {
      readonly message: {
        readonly search_request: readonly { readonly search_criteria: { pagination: { page_size: number } } }[];
      };
    }
    const body = (await json(request)) as Search;
    const pagination = body.message.search_request[0]?.search_criteria.pagination ?? { page_size: 0 };
    sizes.push(pagination.page_size);
    const given = answer(pagination.page_size);
    if ('status' in given) return { status: given.status, text: JSON.stringify(given.body) };
    pagination.page_size = given.size;
    const headers = { 'content-type': 'application/json', authorization };
    const found = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: found.status, text: await found.text() };
  }

  test('that gives fewer than it is asked for is asked for those from the second page on', async () => {
    answer = (size) => ({ size: Math.min(size, 25) });
    expect(await rig.import()).toMatchObject({ state: 'succeeded', recordsDone: BIRTHS, pageSize: 25, pagesDone: 3 });
    expect(sizes).toEqual([40, 25, 25]);
  });

  test('that refuses a large page is asked for half as many until it answers', async () => {
    answer = (size) => (size > 15 ? { status: 400, body: { error: 'page_size is too large' } } : { size });
    expect(await rig.import()).toMatchObject({ state: 'succeeded', recordsDone: BIRTHS, pageSize: 10, pagesDone: 6 });
    expect(sizes.slice(0, 4)).toEqual([40, 20, 10, 10]);
  });

  test('that begins to refuse in the middle loses no record', async () => {
    let isTired = false;
    answer = (size) => {
      if (isTired && size > 10) return { status: 413, body: {} };
      isTired = true;
      return { size };
    };
    const run = await rig.import();
    expect(run).toMatchObject({ state: 'succeeded', recordsDone: BIRTHS, pageSize: 10, errorCode: null });
    expect(await rig.number('select count(*) from import_items where import_run_id = $1', [run.id])).toBe(BIRTHS);
  });

  test('that refuses for another reason is not asked again', async () => {
    answer = () => ({ status: 400, body: { error: 'reg_type is unknown' } });
    expect(await rig.import()).toMatchObject({ state: 'failed', errorCode: 'SOURCE_REJECTED_REQUEST' });
    expect(sizes).toEqual([40]);
  });
});
