import { createHash } from 'node:crypto';
import { type PoolClient } from 'pg';
import { type Writable, writeBehind } from '../../database/write-behind.js';
import { identifierKey, typedKey } from '../../record/individual.js';
import { type IndividualRecord, peopleNamed } from '../../record/individual-record.js';
import { type Erased, type ErasedPeople } from '../erased-people.js';
import { BeforeRecord, type RecordDifferences } from './differences.js';
import { loadFieldRules, loadOrigins } from './field-rules.js';
import { notePage, type SaidTrace } from './note-page.js';
import { type Overlay } from './overlay.js';
import { cleanRecord } from './write-clean.js';
import { type Held, loadHeld, lockIdentifiers } from './write-held.js';
import { Marriages } from './write-marriages.js';
import { type WrittenRecord } from './write-outcome.js';
import { type ToldRecord } from './told-record.js';
import { type Person } from './write-person.js';
import { PageState, takeRecord } from './write-record.js';
import { isStranger, skipStranger, takeRelatives, withoutMarriageNumbers } from './write-relatives.js';
import { writeRows, type Writer } from './write-rows.js';

/** Records of one source, in its order, and who writes them. */
export interface PageToWrite extends Writer {
  readonly records: readonly ToldRecord[];
  /** What is taken for held beside what is: of a page that is only judged. */
  readonly overlay?: Overlay;
  /** Whether it is told of each record what it changes. */
  readonly explain?: boolean;
  /** Whether what the source repeats is heard again: something was decided of it since. */
  readonly again?: boolean;
}

/** What became of a page. */
export interface WrittenPage {
  /** One for each record, in their order. */
  readonly records: readonly WrittenRecord[];
  /** New people who have an identifier. */
  readonly individualsCreated: number;
  readonly individualsUpdated: number;
  readonly groupsCreated: number;
  /** New people without any identifier: parents who can be found again through their child alone. */
  readonly unidentifiedParents: number;
}

const SELECT_PLACES = {
  name: 'write-places',
  text: `
    select external_id, location_id from source_locations
    where data_source_id = $1 and external_id = any ($2::text[])`,
};

const SELECT_SAID = {
  name: 'write-said-before',
  text: `
    select encode(s.record_key, 'hex') as key, encode(s.content_digest, 'hex') as digest, s.individual_id
    from source_records s where s.data_source_id = $1 and s.record_key = any ($2::bytea[])`,
};

const UPSERT_SAID = {
  name: 'write-said-records',
  text: `
    insert into source_records (data_source_id, record_key, content_digest, individual_id)
    select $1, n.record_key, n.content_digest, n.individual_id
    from unnest($2::bytea[], $3::bytea[], $4::uuid[]) as n (record_key, content_digest, individual_id)
    on conflict (data_source_id, record_key) do update
    set content_digest = excluded.content_digest, individual_id = excluded.individual_id`,
};

/** What the records of a page come to, not yet written. */
export interface JudgedPage {
  readonly state: PageState;
  /** One for each record, in their order. */
  readonly records: readonly WrittenRecord[];
  /** What the source said now and had not said before. */
  readonly said: readonly SaidOfSomebody[];
  /** `null`: none is told of. */
  readonly marriages: Marriages | null;
  /** One for each record where that was asked for, else none. */
  readonly explained: readonly RecordDifferences[];
}

/**
 * Writes a page of records of one source: people found by their identifiers or made, their parents, the mothers'
 * families, and a change for each row that differs from before. The result is the same as if the records came one by
 * one, whatever the size of the page; the number of statements does not depend on them. Several writers may work at
 * once: they wait for each other where their records share an identifier.
 *
 * `client` is in a transaction, which the caller commits.
 */
export async function writePage(client: PoolClient, page: PageToWrite): Promise<WrittenPage> {
  return writeJudged(client, await judgePage(client, page), page);
}

