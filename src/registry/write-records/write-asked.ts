import { type Identifier, identifierKey, typedKey } from '../../record/individual.js';
import { type PlaceToWrite, type Reference, type RegistryRecord } from '../../record/registry-record.js';
import { readId } from './write-batch.js';

/** Ids and identifiers that records name of one kind, each once. */
export class AskedRows {
  readonly ids = new Set<string>();
  /** By `typedKey`. */
  readonly identifiers = new Map<string, Identifier>();

  add({ id, identifiers = [] }: Reference): void {
    const readable = readId(id);
    if (readable !== null) this.ids.add(readable);
    for (const identifier of identifiers) this.identifiers.set(typedKey(identifier), identifier);
  }

  get isNobody(): boolean {
    return this.ids.size === 0 && this.identifiers.size === 0;
  }
}

/** All that the records of a batch name, and can therefore touch. */
export class Asked {
  readonly people = new AskedRows();
  /** Of the people, those whom a record may make. */
  readonly subjects = new AskedRows();
  readonly groups = new AskedRows();
  readonly farmerIds = new Set<string>();
  readonly disabilityIds = new Set<string>();
  readonly enrolmentIds = new Set<string>();
  /** `identifierKey`s. */
  readonly programmes = new Set<string>();
  readonly locationIds = new Set<string>();
  readonly locationNames = new Set<string>();
  readonly kinds: ReadonlySet<RegistryRecord['kind']>;

  constructor(records: readonly RegistryRecord[]) {
    this.kinds = new Set(records.map(({ kind }) => kind));
    for (const record of records) this.#add(record);
  }

  #add(record: RegistryRecord): void {
    switch (record.kind) {
      case 'individual':
        this.people.add(record);
        this.subjects.add(record);
        for (const { person } of record.parents ?? []) this.people.add(person);
        for (const place of [record.birthPlace, record.deathPlace, record.homePlace]) this.#addPlace(place);
        break;
      case 'group':
        this.groups.add(record);
        for (const { person } of record.members ?? []) this.people.add(person);
        this.#addPlace(record.place);
        break;
      case 'farmer':
        this.people.add(record.person);
        addId(this.farmerIds, record.id);
        this.#addPlace(record.place);
        break;
      case 'disability':
        this.people.add(record.person);
        addId(this.disabilityIds, record.id);
        break;
      case 'programme':
        this.programmes.add(identifierKey(record.identifier));
        break;
      case 'enrolment':
        if (record.person !== undefined) this.people.add(record.person);
        if (record.group !== undefined) this.groups.add(record.group);
        addId(this.enrolmentIds, record.id);
        this.programmes.add(identifierKey(record.programme));
        break;
    }
  }

  #addPlace(place: PlaceToWrite | null | undefined): void {
    addId(this.locationIds, place?.locationId);
    if (place?.name !== undefined) this.locationNames.add(place.name);
  }

  /**
   * What other writers may not write at the same time, as keys of `lockIdentifiers`. Ids are among them: two writers
   * may make the same one. No type of an identifier begins with the character that tells the others apart.
   */
  get locks(): { type: string; valueKey: string }[] {
    const keys = [...this.people.identifiers.values()].map(({ type, value }) => ({
      type,
      valueKey: identifierKey(value),
    }));
    const groupKeys = [...this.groups.identifiers.values()].map(({ type, value }) => ({
      type: `\u0001group ${type}`,
      valueKey: identifierKey(value),
    }));
    const ids = [this.people.ids, this.groups.ids, this.farmerIds, this.disabilityIds, this.enrolmentIds].flatMap(
      (asked) => [...asked],
    );
    return [
      ...keys,
      ...groupKeys,
      ...[...this.programmes].map((valueKey) => ({ type: '\u0001programme', valueKey })),
      ...ids.map((valueKey) => ({ type: '\u0001id', valueKey })),
    ];
  }
}

function addId(ids: Set<string>, id: string | undefined): void {
  const readable = readId(id);
  if (readable !== null) ids.add(readable);
}
