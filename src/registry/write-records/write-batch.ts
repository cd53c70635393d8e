import { type Identifier, identifierKey, typedKey } from '../../record/individual.js';
import { type JsonObject } from '../../record/json.js';
import { type PlaceToWrite, type Reference } from '../../record/registry-record.js';
import { isUuid } from '../../record/uuid.js';
import { type Erased } from '../erased-people.js';
import { newId } from '../write-id.js';
import { type WriteRefusal, type WriteRefusalCode } from './write-result.js';
import { type Row } from './write-row.js';
import {
  type DisabilityValues,
  type EnrolmentValues,
  type FarmerValues,
  type GroupRow,
  type PersonRow,
  type ProgrammeValues,
} from './write-values.js';

/** Rows of one kind that can be found by their id or by an identifier. */
export interface Found<Held> {
  readonly byId: Map<string, Held>;
  /** By `typedKey`. */
  readonly byIdentifier: Map<string, Held>;
}

/** What a batch of records has come to so far: each record is judged as if the ones before it were held already. */
export interface Batch {
  readonly people: Found<PersonRow>;
  readonly groups: Found<GroupRow>;
  readonly farmers: Map<string, Row<FarmerValues>>;
  readonly disabilities: Map<string, Row<DisabilityValues>>;
  /** By `identifierKey`. */
  readonly programmes: Map<string, Row<ProgrammeValues>>;
  /** By `enrolmentKey`. */
  readonly enrolments: Map<string, Row<EnrolmentValues>>;
  /** By kind and id of the rows whose ids the records give: the key of each in the map of its kind. */
  readonly owners: Map<string, string>;
  /** Ids of our own tree that exist, of those named. */
  readonly locationIds: ReadonlySet<string>;
  /** By the name as it was asked: the one place that has it. */
  readonly locationsByName: ReadonlyMap<string, string>;
  /** Of the people that records are about. */
  readonly erased: Erased;
  readonly unknownIds: 'make' | 'refuse';
  readonly heldFacts: 'write' | 'keep';
}

/** What became of a record that was not refused. */
export interface Taken {
  readonly id: string;
  readonly isNew: boolean;
  readonly isChanged: boolean;
}

/** Under what an enrolment is found: exactly one for each programme and person or group. */
export function enrolmentKey(programmeId: string, subjectId: string): string {
  return `${programmeId} ${subjectId}`;
}

/** Refuses a record. Thrown before anything of the record is taken into the batch, so that nothing of it is written. */
export class RecordRefused extends Error {
  override readonly name = 'RecordRefused';

  constructor(readonly refusal: WriteRefusal) {
    super(refusal.reason);
  }
}

/** What to throw; `reason` is a sentence without personal data. */
export function refusal(code: WriteRefusalCode, reason: string, field: string | null = null): RecordRefused {
  return new RecordRefused({ code, reason, field });
}

/** An id as the database writes it, or `null` for what cannot be one. */
export function readId(id: string | undefined): string | null {
  return id !== undefined && isUuid(id) ? id.toLowerCase() : null;
}

/** What the id or an identifier leads to, each once. */
function holdersOf<Held>(found: Found<Held>, { id, identifiers = [] }: Reference): Held[] {
  const byId = found.byId.get(readId(id) ?? '');
  const byIdentifier = identifiers.flatMap((identifier) => found.byIdentifier.get(typedKey(identifier)) ?? []);
  return [...new Set(byId === undefined ? byIdentifier : [byId, ...byIdentifier])];
}

const KINDS = {
  person: { several: 'IDENTIFIERS_OF_TWO_PEOPLE', unknown: 'PERSON_UNKNOWN', who: 'people', whom: 'Nobody' },
  group: { several: 'IDENTIFIERS_OF_TWO_GROUPS', unknown: 'GROUP_UNKNOWN', who: 'groups', whom: 'No group' },
} as const;

/** The one that a record is about; `null` when it is to be made. */
export function findSubject<Held>(
  kind: keyof typeof KINDS,
  found: Found<Held>,
  reference: Reference,
  unknownIds: Batch['unknownIds'],
): Held | null {
  checkId(reference.id);
  const [holder, ...others] = holdersOf(found, reference);
  if (others.length > 0) throw several(kind);
  const id = readId(reference.id);
  if (id !== null && !found.byId.has(id) && unknownIds === 'refuse') throw unknownId();
  return holder ?? null;
}

/** What became of a record about one that is held and may not be written. */
export function kept({ id }: { readonly id: string }): Taken {
  return { id, isNew: false, isChanged: false };
}

