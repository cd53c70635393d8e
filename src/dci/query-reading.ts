import type { Attribute, AttributeName } from '../record/attributes.js';
import { type Catalogue, CORE_CATALOGUE } from '../record/catalogue.js';
import { Problem } from '../record/problem.js';
import type { RecordKind, RegistryKind } from '../record/registry-kind.js';
import { lastSegment } from './wire-object.js';

/** Deepest nesting of conditions, so that no query can exhaust the stack. */
const MAX_DEPTH = 16;
const MAX_COMPARISONS = 200;
const MAX_VALUES = 1000;

/** What the words around a query say of it. */
export interface QueryOptions {
  /** Of whom it is asked; default: the social registry. */
  readonly registry?: RegistryKind;
  /** What is asked for; default: people. */
  readonly record?: RecordKind;
  /** What can be asked for; default: what is part of the program. */
  readonly catalogue?: Catalogue;
  /** Whether an attribute that is not held here refuses the query; otherwise nobody matches it. */
  readonly strict?: boolean;
  /** The attribute that `dateOfEvent` means; default: the birth date. */
  readonly eventDate?: Extract<AttributeName, 'birth_date' | 'death_date' | 'marriage_date'>;
}

/** What a query may still use up, and what was found on the way. */
export class QueryReading {
  #comparisons = 0;
  #values = 0;

  /** Attributes and values that nobody here can have. One of them makes the whole query match nobody. */
  readonly unanswerable: string[] = [];
  readonly warnings: string[] = [];

  readonly record: RecordKind;
  readonly strict: boolean;
  readonly #registry: RegistryKind;
  readonly #catalogue: Catalogue;
  readonly #eventDate: string;

  constructor({
    registry = 'social',
    record = 'individual',
    catalogue = CORE_CATALOGUE,
    strict = false,
    eventDate = 'birth_date',
  }: QueryOptions) {
    this.record = record;
    this.strict = strict;
    this.#registry = registry;
    this.#catalogue = catalogue;
    this.#eventDate = eventDate;
  }

  /** The attribute that a name means here, also behind a namespace; `undefined` where it is not held. */
  find(name: string): Attribute | undefined {
    const meant = name.toLowerCase() === 'dateofevent' ? this.#eventDate : name;
    return this.#lookUp(meant) ?? this.#lookUp(lastSegment(meant));
  }

  #lookUp(name: string): Attribute | undefined {
    return this.#catalogue.find(name, this.#registry, this.record);
  }

  enter(depth: number): void {
    if (depth > MAX_DEPTH) throw refusedQuery(`The query is nested deeper than ${MAX_DEPTH} levels`);
  }

  countComparison(): void {
    this.#comparisons += 1;
    if (this.#comparisons > MAX_COMPARISONS) {
      throw refusedQuery(`The query has more than ${MAX_COMPARISONS} comparisons: send several requests`);
    }
  }

  countValues(count: number): void {
    this.#values += count;
    if (this.#values > MAX_VALUES) {
      throw refusedQuery(`The query lists more than ${MAX_VALUES} values: send several requests`);
    }
  }
}

/** The refusal of one item because of its query. */
export function refusedQuery(message: string): Problem<'rjct.search_criteria.invalid'> {
  return new Problem('rjct.search_criteria.invalid', message);
}

/** The refusal of one item because of a value that its attribute cannot have. */
export function refusedValue(message: string): Problem<'rjct.filter.invalid'> {
  return new Problem('rjct.filter.invalid', message);
}
