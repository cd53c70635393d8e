import { readLocations, writeLocations } from '../../src/dci/locations.js';
import type { Location } from '../../src/record/location.js';

const place = (id: string, fields: object = {}): object => ({
  '@type': 'Place',
  additionalType: 'ADMIN_STRUCTURE',
  identifier: [{ name: 'opencrvs-location', identifier: id }],
  name: id.toUpperCase(),
  containedInPlace: null,
  ...fields,
});
const read = (...locations: unknown[]): ReturnType<typeof readLocations> => readLocations({ locations });

describe('a list of places', () => {
  test('may name children before their parents', () => {
    expect(read(place('b', { containedInPlace: 'a' }), place('a'))).toEqual({
      locations: [
        { externalId: 'b', name: 'B', type: 'ADMIN_STRUCTURE', parentExternalId: 'a' },
        { externalId: 'a', name: 'A', type: 'ADMIN_STRUCTURE', parentExternalId: null },
      ],
      problems: [],
    });
  });

  test('may have no type, a bare identifier, or a container as an object', () => {
    const { locations, problems } = read(
      place('a', { additionalType: null, identifier: 'a' }),
      place('b', { containedInPlace: { '@type': 'Place', identifier: [{ name: 'x', identifier: 'a' }] } }),
    );
    expect(locations).toMatchObject([{ externalId: 'a', type: null }, { parentExternalId: 'a' }]);
    expect(problems).toEqual([]);
  });

  test('a place with several identifiers is one place, and can be a container under each', () => {
    const both = [
      { name: 'x', identifier: 'a' },
      { name: 'statistical', identifier: '01' },
    ];
    const { locations } = read(place('b', { containedInPlace: '01' }), place('a', { identifier: both }));
    expect(locations).toMatchObject([{ externalId: 'b', parentExternalId: 'a' }, { externalId: 'a' }]);
  });

  test('the same place twice is one; a differing one is a problem and the first counts', () => {
    expect(read(place('a'), place('a'))).toMatchObject({ locations: [{ externalId: 'a' }], problems: [] });
    const { locations, problems } = read(place('a'), place('a', { name: 'Other' }));
    expect(locations).toMatchObject([{ name: 'A' }]);
    expect(problems).toHaveLength(1);
  });

  test('a place inside itself is a root, one without a name is called by its id, one without an id is left out', () => {
    const { locations, problems } = read(
      place('a', { containedInPlace: 'a', name: '' }),
      place('', { name: 'Nowhere' }),
      7,
    );
    expect(locations).toEqual([{ externalId: 'a', name: 'a', type: 'ADMIN_STRUCTURE', parentExternalId: null }]);
    expect(problems).toHaveLength(4);
  });

  test.each([null, undefined, 'x', 5, {}, { locations: 'x' }, { error: { code: 500 } }])('%p holds none', (body) => {
    expect(readLocations(body)).toEqual({ locations: [], problems: [expect.any(String)] });
  });
});

describe('our own list', () => {
  const own = (id: string, parentId: string | null, type: string | null = 'district'): Location => ({
    id,
    name: `Place ${id}`,
    type,
    parentId,
  });
  const tree = [own('c', 'b'), own('b', 'a'), own('a', null), own('d', 'elsewhere'), own('e', 'c', null)];

  test('has parents before children, and a type for each', () => {
    const written = writeLocations(tree, new Date('2026-01-15T10:30:00Z'));
    expect(written).toMatchObject({ lastUpdated: '2026-01-15T10:30:00Z' });
    const { locations, problems } = readLocations(JSON.parse(JSON.stringify(written)));
    expect(problems).toEqual([]);
    expect(locations.map(({ externalId, parentExternalId }) => [externalId, parentExternalId])).toEqual([
      ['a', null],
      ['d', null],
      ['b', 'a'],
      ['c', 'b'],
      ['e', 'c'],
    ]);
    expect(locations.at(-1)?.type).toBe('OTHER');
  });
});
