import { Client, type Pool, type PoolClient } from 'pg';
import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import { Problem } from '../../record/problem.js';
import { OrderedChance } from './chance.js';
import { type DemoPerson, FamilyMaker } from './families.js';
import { DEMO_COUNTRY_ID, type DemoDistrict } from './places.js';
import { insertPeople } from './write-people.js';
import { loadDemo } from './demo.js';
import { newId } from '../write-id.js';
import { insertIdentifiers, insertRelationships } from '../write-links.js';

/** How many to generate, and how. */
export interface GenerateOptions {
  /** How many people, in full thousands. */
  readonly individuals: number;
  /** Connections that write at once. Default 3. */
  readonly connections?: number | undefined;
  /** Where the tables are owned: statistics and free space are the owner's to take care of. */
  readonly ownerUrl: string;
  readonly onProgress?: ((individualsDone: number) => void) | undefined;
}

/** What is there now, and how much of it was made before. */
export interface GeneratedCounts {
  readonly individuals: number;
  readonly identifiers: number;
  /** Of the individuals, those that an earlier run had made. */
  readonly foundIndividuals: number;
}

/** People of one batch, which is one transaction: enough for speed, few enough that others do not wait for it. */
const BATCH = 1000;
/** Numbers of the demo's own people are lower, and those of generated people have eight digits. */
const FIRST_NUMBER = 20_000_000;
const MOST_PEOPLE = 50_000_000;
/** More than the ids that a batch draws. */
const IDS_PER_BATCH = 10_000;
const IDENTIFIER_TYPE = 'UIN';

const SELECT_SUBSCRIBERS = `select exists (select from subscriptions where state = 'active') as "isAnybody"`;

const SELECT_DISTRICTS = `
  select d.id, array_agg(f.id::text order by f.id) as "facilityIds"
  from location_ancestors a
  join locations d on d.id = a.location_id and d.type = 'district'
  join locations f on f.parent_id = d.id
  where a.ancestor_id = $1
  group by d.id
  order by d.id`;

const SELECT_DONE = `select value_key from identifiers where type = $1 and value_key = any ($2::text[])`;

/** A crash of the server may take the last batches: the next run finds that they are missing. */
const COMMIT_WITHOUT_WAITING = `
  select set_config('synchronous_commit', 'off', true), set_config('gin_pending_list_limit', '32768', true)`;

/** Statistics as autovacuum would make them some time later. */
const VACUUM = 'vacuum (analyze) individuals, identifiers, relationships';

/**
 * Fills the registry with invented families, to see how it does with millions of people: half of them have two
 * identifiers, the children parents. Batches are committed as they are done, and the same again goes on where a killed
 * run ended: what a batch holds depends on its number alone, and whether it is there on its first person.
 *
 * Unlike everything else that writes, it makes no changes: five million of them would be told to nobody, while somebody
 * who subscribes must be told of everybody who comes. So it is refused as long as there is a subscription
 * (`DEMO_UNTOLD`). Throws `DEMO_SIZE_INVALID`.
 */
export async function generateRegistry(pool: Pool, options: GenerateOptions): Promise<GeneratedCounts> {
  const { individuals, ownerUrl, onProgress } = options;
  const connections = Math.min(options.connections ?? 3, pool.options.max);
  if (!Number.isInteger(individuals / BATCH) || individuals < BATCH || individuals > MOST_PEOPLE) {
    throw new Problem('DEMO_SIZE_INVALID', `From 1,000 to 50,000,000 individuals are generated, in full thousands.`);
  }
  const subscribers = await pool.query<{ isAnybody: boolean }>(SELECT_SUBSCRIBERS);
  if (subscribers.rows[0]?.isAnybody) {
    throw new Problem(
      'DEMO_UNTOLD',
      'Somebody is subscribed, whom nobody would tell of generated people: end that first (subscription list, subscription end).',
    );
  }
  await loadDemo(pool);
  const districts = await readDistricts(pool);
  const total = individuals / BATCH;
  const done = await findDone(pool, total);
  let made = done.size * BATCH;
  onProgress?.(made);

  const left = Array.from({ length: total }, (_, number) => number).filter((number) => !done.has(number));
  left.reverse();
  const work = async (): Promise<void> => {
    for (let number = left.pop(); number !== undefined; number = left.pop()) {
      const batch = number;
      await inTransaction(pool, (client) => writeBatch(client, batch, districts));
      made += BATCH;
      onProgress?.(made);
    }
  };
  // When one fails, the others end with the batch that they are at.
  const working = Array.from({ length: connections }, () => work().finally(() => left.splice(0)));
  await Promise.all(working);
  await vacuum(ownerUrl);
  return { individuals: made, identifiers: (made * 3) / 2, foundIndividuals: done.size * BATCH };
}

type Districts = readonly [DemoDistrict, ...DemoDistrict[]];

async function readDistricts(db: Queryable): Promise<Districts> {
  const found = await db.query<{ id: string; facilityIds: string[] }>({
    text: SELECT_DISTRICTS,
    values: [DEMO_COUNTRY_ID],
  });
  const [first, ...others] = found.rows;
  if (first === undefined)
    throw new Problem('DEMO_SIZE_INVALID', 'The demo has no districts that people could live in.');
  return [first, ...others];
}

/** The batches that are there already, by their numbers. */
async function findDone(db: Queryable, total: number): Promise<Set<number>> {
  const firsts = new Map(Array.from({ length: total }, (_, number) => [firstIdentifier(number), number]));
  const found = await db.query<{ value_key: string }>({
    text: SELECT_DONE,
    values: [IDENTIFIER_TYPE, [...firsts.keys()]],
  });
  return new Set(found.rows.flatMap((row) => firsts.get(row.value_key) ?? []));
}

/** Of the first person of a batch; FamilyMaker writes the numbers of people so. */
function firstIdentifier(batch: number): string {
  return `70${String(FIRST_NUMBER + batch * BATCH + 1)}`;
}

async function writeBatch(client: PoolClient, batch: number, districts: Districts): Promise<void> {
  const chance = new OrderedChance(batch, batch * IDS_PER_BATCH);
  const maker = new FamilyMaker(chance, { districts }, FIRST_NUMBER + batch * BATCH);
  const families = maker.some(BATCH);
  const people = families.flatMap((family) => family.people);
  await client.query(COMMIT_WITHOUT_WAITING);
  await insertPeople(client, people, () => null);
  await insertIdentifiers(client, people.flatMap(identifiersOf), null);
  await insertRelationships(
    client,
    families.flatMap(({ relationships }) => relationships.map((tie) => ({ id: chance.uuid(), ...tie }))),
    null,
  );
}

/** Everybody has a number, and every second person another one: a child that of the birth, else the national one. */
function identifiersOf({ id: individualId, identifiers }: DemoPerson, index: number) {
  const [first, second] = identifiers;
  if (first === undefined) throw new RangeError('Everybody has a number');
  const other = second ?? { type: 'NID', value: `DL-${first.value.slice(2)}` };
  return (index % 2 === 0 ? [first] : [first, other]).map((identifier) => ({
    id: newId(),
    individualId,
    ...identifier,
  }));
}

async function vacuum(ownerUrl: string): Promise<void> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query(VACUUM);
  } finally {
    await owner.end();
  }
}