/** Writes what `judgePage` has come to, in the same transaction. */
export async function writeJudged(client: PoolClient, judged: JudgedPage, page: Writer): Promise<WrittenPage> {
  await writeBehind(client, (behind) => writeEverything(behind, judged, page));
  await page.desk?.queue(client, page, judged.state.raised);
  return countPage(judged);
}

async function writeEverything(db: Writable, { state, marriages, said }: JudgedPage, page: Writer): Promise<void> {
  const rows = await writeRows(db, state, page);
  const married = await marriages?.write(db, page.dataSourceId, page);
  const trace = {
    ...rows,
    relationships: [...rows.relationships, ...(married?.relationships ?? [])],
    marriages: married?.marriages ?? [],
    spousesTold: married?.spousesTold ?? [],
    divorcesTold: married?.divorcesTold ?? [],
  };
  await rememberSaid(db, page.dataSourceId, said);
  await notePage(db, page, trace, said);
}

/** Decides what becomes of each record, and locks whom they are about; writes nothing. `client` is in a transaction. */
export async function judgePage(client: PoolClient, page: PageToWrite): Promise<JudgedPage> {
  const whole = page.records.map(({ record }) => cleanRecord(record));
  const records = whole.map(withoutMarriageNumbers);
  const rules = await loadFieldRules(client, page.dataSourceId);
  const said = whole.map((record) => readSaid(record, rules.markOf(record)));
  const keys = distinctKeys(records);
  await lockIdentifiers(client, keys);
  const held = await loadHeld(client, keys, page.dataSourceId, page.overlay);
  const places = await findPlaces(client, page.dataSourceId, records);
  const saidBefore = await findSaid(client, page.dataSourceId, said);
  for (const [key, last] of (await page.overlay?.findSaid(
    client,
    said.map((one) => one.key),
  )) ?? []) {
    saidBefore.set(key, { key, ...last });
  }
  const erased = await findErased(client, page.erased, records, held.byIdentifier);

  if (rules.needOrigins) await addOrigins(client, held);
  page.overlay?.layOrigins(held.byId, rules);

  const state = new PageState(held.byIdentifier, places, erased, rules);
  const decisions = await page.desk?.decisionsAbout(client, page.dataSourceId, [...held.byId.keys()]);
  if (decisions !== undefined) state.decisions = decisions;
  const { makesPeople = true } = page;
  const isOfCouples = records.some((record) => record.marriages !== undefined);
  const marriages = isOfCouples ? await Marriages.load(client, [...held.byId.keys()]) : null;
  if (marriages !== null) page.overlay?.layMarriages(marriages);
  const latest = new Map<string, SaidOfSomebody>();
  const explained: RecordDifferences[] = [];
  const written = records.map((record, index) => {
    const { key = '', digest = '' } = said[index] ?? {};
    const before = saidBefore.get(key) ?? null;
    const isRepeat = page.again !== true && (latest.get(key) ?? before)?.digest === digest;
    state.ordinal = page.records[index]?.ordinal ?? 0;
    const people = page.explain === true ? new BeforeRecord(state, record) : null;
    const result = isStranger(record, state, makesPeople)
      ? skipStranger(record)
      : takeRelatives(record, takeRecord(state, record, isRepeat, true), { state, marriages, makesPeople, isRepeat });
    if (people !== null) explained.push(people.after(result));
    if (result.individualId !== null && !isRepeat) {
      latest.set(key, { key, digest, individualId: result.individualId, before });
    }
    return result;
  });
  return { state, records: written, said: [...latest.values()], marriages, explained };
}

/** The counts of a page that was judged. */
export function countPage({ state, records }: JudgedPage): WrittenPage {
  const people = [...state.people];
  const created = people.filter((person) => person.isNew);
  return {
    records,
    individualsCreated: created.filter((person) => person.isIdentified).length,
    individualsUpdated: people.filter((person) => !person.isNew && person.changed.size > 0).length,
    groupsCreated: state.newFamilies.length,
    unidentifiedParents: created.filter((person) => !person.isIdentified).length,
  };
}

