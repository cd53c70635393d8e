import type { Queryable } from '../database/pool.js';
import { type Identifier, identifierKey } from '../record/individual.js';

/** Of whom it is asked whether they were erased. */
export interface AskedWhetherErased {
  readonly ids?: Iterable<string>;
  readonly identifiers: Iterable<Identifier>;
  /** Children of whom it is asked whether a parent of theirs was. */
  readonly childIds?: Iterable<string>;
}

/** Which parent of a child was erased; `parent`: it was not known which. */
export type ErasedPlace = 'mother' | 'father' | 'parent';
const PLACES: readonly ErasedPlace[] = ['mother', 'father', 'parent'];

/** Somebody who is erased, and by what they could come back. */
export interface ErasedPerson {
  readonly individualId: string;
  readonly identifiers: readonly Identifier[];
  /** Whose parent the person was. A child's record may tell of a parent without any identifier. */
  readonly children: readonly { readonly id: string; readonly place: ErasedPlace }[];
}

/** A registry that erased nobody does not pay for hashes. */
const ANYBODY = {
  name: 'erased-anybody',
  text: `select exists (select from erasures where lifted_at is null) as "isSomebody"`,
};

const SELECT_MARKED = {
  name: 'erased-marked',
  text: `
    select m.mark
    from erasures e, unnest(e.marks) as m (mark)
    where e.marks && $1::bytea[] and e.lifted_at is null and m.mark = any ($1::bytea[])
    union
    select m.mark
    from erasures e, unnest(e.child_marks) as m (mark)
    where e.child_marks && $2::bytea[] and e.lifted_at is null and m.mark = any ($2::bytea[])`,
};

/** Those of the asked who were erased. */
export class Erased {
  readonly #hash: (text: string) => string;
  readonly #marks: ReadonlySet<string>;

  constructor(hash: (text: string) => string, marks: ReadonlySet<string>) {
    this.#hash = hash;
    this.#marks = marks;
  }

  /** By the id or any of the identifiers. */
  hasPerson({ id, identifiers = [] }: { readonly id?: string; readonly identifiers?: readonly Identifier[] }): boolean {
    if (this.#marks.size === 0) return false;
    return [...(id === undefined ? [] : [personText(id)]), ...identifiers.map(identifierText)].some((text) =>
      this.#marks.has(this.#hash(text)),
    );
  }

  /** Whether the child had such a parent, who was erased; `parent` asks for any of the two. */
  hasParent(childId: string, place: ErasedPlace): boolean {
    if (this.#marks.size === 0) return false;
    const places = place === 'parent' ? PLACES : [place, 'parent' as const];
    return places.some((one) => this.#marks.has(this.#hash(parentText(childId, one))));
  }
}

/**
 * Who was erased, as far as that is kept: hashes under the pepper. Whoever writes people asks here, within the
 * transaction in which it writes and after it locked their identifiers, so that nobody comes back unasked.
 */
export class ErasedPeople {
  readonly #hash: (text: string) => Buffer;

  /** `hash` is the keyed hash of this deployment: 32 bytes, the same for the same text. */
  constructor(hash: (text: string) => Buffer) {
    this.#hash = hash;
  }

  /** What is kept of an erased person: of the id and each identifier, and of the place at each child. */
  marksOf({ individualId, identifiers, children }: ErasedPerson): { marks: Buffer[]; childMarks: Buffer[] } {
    return {
      marks: [this.#hash(personText(individualId)), ...this.identifierMarks(identifiers)],
      childMarks: children.map(({ id, place }) => this.#hash(parentText(id, place))),
    };
  }

  identifierMarks(identifiers: readonly Identifier[]): Buffer[] {
    return identifiers.map((identifier) => this.#hash(identifierText(identifier)));
  }

  /** Two statements, whoever is asked for; one where nobody was erased. */
  async among(db: Queryable, { ids = [], identifiers, childIds = [] }: AskedWhetherErased): Promise<Erased> {
    const anybody = await db.query<{ isSomebody: boolean }>(ANYBODY);
    const known = new Map<string, string>();
    const hash = (text: string): string => {
      const mark = known.get(text) ?? this.#hash(text).toString('hex');
      known.set(text, mark);
      return mark;
    };
    if (anybody.rows[0]?.isSomebody !== true) return new Erased(hash, new Set());
    const marks = (texts: string[]): Buffer[] => [...new Set(texts)].map((text) => Buffer.from(hash(text), 'hex'));
    const { rows } = await db.query<{ mark: Buffer }>({
      ...SELECT_MARKED,
      values: [
        marks([...[...ids].map(personText), ...[...identifiers].map(identifierText)]),
        marks([...childIds].flatMap((id) => PLACES.map((place) => parentText(id, place)))),
      ],
    });
    return new Erased(hash, new Set(rows.map(({ mark }) => mark.toString('hex'))));
  }
}

function personText(id: string): string {
  return JSON.stringify(['erased', 'individual', id.toLowerCase()]);
}

function identifierText({ type, value }: Identifier): string {
  return JSON.stringify(['erased', type, identifierKey(value)]);
}

function parentText(childId: string, place: ErasedPlace): string {
  return JSON.stringify(['erased', 'parent', childId, place]);
}
