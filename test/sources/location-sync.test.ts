import { syncLocations } from '../../src/sources/location-sync.js';
import { getDataSource } from '../../src/sources/data-sources.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { describeWithSamples, readSample } from '../samples.js';
import { type Bench, LOCATIONS, openBench } from './dci-peer.js';
import { half, hang, json, raw } from './local-peer.js';

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.pool.query('delete from source_locations');
  await database.pool.query('delete from location_ancestors');
  await database.pool.query('delete from locations');
  bench = await openBench(database, { dialect: 'opencrvs-1.0', timeoutMs: 100 });
});
afterEach(() => bench.close());

/** Names with the names above them, nearest first, as the ancestor table has them. */
async function tree(): Promise<string[]> {
  const found = await database.pool.query<{ path: string }>(`
    select string_agg(above.name, ' < ' order by a.depth) as path
    from location_ancestors a join locations above on above.id = a.ancestor_id
    group by a.location_id order by 1`);
  return found.rows.map((row) => row.path);
}

interface Place {
  readonly id: string;
  readonly name?: string;
  readonly type?: string | null;
  readonly within?: string | null;
}

function list(...places: readonly Place[]): void {
  const locations = places.map(({ id, name = id.toUpperCase(), type = 'ADMIN_STRUCTURE', within = null }) => ({
    '@type': 'Place',
    additionalType: type,
    identifier: [{ name: 'opencrvs-location', identifier: id }],
    name,
    containedInPlace: within,
  }));
  bench.peer.on(LOCATIONS, json({ lastUpdated: '2026-01-01T00:00:00Z', locations }));
}

const sync = () => syncLocations({ pool: database.pool, client: bench.client }, 'crvs');

async function changes(): Promise<string[]> {
  const found = await database.pool.query<{ told: string }>(`
    select l.name || ' ' || c.kind || ' ' || array_to_string(c.fields, ',') as told
    from changes c join locations l on l.id = c.subject_id
    where c.subject = 'location' and c.origin = 'location-sync' order by c.id`);
  return found.rows.map((row) => row.told.trim());
}

