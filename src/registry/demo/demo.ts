import type { Pool } from 'pg';
import type { Statement } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import { Problem } from '../../record/problem.js';
import { Chance } from './chance.js';
import { Deaths } from './deaths.js';
import { FamilyMaker } from './families.js';
import { DEMO_COUNTRY_ID, inventPlaces } from './places.js';
import { DEMO_PROGRAMMES, RegistryMaker } from './registries.js';
import { addCounts, created, type FamilyCounts, writeFamilies } from './write-families.js';
import { writePlaces } from './write-places.js';
import { writeChanges } from '../write-changes.js';
import { PROGRAMMES } from '../write-records/write-tables.js';

/** How large the demo is; what is absent has its default. */
export interface DemoOptions {
  /** How many people, exactly. Default 200. */
  readonly individuals?: number | undefined;
  /** How many places, about. Default: one for 40 people, from 40 to 5,000. */
  readonly locations?: number | undefined;
  /** The same seed makes the same people with the same ids. Default 1. */
  readonly seed?: number | undefined;
  readonly onProgress?: ((individualsDone: number, total: number) => void) | undefined;
}

/** What was written; all zero when the demo was there already. */
export type DemoCounts = FamilyCounts & Record<'locations' | 'programmes', number>;

const NOTHING: Readonly<DemoCounts> = {
  individuals: 0,
  identifiers: 0,
  groups: 0,
  memberships: 0,
  relationships: 0,
  marriages: 0,
  farmers: 0,
  disabilities: 0,
  enrolments: 0,
  programmes: 0,
  locations: 0,
};

/** Keeps what else is told of people apart from who they are: more of it changes nobody. */
const OTHER_CHANCE = 1_000_003;
const PEOPLE_PER_BATCH = 2000;
const MOST_PEOPLE = 10_000_000;

/** Two gateways that start at once load one demo. */
const LOCK_DEMO: Statement = { text: "select pg_advisory_xact_lock(hashtext('dci-gateway demo'))" };

const SELECT_IS_LOADED = 'select exists (select from locations where id = $1) as "isLoaded"';

/**
 * Loads an invented registry of our own: people of one country in families and households, with identifiers, marriages
 * and a tree of places, the farmers, disabilities and enrolments in programmes among them. All of it or nothing, and
 * only once: where the demo is there already, nothing happens. Throws `DEMO_SIZE_INVALID`.
 */
export async function loadDemo(pool: Pool, options: DemoOptions = {}): Promise<DemoCounts> {
  const { individuals = 200, seed = 1, onProgress } = options;
  if (!Number.isInteger(individuals) || individuals < 1 || individuals > MOST_PEOPLE) {
    throw new Problem('DEMO_SIZE_INVALID', `The demo has 1 to ${String(MOST_PEOPLE)} individuals.`);
  }
  return inTransaction(pool, async (client) => {
    const counts: DemoCounts = { ...NOTHING };
    await client.query(LOCK_DEMO);
    const loaded = await client.query<{ isLoaded: boolean }>({ text: SELECT_IS_LOADED, values: [DEMO_COUNTRY_ID] });
    if (loaded.rows[0]?.isLoaded) return counts;

    const chance = new Chance(seed);
    const places = inventPlaces(
      chance,
      options.locations ?? Math.min(5000, Math.max(40, Math.floor(individuals / 40))),
    );
    await writePlaces(client, places);
    await PROGRAMMES.write(client, DEMO_PROGRAMMES);
    await writeChanges(client, { origin: 'demo', importRunId: null }, created('programme', DEMO_PROGRAMMES));
    counts.locations = places.locations.length;
    counts.programmes = DEMO_PROGRAMMES.length;

    const maker = new FamilyMaker(chance, places);
    const deaths = new Deaths(new Chance(seed + 3 * OTHER_CHANCE), places.districts);
    const writing = {
      chance,
      lives: new Chance(seed + OTHER_CHANCE),
      registries: new RegistryMaker(new Chance(seed + 2 * OTHER_CHANCE)),
      tells: true,
    };
    while (counts.individuals < individuals) {
      const alive = maker.some(Math.min(PEOPLE_PER_BATCH, individuals - counts.individuals));
      const families = alive.map((family) => deaths.of(family));
      addCounts(counts, await writeFamilies(client, families, writing));
      onProgress?.(counts.individuals, individuals);
    }
    return counts;
  });
}