/** Whom a record points at. */
export function findReferred<Held>(
  kind: keyof typeof KINDS,
  found: Found<Held>,
  reference: Reference,
  field: string,
): Held {
  const [holder, ...others] = holdersOf(found, reference);
  if (others.length > 0) throw several(kind, field);
  if (holder !== undefined) return holder;
  const { unknown, whom } = KINDS[kind];
  throw refusal(unknown, `${whom} in the registry has this id or one of these identifiers`, field);
}

function several(kind: keyof typeof KINDS, field: string | null = null): RecordRefused {
  const { several: code, who } = KINDS[kind];
  return refusal(code, `The id and identifiers belong to different ${who}; nothing was merged`, field);
}

function unknownId(): RecordRefused {
  return refusal('ID_UNKNOWN', 'Nothing in the registry has this id', 'id');
}

function checkId(id: string | undefined): void {
  if (id !== undefined && !isUuid(id)) throw refusal('VALUE_UNUSABLE', 'The id is not a UUID', 'id');
}

/** The id of a row that is made: the one that the record gives, which nobody holds, or a new one. */
export function idForNew(given: string | undefined): string {
  return readId(given) ?? newId();
}

/** Kinds of row of which there is one for each key. */
type OwnedKind = 'farmer' | 'disability' | 'enrolment';

/** How `owners` names a row. */
export function ownedBy(kind: OwnedKind, id: string): string {
  return `${kind} ${id}`;
}

/** Refuses an id that belongs to another row than the one held under the key. */
export function checkOwnId(batch: Batch, kind: OwnedKind, given: string | undefined, key: string): void {
  checkId(given);
  const id = readId(given);
  if (id === null) return;
  const owner = batch.owners.get(ownedBy(kind, id));
  if (owner !== undefined && owner !== key) {
    throw refusal('ID_DIFFERS', 'The id belongs to a record of somebody else', 'id');
  }
  if (owner === undefined && batch.unknownIds === 'refuse') throw unknownId();
}

/** Adds the identifiers that are lacking, of whatever type; true when there were any. */
export function addIdentifiers<Held extends PersonRow | GroupRow>(
  found: Found<Held>,
  row: Held,
  identifiers: readonly Identifier[] = [],
): boolean {
  const known = row.identifierKeys.size;
  for (const identifier of identifiers) {
    const key = typedKey(identifier);
    if (row.identifierKeys.has(key)) continue;
    row.identifierKeys.add(key);
    row.newIdentifiers.push(identifier);
    row.changed.add('identifiers');
    found.byIdentifier.set(key, row);
  }
  return row.identifierKeys.size > known;
}

/** The programme of this identifier. */
export function findProgramme(batch: Batch, identifier: string): Row<ProgrammeValues> {
  const held = batch.programmes.get(identifierKey(identifier));
  if (held === undefined) {
    throw refusal('PROGRAMME_UNKNOWN', 'No programme in the registry has this identifier', 'programme');
  }
  return held;
}

/** A place as the tables hold it. */
export interface StoredPlace {
  readonly location: string | null;
  readonly text: string | null;
}

/**
 * Finds the place that a record names; `undefined` when it names none. An id of another registry's tree gives way to
 * the name beside it. A name that no place has, or several, stays words.
 */
export function findPlace(
  batch: Batch,
  place: PlaceToWrite | null | undefined,
  field: string,
): StoredPlace | undefined {
  if (place === undefined) return undefined;
  if (place === null) return { location: null, text: null };
  const text = readText(place.text) ?? null;
  const name = readText(place.name) ?? null;
  const id = readId(place.locationId);
  if (id !== null && batch.locationIds.has(id)) return { location: id, text };
  if (place.locationId !== undefined && name === null) {
    throw refusal('PLACE_UNKNOWN', 'No place of the registry has this location id', field);
  }
  const location = batch.locationsByName.get(place.name ?? '') ?? null;
  if (location !== null) return { location, text };
  return { location, text: text === null || name === null ? (text ?? name) : `${text}, ${name}` };
}

/** A text that is all blanks says nothing: as `null`. */
export function readText(text: string | null | undefined): string | null | undefined {
  return typeof text === 'string' && text.trim() === '' ? null : text;
}

/** What is held with what is said, key by key; `null` takes a key away. */
export function mergeAttributes(held: JsonObject, said: JsonObject | undefined): JsonObject | undefined {
  if (said === undefined) return undefined;
  return Object.fromEntries(Object.entries({ ...held, ...said }).filter(([, value]) => value !== null));
}

/**
 * The instant to the millisecond, as rows compare it. Records write whole seconds: one that says the second of the
 * instant held says nothing new.
 */
export function readInstant(instant: string | undefined, held: string | null): string | undefined {
  if (instant === undefined) return undefined;
  const said = new Date(instant).toISOString();
  return held !== null && said === `${held.slice(0, -'.000Z'.length)}.000Z` ? held : said;
}