function distinctKeys(records: readonly IndividualRecord[]): { type: string; valueKey: string }[] {
  const keys = new Map<string, { type: string; valueKey: string }>();
  for (const record of records) {
    // A record without an identifier of its subject is skipped with its parents.
    if (record.identifiers.length === 0) continue;
    for (const identifier of peopleNamed(record).flatMap((person) => person.identifiers)) {
      keys.set(typedKey(identifier), { type: identifier.type, valueKey: identifierKey(identifier.value) });
    }
  }
  return [...keys.values()];
}

async function addOrigins(client: PoolClient, { byId }: Held): Promise<void> {
  const origins = await loadOrigins(client, [...byId.keys()]);
  for (const person of byId.values()) person.origins = origins.get(person.id) ?? new Map();
}

/** Those named in the records who were erased, and who of their subjects had a parent who was. */
async function findErased(
  client: PoolClient,
  erased: ErasedPeople,
  records: readonly IndividualRecord[],
  byIdentifier: ReadonlyMap<string, Person>,
): Promise<Erased> {
  const named = records.flatMap(peopleNamed);
  const children = records
    .filter(({ parents }) => parents.some(({ record }) => record.identifiers.length === 0))
    .flatMap(({ identifiers }) => identifiers.flatMap((identifier) => byIdentifier.get(typedKey(identifier)) ?? []));
  return erased.among(client, {
    identifiers: named.flatMap(({ identifiers }) => identifiers),
    childIds: children.map(({ id }) => id),
  });
}

async function findPlaces(
  client: PoolClient,
  dataSourceId: string,
  records: readonly IndividualRecord[],
): Promise<Map<string, string>> {
  const named = new Set<string>();
  for (const { birthPlace, deathPlace, homePlace } of records.flatMap(peopleNamed)) {
    for (const place of [birthPlace, deathPlace, homePlace]) {
      if (place?.externalId !== undefined) named.add(place.externalId);
      if (place?.containedInExternalId !== undefined) named.add(place.containedInExternalId);
    }
  }
  const found = await client.query<{ external_id: string; location_id: string }>({
    ...SELECT_PLACES,
    values: [dataSourceId, [...named]],
  });
  return new Map(found.rows.map((row) => [row.external_id, row.location_id]));
}

/** What makes a record of a source the same record, and what it says; both SHA-256 in hex. */
interface Said {
  readonly key: string;
  readonly digest: string;
}

interface SaidOfSomebody extends Said, SaidTrace {
  readonly individualId: string;
}

function readSaid(record: IndividualRecord, rulesMark: string): Said {
  return {
    key: sha256(record.identifiers.map(typedKey).sort().join('\u0001')),
    digest: sha256(whatIsSaid(record) + rulesMark),
  };
}

/** Without what is no word of the source: a record that stands elsewhere in the answer says the same. */
function whatIsSaid(record: IndividualRecord): string {
  return JSON.stringify(record, (name, value: unknown) => (name === 'told' || name === 'issues' ? undefined : value));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function findSaid(
  client: PoolClient,
  dataSourceId: string,
  said: readonly Said[],
): Promise<Map<string, Said & { readonly individualId: string }>> {
  const found = await client.query<{ key: string; digest: string; individual_id: string }>({
    ...SELECT_SAID,
    values: [dataSourceId, said.map(({ key }) => bytes(key))],
  });
  return new Map(
    found.rows.map(({ key, digest, individual_id: individualId }) => [key, { key, digest, individualId }]),
  );
}

async function rememberSaid(db: Writable, dataSourceId: string, said: readonly SaidOfSomebody[]): Promise<void> {
  if (said.length === 0) return;
  await db.query({
    ...UPSERT_SAID,
    values: [
      dataSourceId,
      said.map(({ key }) => bytes(key)),
      said.map(({ digest }) => bytes(digest)),
      said.map(({ individualId }) => individualId),
    ],
  });
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}
