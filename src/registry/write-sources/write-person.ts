import { type Identifier, type PartialDate, type PersonName, type Sex, typedKey } from '../../record/individual.js';
import { type IndividualRecord } from '../../record/individual-record.js';
import { type Teller } from '../revisions/write-revisions.js';
import { newId } from '../write-id.js';
import { type FieldRules, type TOLD_FIELDS, type ValueOrigin } from './field-rules.js';

/** Names of an individual's own values, as changes report them. */
export type PersonField = (typeof TOLD_FIELDS)[number];

/** A person's own values, as far as they are known. */
export interface PersonValues {
  givenName: string | null;
  middleName: string | null;
  familyName: string | null;
  sex: Sex | null;
  birthDate: PartialDate | null;
  deathDate: PartialDate | null;
  deceased: boolean;
  deathLocation: string | null;
  deathPlaceText: string | null;
  birthLocation: string | null;
  birthPlaceText: string | null;
  homeLocation: string | null;
  homePlaceText: string | null;
}

/** What a record says of a person, its places already looked up in our own tree. */
export interface Testimony {
  readonly record: IndividualRecord;
  /** Place on its page of the record that tells it. */
  readonly ordinal: number;
  readonly birthLocationId: string | null;
  readonly deathLocationId: string | null;
  readonly homeLocationId: string | null;
  /** Whom to believe where it differs from what is held. */
  readonly rules: FieldRules;
}

/** A value that is said otherwise than it is held, where the rules leave it to a person. */
export interface DifferingValue {
  readonly field: PersonField;
  readonly held: PersonValues[PersonField];
  readonly said: PersonValues[PersonField];
}

export type ParentalType = 'mother_of' | 'father_of' | 'parent_of';

/** Which parent somebody of this sex is, as far as that tells. */
export function parentalTypeOf(sex: Sex | null | undefined): ParentalType {
  return sex === 'female' ? 'mother_of' : sex === 'male' ? 'father_of' : 'parent_of';
}

/** A parent of a child, held or about to be. */
export interface Tie {
  readonly id: string;
  readonly isNew: boolean;
  type: ParentalType;
  readonly parent: Person;
  readonly child: Person;
}

/** A family that people of the page belong to, held or about to be. */
export interface Family {
  readonly id: string;
  /** Of a family that this page makes. */
  readonly made: { readonly name: string | null; readonly mother: Person } | null;
}

/** A person while a page is written: what is held, with what the records of the page add. */
export class Person {
  /** Of the values, identifiers and marriages, those that this page changed, and where each came from. */
  readonly changed = new Map<PersonField | 'identifiers' | 'marriages', Teller>();
  /** The changed values as they are held. */
  readonly before = new Map<PersonField, unknown>();
  readonly identifierKeys = new Set<string>();
  readonly newIdentifiers: Identifier[] = [];
  /** Ties in which this person is the child. */
  readonly parents: Tie[] = [];
  /** Ties in which this person is a parent of whom it is not known which. */
  unsettledChildren: Tie[] = [];
  /** Current families that this person belongs to other than as head. */
  families: Family[] = [];
  /** The family that this person heads. */
  ownFamily: Family | null = null;
  /** Where the values that are held came from, where the rules of the page need it. */
  origins: Map<string, ValueOrigin> | null = null;

  constructor(
    readonly id: string,
    readonly isNew: boolean,
    readonly values: PersonValues,
    /** Whether a source has sent a record of which this person is the subject. */
    public hasOwnRecord: boolean,
    /** Whether the source that is being read is already noted as one that told of this person. */
    readonly hasSource: boolean,
    /** `row_version` before this page; 0 of somebody new. */
    readonly rowVersion: number,
  ) {}

  static unknown(): Person {
    const nothing: PersonValues = {
      givenName: null,
      middleName: null,
      familyName: null,
      sex: null,
      birthDate: null,
      deathDate: null,
      deceased: false,
      deathLocation: null,
      deathPlaceText: null,
      birthLocation: null,
      birthPlaceText: null,
      homeLocation: null,
      homePlaceText: null,
    };
    return new Person(newId(), true, nothing, false, false, 0);
  }

  get isIdentified(): boolean {
    return this.identifierKeys.size > 0;
  }

  get name(): PersonName {
    return { given: this.values.givenName, middle: this.values.middleName, family: this.values.familyName };
  }

  /** Which parent this person is to a child, as far as the sex tells. */
  get parentalType(): ParentalType {
    return parentalTypeOf(this.values.sex);
  }

