import type { Attribute, AttributeName } from './attributes.js';
import { CORE_ATTRIBUTES } from './core-attributes.js';
import type { RecordKind, RegistryKind } from './registry-kind.js';

/** Whose attributes a kind of record can be asked for by, its own first. */
const REACHED: Readonly<Record<RecordKind, readonly RecordKind[]>> = {
  individual: ['individual', 'group', 'disability'],
  group: ['group', 'individual'],
  farmer: ['farmer', 'individual'],
  disability: ['disability', 'individual'],
  enrolment: ['enrolment', 'individual', 'group'],
};

/** Two spellings with one key are the same name. */
export function spellingKey(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/gu, '');
}

/** The attributes that can be asked for, by every spelling. */
export class Catalogue {
  readonly #attributes: readonly Attribute[];
  /** By the key of the spelling and the kind of record; the first of a registry wins. */
  readonly #bySpelling = new Map<string, Attribute[]>();

  /** Where two share a spelling, the one that comes first is meant. */
  constructor(attributes: readonly Attribute[]) {
    this.#attributes = attributes;
    for (const attribute of attributes) {
      for (const spelling of new Set([attribute.name, ...attribute.aliases].map(spellingKey))) {
        const place = `${attribute.of} ${spelling}`;
        const known = this.#bySpelling.get(place);
        if (known) known.push(attribute);
        else this.#bySpelling.set(place, [attribute]);
      }
    }
  }

  /**
   * The attribute that a wire name means in a query for records of that kind at that registry, whatever its spelling:
   * one of the record itself, else of a person or a group that it stands with.
   */
  find(spelling: string, registry: RegistryKind, record: RecordKind): Attribute | undefined {
    for (const of of REACHED[record]) {
      const found = this.#bySpelling
        .get(`${of} ${spellingKey(spelling)}`)
        ?.find(({ registries }) => registries.includes(registry));
      if (found) return found;
    }
    return undefined;
  }

  /** All of them, the core first. */
  all(): readonly Attribute[] {
    return this.#attributes;
  }
}

/** The catalogue of a country that added nothing. */
export const CORE_CATALOGUE = new Catalogue(CORE_ATTRIBUTES);

/** The column of a person that a name means, whatever its spelling; `undefined` where there is none. */
export function findAttribute(name: string): { readonly name: AttributeName } | undefined {
  const storage = CORE_CATALOGUE.find(name, 'crvs', 'individual')?.storage;
  return storage?.kind === 'column' ? { name: storage.name } : undefined;
}
