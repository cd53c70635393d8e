import { importUnderFire, type Victim } from '../imports/run-kills.js';

const KILLS = 400;
const IMPORTS = 8;

/** Of a database that is killed the gateway hears at once; of a killed gateway the others do when its lease is over. */
const DICE: readonly Victim[] = ['gateway', 'gateway', 'database', 'database', 'database', 'both'];

test.each(Array.from({ length: IMPORTS }, (_, number) => number + 1))(
  'import %i of 8 survives fifty kills at random moments, with every record exactly once and no half family',
  async () => {
    const rounds = Array.from({ length: KILLS / IMPORTS }, () => [
      DICE[Math.floor(Math.random() * DICE.length)] ?? 'both',
    ]);
    const left = await importUnderFire({ births: 900, pageSize: 2, rounds, chance: Math.random });
    expect(left.recoveries).toHaveLength(rounds.length);
    expect(left.run).toMatchObject({ state: 'SUCCEEDED', recordsDone: left.records });
    expect(left).toMatchObject({ items: left.records, places: left.records, familiesWithoutMother: 0 });
    expect(left.people).toEqual(left.truth);
    expect(left.second).toMatchObject({ created: 0, updated: 0, failed: 0 });
    for (const recovery of left.recoveries) expect(recovery).toBeLessThan(10_000);
  },
);