describe('a repeated sync tells how the tree differs', () => {
  const first = () => {
    list(
      { id: 'clinic', within: 'north', type: 'HEALTH_FACILITY' },
      { id: 'country' },
      { id: 'north', within: 'country' },
      { id: 'south', within: 'country' },
      { id: 'post', within: 'south', type: 'HEALTH_FACILITY' },
    );
  };
  const second = () =>
    list(
      { id: 'ward', within: 'clinic' },
      { id: 'clinic', within: 'south', name: 'Clinic of the South', type: 'HOSPITAL' },
      { id: 'country' },
      { id: 'north', within: 'country', name: 'The North' },
      { id: 'south', within: 'country' },
    );
  const DIFFERENCES = [
    { kind: 'new', externalId: 'ward', name: 'WARD', before: null, after: 'clinic' },
    { kind: 'moved', externalId: 'clinic', name: 'Clinic of the South', before: 'north', after: 'south' },
    {
      kind: 'renamed',
      externalId: 'clinic',
      name: 'Clinic of the South',
      before: 'CLINIC',
      after: 'Clinic of the South',
    },
    {
      kind: 'retyped',
      externalId: 'clinic',
      name: 'Clinic of the South',
      before: 'HEALTH_FACILITY',
      after: 'HOSPITAL',
    },
    { kind: 'renamed', externalId: 'north', name: 'The North', before: 'NORTH', after: 'The North' },
    { kind: 'gone', externalId: 'post', name: 'POST', before: 'south', after: null },
  ];
  const placeOf = async (id: string): Promise<unknown> => {
    const { rows } = await database.pool.query<object>(
      'select location_id as id, gone_at is not null as gone from source_locations where external_id = $1',
      [id],
    );
    return rows[0];
  };

  test('C21: what is new, moved, renamed, of another kind and gone, place by place, and how many of each', async () => {
    first();
    await sync();
    second();
    expect(await sync()).toMatchObject({
      total: 5,
      created: 1,
      updated: 2,
      unchanged: 2,
      noLongerListed: 1,
      counts: { new: 1, moved: 1, renamed: 2, retyped: 1, gone: 1, returned: 0 },
      differences: DIFFERENCES,
    });
    expect(await tree()).toContain('WARD < Clinic of the South < SOUTH < COUNTRY');
    // Only once: the place that is gone is no news the next time.
    expect(await sync()).toMatchObject({ updated: 0, unchanged: 5, differences: [], noLongerListed: 1 });
  });

  test('a dry run tells the same and writes nothing', async () => {
    first();
    await sync();
    const before = [await tree(), await changes(), await placeOf('post')];
    second();
    expect(
      await syncLocations({ pool: database.pool, client: bench.client }, 'crvs', undefined, { dryRun: true }),
    ).toMatchObject({ created: 1, updated: 2, unchanged: 2, differences: DIFFERENCES });
    expect([await tree(), await changes(), await placeOf('post')]).toEqual(before);
    expect(await sync()).toMatchObject({ differences: DIFFERENCES });
  });

  test('a place that is gone keeps its people, and is the same place when it returns', async () => {
    first();
    await sync();
    const held = await placeOf('post');
    expect(held).toMatchObject({ gone: false });
    await database.pool.query(
      `insert into individuals (given_name, birth_location_id)
       select 'Born there', location_id from source_locations where external_id = 'post'`,
    );
    const people = async () =>
      (
        await database.pool.query<{ name: string }>(`
          select l.name from individuals i join locations l on l.id = i.birth_location_id`)
      ).rows.map(({ name }) => name);
    second();
    await sync();
    expect(await placeOf('post')).toEqual({ ...(held as object), gone: true });
    expect(await people()).toEqual(['POST']);
    expect(await tree()).toContain('POST < SOUTH < COUNTRY');

    first();
    expect(await sync()).toMatchObject({ counts: { new: 0, gone: 1, returned: 1, moved: 1, renamed: 2, retyped: 1 } });
    expect(await placeOf('post')).toEqual(held);
    expect(await people()).toEqual(['POST']);
    expect(await changes()).toEqual(expect.arrayContaining(['POST updated listed', 'POST updated listed']));
    await database.pool.query('delete from individuals');
  });

  test('a place of our own that is mapped to the list keeps its name, and what the list changed of it is told', async () => {
    first();
    await sync();
    await database.pool.query("update locations set data_source_id = null, name = 'Our own' where name = 'NORTH'");
    second();
    const { differences } = await sync();
    expect(differences).toContainEqual({
      kind: 'renamed',
      externalId: 'north',
      name: 'The North',
      before: 'NORTH',
      after: 'The North',
    });
    expect(await tree()).toContain('Our own < COUNTRY');
  });
});

