import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { fetchToken, everything, readAll, recordsOf, search, type WireIdentifier, type WireRecord } from './client.js';

/** Reads records one after the other as an import may, and counts what it then holds. */
function recount(records: readonly WireRecord[]) {
  const holder = new Map<string, number>();
  let people = 0;
  const hold = (identifiers: readonly WireIdentifier[]): number | null => {
    const keys = identifiers.map(({ name, identifier }) => `${name} ${identifier}`);
    const holders = new Set(keys.map((key) => holder.get(key)).filter((person) => person !== undefined));
    if (holders.size > 1) return null;
    const [person = people++] = holders;
    for (const key of keys) holder.set(key, person);
    return person;
  };
  const children = new Map<number, number>();
  const parents = { mother: new Set<number>(), father: new Set<number>() };
  const unidentified = { mother: new Set<number>(), father: new Set<number>() };
  const missing = { mother: new Set<number>(), father: new Set<number>() };
  let skipped = 0;
  let conflicts = 0;
  for (const record of records) {
    const child = record.identifier.length === 0 ? undefined : hold(record.identifier);
    if (child === undefined) skipped += 1;
    else if (child === null) conflicts += 1;
    else {
      children.set(child, (children.get(child) ?? 0) + 1);
      for (const role of ['mother', 'father'] as const) {
        const kind = role === 'mother' ? 'spdci:Mother' : 'spdci:Father';
        const parent = record.relations.find((relation) => relation['@type'] === kind);
        if (parent === undefined) missing[role].add(child);
        else if (parent.identifier.length === 0) unidentified[role].add(child);
        else {
          const person = hold(parent.identifier);
          if (person === null) throw new Error('A parent shows numbers of two people');
          parents[role].add(person);
        }
      }
    }
  }
  return {
    records: records.length,
    skipped,
    conflicts,
    children: children.size,
    mothers: parents.mother.size,
    fathers: parents.father.size,
    individuals: people,
    mothersWhoAreChildren: [...parents.mother].filter((mother) => children.has(mother)).length,
    registeredTwice: [...children.values()].filter((count) => count > 1).length,
    unidentifiedMothers: unidentified.mother.size,
    unidentifiedFathers: unidentified.father.size,
    unidentifiedParents: unidentified.mother.size + unidentified.father.size,
    families: parents.mother.size,
    familiesOfUnidentifiedMothers: unidentified.mother.size,
    childrenWithoutMother: missing.mother.size,
    childrenWithoutFather: missing.father.size,
    bornInTheFuture: records.filter(({ birthDate }) => birthDate > '2050').length,
    sexUnknown: records.filter(({ sex }) => sex === 'unknown').length,
  };
}

async function withRegistry<T>(births: number, seed: number, use: (registry: MockRegistry) => Promise<T>): Promise<T> {
  const registry = await startMockRegistry({ births, seed });
  try {
    return await use(registry);
  } finally {
    await registry.close();
  }
}

