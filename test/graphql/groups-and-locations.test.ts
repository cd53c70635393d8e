import {
  FamiliesDocument,
  GroupByIdDocument,
  type GroupFilter,
  LocationByIdDocument,
  LocationsDocument,
} from '../../schema/generated/graphql.js';
import { globalId } from '../../src/graphql/global-id.js';
import { FAMILY, insertFamily } from './known-family.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

describe('groups', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
    await insertFamily(graph.database.pool);
  });
  afterAll(() => graph.close());

  test('are listed with head, members and the children under twelve months', async () => {
    const { groups } = await graph.run(FamiliesDocument, { first: 10 });
    expect(groups.totalCount).toBe(1);
    const [family] = groups.nodes;
    expect(family).toMatchObject({
      name: 'Okoro',
      kind: 'FAMILY',
      head: { name: { full: 'Amina Okoro' } },
      childrenUnder12Months: { count: 1, birthPlaces: [{ name: 'Ibombo Hospital' }] },
    });
    expect(family?.members?.map(({ role, individual }) => [role, individual?.name?.full])).toEqual(
      expect.arrayContaining([
        ['HEAD', 'Amina Okoro'],
        [null, 'Emeka Okoro'],
        [null, 'Zuri Okoro'],
      ]),
    );
  });

  test('count a child on the day before its first birthday and not on the day itself', async () => {
    const { pool } = graph.database;
    const countWith = async (birthDate: string): Promise<number | undefined> => {
      await pool.query(`update individuals set birth_date = (${birthDate})::date where id = $1`, [FAMILY.baby]);
      return (await graph.run(FamiliesDocument, { first: 1 })).groups.nodes[0]?.childrenUnder12Months?.count;
    };
    const today = "(now() at time zone 'utc')::date";
    expect(await countWith(`${today} - interval '1 year' + interval '1 day'`)).toBe(1);
    expect(await countWith(`${today} - interval '1 year'`)).toBe(0);
    expect(await countWith(`${today} + interval '1 day'`)).toBe(0);
    expect(await countWith(today)).toBe(1);
  });

  test('are found by id, and null when there is none', async () => {
    const { group } = await graph.run(GroupByIdDocument, { id: globalId('Group', FAMILY.group) });
    expect(group).toMatchObject({ name: 'Okoro', members: [{ role: 'HEAD' }, { role: null }, { role: null }] });
    const absent = globalId('Group', FAMILY.mother);
    expect(await graph.run(GroupByIdDocument, { id: absent })).toEqual({ group: null });
  });

  test.each<[string, GroupFilter, number]>([
    ['kind', { kind: 'FAMILY' }, 1],
    ['another kind', { kind: 'HOUSEHOLD' }, 0],
    ['name', { nameContains: 'OKO' }, 1],
    ['member', { member: globalId('Individual', FAMILY.son) }, 1],
    ['head', { head: globalId('Individual', FAMILY.son) }, 0],
    ['home of the head', { headHomeWithin: globalId('Location', FAMILY.country) }, 1],
    ['birth place of a child', { childBornWithin: globalId('Location', FAMILY.elsewhere) }, 0],
    ['data source', { importedFrom: ['crvs'] }, 0],
  ])('are filtered by %s', async (_, filter, expected) => {
    const { groups } = await graph.run(FamiliesDocument, { first: 5, filter });
    expect(groups.nodes).toHaveLength(expected);
    expect(groups.totalCount).toBe(expected);
  });

  test('filtered by null are refused', async () => {
    const { errors } = await graph.ask(FamiliesDocument, { first: 5, filter: { member: null } });
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
  });
});

describe('locations', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
    await insertFamily(graph.database.pool);
  });
  afterAll(() => graph.close());

  const names = async (filter: object): Promise<string[]> => {
    const { locations } = await graph.run(LocationsDocument, { filter });
    return locations.nodes.map(({ name }) => name);
  };

  test('are a tree with ancestors, the nearest first', async () => {
    const { locations } = await graph.run(LocationsDocument, {});
    expect(locations.totalCount).toBe(4);
    expect(locations.nodes.find(({ name }) => name === 'Ibombo Hospital')).toMatchObject({
      parent: { name: 'Ibombo' },
      ancestors: [{ name: 'Ibombo' }, { name: 'Farajaland' }],
    });
  });

  test('are found by id, subtree, parent, type, name and root', async () => {
    const district = globalId('Location', FAMILY.district);
    const { location } = await graph.run(LocationByIdDocument, { id: district });
    expect(location).toEqual({ id: district, name: 'Ibombo', type: 'DISTRICT' });
    expect(await names({ within: district })).toEqual(['Ibombo', 'Ibombo Hospital']);
    expect(await names({ parent: district })).toEqual(['Ibombo Hospital']);
    expect(await names({ types: ['DISTRICT'] })).toEqual(['Chuminga', 'Ibombo']);
    expect(await names({ nameContains: 'HOSP' })).toEqual(['Ibombo Hospital']);
    expect(await names({ root: true })).toEqual(['Farajaland']);
  });
});