describe('reading the places of a source', () => {
  test('children that are listed before their parents hang under them', async () => {
    list(
      { id: 'clinic', within: 'town', type: 'HEALTH_FACILITY' },
      { id: 'town', within: 'country' },
      { id: 'country' },
    );
    expect(await sync()).toEqual({
      total: 3,
      created: 3,
      updated: 0,
      unchanged: 0,
      roots: 1,
      orphans: [],
      noLongerListed: 0,
      counts: { new: 3, moved: 0, renamed: 0, retyped: 0, gone: 0, returned: 0 },
      differences: [
        { kind: 'new', externalId: 'clinic', name: 'CLINIC', before: null, after: 'town' },
        { kind: 'new', externalId: 'town', name: 'TOWN', before: null, after: 'country' },
        { kind: 'new', externalId: 'country', name: 'COUNTRY', before: null, after: null },
      ],
      problems: [],
    });
    expect(await tree()).toEqual(['CLINIC < TOWN < COUNTRY', 'COUNTRY', 'TOWN < COUNTRY']);
    expect((await getDataSource(database.pool, 'crvs')).locationsSyncedAt).toBeInstanceOf(Date);
    expect(bench.peer.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test('a second sync changes nothing', async () => {
    list({ id: 'b', within: 'a' }, { id: 'a' });
    await sync();
    const before = await tree();
    const told = await changes();
    expect(await sync()).toMatchObject({ total: 2, created: 0, updated: 0, unchanged: 2, problems: [] });
    expect(await tree()).toEqual(before);
    expect(await changes()).toEqual(told);
  });

  test('renames, moves and other types reach the tree and are told as changes', async () => {
    list({ id: 'a' }, { id: 'b' }, { id: 'c', within: 'a' }, { id: 'd', within: 'c' });
    await sync();
    list({ id: 'a', name: 'Alpha' }, { id: 'b' }, { id: 'c', within: 'b', type: null }, { id: 'd', within: 'c' });
    expect(await sync()).toMatchObject({ created: 0, updated: 2, unchanged: 2, roots: 2 });
    expect(await tree()).toEqual(['Alpha', 'B', 'C < B', 'D < C < B']);
    expect((await changes()).slice(4).sort()).toEqual(['Alpha updated name', 'C updated type,parent']);
  });

  test('a place whose parent is in no list is reported, and finds its parent when that appears', async () => {
    list({ id: 'a' }, { id: 'child', within: 'missing' });
    expect(await sync()).toMatchObject({
      created: 2,
      roots: 2,
      orphans: ['child'],
      problems: [expect.stringContaining('child')],
    });
    list({ id: 'a' }, { id: 'child', within: 'missing' }, { id: 'missing', within: 'a' });
    expect(await sync()).toMatchObject({ created: 1, updated: 1, unchanged: 1, roots: 1, orphans: [] });
    expect(await tree()).toEqual(['A', 'CHILD < MISSING < A', 'MISSING < A']);
  });

  test('a parent that is not listed any more still is the parent', async () => {
    list({ id: 'a' }, { id: 'b', within: 'a' });
    await sync();
    list({ id: 'b', within: 'a' });
    expect(await sync()).toMatchObject({ total: 1, unchanged: 1, orphans: [], noLongerListed: 1 });
    expect(await tree()).toEqual(['A', 'B < A']);
  });

  test('places that contain themselves are reported and kept out of the circle', async () => {
    list({ id: 'a', within: 'b' }, { id: 'b', within: 'a' }, { id: 'c', within: 'b' }, { id: 'self', within: 'self' });
    const result = await sync();
    expect(result).toMatchObject({ created: 4, roots: 3 });
    expect(result.problems.join()).toMatch(/containing themselves: a, b/u);
    expect(result.problems.join()).toMatch(/self/u);
    expect(await tree()).toEqual(['A', 'B', 'C < B', 'SELF']);
  });

  test('a circle in a later list leaves the places where they hang', async () => {
    list({ id: 'a' }, { id: 'b', within: 'a' });
    await sync();
    list({ id: 'a', within: 'b' }, { id: 'b', within: 'a' });
    expect((await sync()).problems).toHaveLength(1);
    expect(await tree()).toEqual(['A', 'B < A']);
  });

  test('a circle that only closes through a place that keeps its parent is cut as well', async () => {
    list({ id: 'a' }, { id: 'b', within: 'a' });
    await sync();
    list({ id: 'a', within: 'b' }, { id: 'b', within: 'missing' });
    const result = await sync();
    expect(result.orphans).toEqual(['b']);
    expect(await tree()).toEqual(['A', 'B < A']);
  });

  test('a chain of places that is deeper than any country is refused, and nothing of it is stored', async () => {
    list(
      ...Array.from({ length: 60 }, (_, level) => ({ id: `l${level}`, within: level === 0 ? null : `l${level - 1}` })),
    );
    await expect(sync()).rejects.toMatchObject({ code: 'SOURCE_ANSWER_UNREADABLE' });
    expect(await tree()).toEqual([]);
  });

  test('of a place that is listed twice the first counts', async () => {
    list({ id: 'a' }, { id: 'b', within: 'a' }, { id: 'b', name: 'Other' });
    const result = await sync();
    expect(result).toMatchObject({ total: 2, created: 2 });
    expect(result.problems.join()).toMatch(/b/u);
    expect(await tree()).toEqual(['A', 'B < A']);
  });

  test('a place without a type is kept, an entry that is no place is named', async () => {
    const place = (id: string) => ({ identifier: [{ name: 'x', identifier: id }], name: id, additionalType: null });
    bench.peer.on(LOCATIONS, json({ locations: [place('a'), 'rubbish', null, { name: 'nameless' }] }));
    const result = await sync();
    expect(result).toMatchObject({ total: 1, created: 1 });
    expect(result.problems.length).toBeGreaterThan(0);
    expect(await tree()).toEqual(['a']);
  });

  test('a place of our own that is mapped to the list keeps its name and parent', async () => {
    list({ id: 'a' });
    await sync();
    await database.pool.query('update locations set data_source_id = null');
    list({ id: 'a', name: 'Theirs' }, { id: 'b', within: 'a' });
    expect(await sync()).toMatchObject({ created: 1, updated: 1 });
    expect(await tree()).toEqual(['A', 'B < A']);
  });

  test('the lists of two sources do not touch each other, although their ids are the same', async () => {
    list({ id: 'a' }, { id: 'b', within: 'a' });
    await sync();
    await database.pool.query("update data_sources set code = 'first', name = 'First'");
    await database.pool.query(`
      insert into data_sources (code, name, base_url, dialect) select 'crvs', 'Second', base_url, dialect from data_sources`);
    await database.pool.query(`
      insert into data_source_paths select s.id, p.key, p.path from data_sources s, data_source_paths p where s.code = 'crvs'`);
    list({ id: 'a', name: 'Other A' });
    expect(await sync()).toMatchObject({ total: 1, created: 1, noLongerListed: 0 });
    expect(await tree()).toEqual(['A', 'B < A', 'Other A']);
    await database.pool.query('delete from source_locations');
    await database.pool.query('update locations set data_source_id = null');
  });

  test('the number of statements does not depend on the number of places', async () => {
    const count = async (places: number) => {
      list(...Array.from({ length: places }, (_, index) => ({ id: `p${index}`, within: index === 0 ? null : 'p0' })));
      database.statements.length = 0;
      await sync();
      return database.statements.length;
    };
    expect(await count(500)).toBe(await count(1000));
    expect(await sync()).toMatchObject({ total: 1000, unchanged: 1000 });
  });
});

describe('a list that cannot be had', () => {
  test.each([
    ['HTML', raw('<html></html>'), 'SOURCE_ANSWER_UNREADABLE'],
    ['an error', json({ error: { code: 500, message: 'Internal Server Error' } }, 500), 'SOURCE_FAILED'],
    ['half a body', half('{"locations": [                    ]}'), 'SOURCE_UNREACHABLE'],
    ['no answer in time', hang, 'SOURCE_TIMEOUT'],
    ['JSON without a list', json({ hello: 'world' }), 'SOURCE_ANSWER_UNREADABLE'],
  ])('%s: the sync fails with what was said and the tree stays as it was', async (_what, answer, code) => {
    list({ id: 'a' });
    await sync();
    const before = await database.pool.query('select * from source_locations');
    bench.peer.on(LOCATIONS, answer);
    await expect(sync()).rejects.toMatchObject({ name: 'Problem', code });
    expect(await tree()).toEqual(['A']);
    expect((await database.pool.query('select * from source_locations')).rows).toEqual(before.rows);
  });

  test('a source without a path for it is named', async () => {
    await database.pool.query("delete from data_source_paths where key = 'locations'");
    await expect(sync()).rejects.toMatchObject({
      code: 'DATA_SOURCE_PATH_MISSING',
      message: expect.stringContaining('locations') as string,
    });
  });

  test('an unknown source is named as unknown', async () => {
    const unknown = syncLocations({ pool: database.pool, client: bench.client }, 'nobody');
    await expect(unknown).rejects.toMatchObject({ code: 'DATA_SOURCE_UNKNOWN' });
  });
});

describeWithSamples('the captured lists of places', () => {
  test('99 places become one tree with one root, and stay as they are the second time', async () => {
    bench.peer.on(LOCATIONS, raw(readSample('locations').response.body));
    expect(await sync()).toMatchObject({ total: 99, created: 99, roots: 1, orphans: [], problems: [] });
    expect(await tree()).toHaveLength(99);
    expect(await sync()).toMatchObject({ total: 99, created: 0, updated: 0, unchanged: 99, roots: 1 });
  });

  test('a stock OpenCRVS lists no country: its provinces are the roots, and find the country when it comes', async () => {
    bench.peer.on(LOCATIONS, raw(readSample('locations-stock-no-country').response.body));
    const first = await sync();
    expect(first).toMatchObject({ total: 98, created: 98, orphans: [], problems: [] });
    expect(first.roots).toBeGreaterThan(1);
    bench.peer.on(LOCATIONS, raw(readSample('locations').response.body));
    expect(await sync()).toMatchObject({ total: 99, created: 1, updated: first.roots, roots: 1 });
  });

  test('the list of a register whose core is down is an error, not an empty tree', async () => {
    const { status, body } = readSample('locations-core-down').response;
    bench.peer.on(LOCATIONS, raw(body, status));
    await expect(sync()).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
  });
});