describe('the true counts of the mock register', () => {
  test.each([
    [300, 1],
    [300, 2],
    [2350, 7],
    [1000, 123_456_789],
    [79, 3],
    [40, 4],
    [39, 5],
    [13, 6],
    [2, 1],
    [1, 1],
    [0, 1],
  ])(
    '%i births of seed %i, read to the last page, come to the promised counts in either order',
    async (births, seed) => {
      await withRegistry(births, seed, async (registry) => {
        const newestFirst = await readAll(registry, 97);
        const oldestFirst = await readAll(registry, 97, 'asc');
        expect(registry.truth).toMatchObject(recount(newestFirst));
        expect(registry.truth).toMatchObject(recount(oldestFirst));
        expect(oldestFirst).toEqual([...newestFirst].reverse());
      });
    },
  );

  test('the default register holds every awkward family', async () => {
    await withRegistry(300, 1, async (registry) => {
      const { truth } = registry;
      for (const count of [
        truth.skipped,
        truth.conflicts,
        truth.mothersWhoAreChildren,
        truth.registeredTwice,
        truth.unidentifiedMothers,
        truth.unidentifiedFathers,
        truth.childrenWithoutMother,
        truth.childrenWithoutFather,
        truth.twins,
        truth.bornInTheFuture,
        truth.sexUnknown,
        truth.deaths,
        truth.marriages,
      ]) {
        expect(count).toBeGreaterThan(0);
      }
      expect(truth.rootLocations).toBe(1);
      const records = await readAll(registry, 300);
      const names = records.map(({ givenName, familyName }) => `${givenName}|${familyName ?? '∅'}`);
      for (const awkward of ['\n', '\u00a0', '\u0301', '🌟', 'مروان', '∅', '"', '\\', '<b>', '  ', '欧阳']) {
        expect(names.filter((name) => name.includes(awkward))).not.toHaveLength(0);
      }
      expect(names.filter((name) => name.startsWith('|'))).not.toHaveLength(0);
      const addresses = records.map(({ birthPlace }) => birthPlace.address).filter((address) => address !== undefined);
      expect(addresses).toContain(' \n\nnull\nnull');
      expect(addresses).toContain('undefined undefined\nundefined\nnull\nnull');
      expect(addresses.filter((address) => /^Well Lane/.test(address))).not.toHaveLength(0);
      expect(new Set(records.map(({ sex }) => sex))).toEqual(new Set(['female', 'male', 'unknown', 'other']));
      const withBothNumbers = records
        .flatMap(({ relations }) => relations)
        .filter(({ identifier }) => identifier.length > 1);
      expect(withBothNumbers).not.toHaveLength(0);
    });
  });

  test('no birth number is used twice and each is found again by it', async () => {
    await withRegistry(2350, 5, async (registry) => {
      const records = await readAll(registry, 2350);
      const numbers = records.flatMap(({ identifier }) =>
        identifier.filter(({ name }) => name === 'BRN').map(({ identifier: number }) => number),
      );
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers).toHaveLength(2350 - registry.truth.skipped);
    });
  });
});

describe('the data of the mock register', () => {
  test('the same seed makes the same records, another seed makes others', async () => {
    const read = (seed: number) => withRegistry(300, seed, (registry) => readAll(registry, 300));
    const [first, again, other] = [await read(9), await read(9), await read(10)];
    expect(JSON.stringify(again)).toBe(JSON.stringify(first));
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(first));
  });

  test('pages of any size hold the same records in the same order', async () => {
    await withRegistry(300, 1, async (registry) => {
      const whole = await readAll(registry, 2000);
      expect(await readAll(registry, 7)).toEqual(whole);
      expect(await readAll(registry, 100)).toEqual(whole);
    });
  });

  test('siblings of one mother are on different pages', async () => {
    await withRegistry(1000, 1, async (registry) => {
      const pagesOfMother = new Map<string, Set<number>>();
      for (const [position, record] of (await readAll(registry, 1000)).entries()) {
        const mother = record.relations.find((relation) => relation['@type'] === 'spdci:Mother')?.identifier[0];
        if (mother === undefined) continue;
        const pages = pagesOfMother.get(mother.identifier) ?? new Set<number>();
        pagesOfMother.set(mother.identifier, pages.add(Math.floor(position / 100)));
      }
      expect([...pagesOfMother.values()].filter((pages) => pages.size > 1).length).toBeGreaterThan(100);
    });
  });

  test('a hundred thousand births are served page by page in little memory', async () => {
    await withRegistry(100_000, 1, async (registry) => {
      const token = await fetchToken(registry);
      await search(registry, token, everything(1000, 1));
      const started = performance.now();
      for (const page of [2, 50, 100]) {
        const answer = await search(registry, token, everything(1000, page));
        expect(recordsOf(answer)).toHaveLength(1000);
        expect(answer.message.search_response[0]?.pagination.total_count).toBe(100_000);
      }
      const perPage = (performance.now() - started) / 3;
      const heap = process.memoryUsage().heapUsed / 1024 / 1024;
      process.stderr.write(
        `page of 1,000 out of 100,000: ${perPage.toFixed(0)} ms with reading, heap ${heap.toFixed(0)} MB\n`,
      );
      expect(registry.truth.records).toBe(100_000);
    });
  });
});