  /** Adds the identifiers that the person lacks, of whatever type; true when there were any. */
  addIdentifiers({ identifiers, told }: IndividualRecord, ordinal: number): boolean {
    const missing = identifiers.filter((identifier) => !this.identifierKeys.has(typedKey(identifier)));
    for (const identifier of missing) {
      this.identifierKeys.add(typedKey(identifier));
      this.newIdentifiers.push(identifier);
    }
    if (missing.length > 0) this.changed.set('identifiers', { ordinal, told });
    return missing.length > 0;
  }

  /**
   * Takes over what a record says: always what was not known yet, and other values only where `overwrite` allows it and
   * the rules say so. What these leave to a person goes to `ask`, which answers whether somebody decided to take it. What
   * the record does not say never changes anything. True when something changed.
   */
  hear(testimony: Testimony, overwrite: boolean, ask: Hearing['ask']): boolean {
    const { record, birthLocationId, deathLocationId, homeLocationId } = testimony;
    const held = this.values;
    const hearing = { ...testimony, teller: { ordinal: testimony.ordinal, told: record.told }, ask };
    const take = <Field extends PersonField>(
      field: Field,
      said: PersonValues[Field] | undefined,
      mayOverwrite: boolean,
    ): boolean => this.#take(field, said, mayOverwrite, hearing);
    const changes = [
      take('givenName', record.name?.given, overwrite),
      take('middleName', record.name?.middle, overwrite),
      take('familyName', record.name?.family, overwrite),
      // "unknown" is no news about a person whose sex is known.
      take('sex', record.sex, overwrite && record.sex !== 'unknown'),
      take('birthDate', record.birthDate, overwrite && isNews(record.birthDate, held.birthDate)),
      take('deathDate', record.deathDate, overwrite && isNews(record.deathDate, held.deathDate)),
      take('deathLocation', deathLocationId, overwrite),
      take('deathPlaceText', record.deathPlace?.text, overwrite),
      take('birthLocation', birthLocationId, overwrite),
      take('birthPlaceText', record.birthPlace?.text, overwrite),
      take('homeLocation', homeLocationId, overwrite),
      take('homePlaceText', record.homePlace?.text, overwrite),
      this.#takeDeceased(record.deceased, overwrite, hearing),
    ];
    return changes.includes(true);
  }

  /** Who has a date of death is deceased; that somebody has died is no other value than that nobody said so. */
  #takeDeceased(said: boolean | undefined, overwrite: boolean, hearing: Hearing): boolean {
    const { deathDate, deceased } = this.values;
    if (deathDate !== null || (said === true && overwrite)) return !deceased && this.#set('deceased', true, hearing);
    return this.#take('deceased', said, overwrite, hearing);
  }

  #take<Field extends PersonField>(
    field: Field,
    said: PersonValues[Field] | undefined,
    overwrite: boolean,
    hearing: Hearing,
  ): boolean {
    if (said === undefined || said === null) return false;
    const held: PersonValues[Field] = this.values[field];
    if (held === null) return this.#set(field, said, hearing);
    if (!overwrite || isSame(held, said)) return false;
    const { rules, record, ask } = hearing;
    const verdict = rules.decide(field, this.origins?.get(field), { at: momentOf(record) });
    const isTaken = verdict === 'ask' ? ask({ field, held, said }) : verdict === 'take';
    return isTaken && this.#set(field, said, hearing);
  }

  #set<Field extends PersonField>(field: Field, said: PersonValues[Field], { rules, record, teller }: Hearing): true {
    if (!this.before.has(field)) this.before.set(field, this.values[field]);
    this.values[field] = said;
    this.changed.set(field, teller);
    this.origins?.set(field, rules.originOf(momentOf(record)));
    return true;
  }
}

/** A testimony while it is taken. */
interface Hearing extends Testimony {
  readonly teller: Teller;
  readonly ask: (differing: DifferingValue) => boolean;
}

function momentOf({ told }: IndividualRecord): Date | null {
  return typeof told?.saidAt === 'string' ? new Date(told.saidAt) : null;
}

function isSame(held: PersonValues[PersonField], said: PersonValues[PersonField]): boolean {
  if (typeof held === 'object' && typeof said === 'object' && held !== null && said !== null) {
    return held.date === said.date && held.precision === said.precision;
  }
  return held === said;
}

const KNOWN_LENGTH = { year: 4, month: 7, day: 10 } as const;

/** A coarser date that the held one lies in (2021 for 2021-03-04) tells nothing new. */
function isNews(said: PartialDate | undefined, held: PartialDate | null): boolean {
  if (said === undefined || held === null) return true;
  const known = KNOWN_LENGTH[said.precision];
  return known >= KNOWN_LENGTH[held.precision] || said.date.slice(0, known) !== held.date.slice(0, known);
}
