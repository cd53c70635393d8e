import { type BirthRecord } from './birth-record.js';

/** The three doors of the register at which something can go wrong. */
export type Door = 'token' | 'search' | 'locations';

interface Limits {
  /** Where; `search` unless said otherwise. */
  readonly at?: Door;
  /** So many requests at that door pass unharmed first. */
  readonly after?: number;
  /** Then so many fail, and after them all is well again; without it there is no end. */
  readonly times?: number;
  /** Of those only each n-th fails. */
  readonly each?: number;
}

/** What goes wrong with an answer as a whole. */
export type AnswerFault = Limits &
  (
    | { readonly kind: 'hang' }
    | { readonly kind: 'slow'; readonly milliseconds: number }
    | { readonly kind: 'reset' }
    | { readonly kind: 'half-body' }
    | { readonly kind: 'html'; readonly status?: number }
    | { readonly kind: 'not-json' }
    | { readonly kind: 'too-many-requests'; readonly retryAfterSeconds?: number }
    | { readonly kind: 'server-error'; readonly status?: number }
    | { readonly kind: 'token-expired' }
  );

/** What goes wrong inside a search answer that is otherwise sound. */
export type SearchFault = Omit<Limits, 'at'> &
  (
    | { readonly kind: 'wrong-total'; readonly by: number }
    /** The total grows by one with every answer, as it does while births are being registered. */
    | { readonly kind: 'changing-total' }
    | { readonly kind: 'no-pagination' }
  );

/** What goes wrong inside records; every record, or each n-th of an answer. */
export interface RecordFault extends Omit<Limits, 'at'> {
  readonly kind: (typeof RECORD_FAULTS)[number];
  readonly every?: number;
}
const RECORD_FAULTS = ['sex-null', 'birth-place-text', 'impossible-date', 'year-only-date'] as const;

/** What is wrong with the list of places. */
export interface LocationsFault extends Omit<Limits, 'at'> {
  readonly kind: 'locations-broken';
  readonly how: 'cycle' | 'missing-parent' | 'listed-twice' | 'no-list' | 'no-identifier';
}

export type Fault = AnswerFault | SearchFault | RecordFault | LocationsFault;

interface Armed {
  readonly fault: Fault;
  readonly door: Door;
  seen: number;
}

/** The faults in force, each with its own count of the requests it has seen. */
export class Faults {
  #armed: Armed[] = [];

  /** Replaces all faults and starts their counts anew. */
  set(faults: readonly Fault[]): void {
    this.#armed = faults.map((fault) => ({ fault, door: doorOf(fault), seen: 0 }));
  }

  /** The faults that strike this request. To be asked once per request: it counts. */
  striking(door: Door): Fault[] {
    const striking: Fault[] = [];
    for (const armed of this.#armed) {
      if (armed.door !== door) continue;
      const { after = 0, times = Number.POSITIVE_INFINITY, each = 1 } = armed.fault;
      const number = armed.seen - after;
      if (number >= 0 && number < times * each && (number + 1) % each === 0) striking.push(armed.fault);
      armed.seen += 1;
    }
    return striking;
  }
}

function doorOf(fault: Fault): Door {
  if (fault.kind === 'locations-broken') return 'locations';
  return 'at' in fault ? (fault.at ?? 'search') : 'search';
}

/** The total that is claimed under the given faults. `answered` counts the answers given so far. */
export function claimedTotal(total: number, answered: number, faults: readonly Fault[]): number {
  return faults.reduce((claimed, fault) => {
    if (fault.kind === 'wrong-total') return claimed + fault.by;
    return fault.kind === 'changing-total' ? claimed + answered : claimed;
  }, total);
}

/** The record as it is served under the given faults. */
export function spoilRecord(record: BirthRecord, number: number, faults: readonly Fault[]): object {
  return faults
    .filter(isRecordFault)
    .filter(({ every = 1 }) => number % every === 0)
    .reduce<object>((spoilt, { kind }) => ({ ...spoilt, ...spoiltField(record, kind) }), record);
}

/** The same for a record of any shape. */
export function spoilAnyRecord(record: object, number: number, faults: readonly Fault[]): object {
  const spoilt = faults.filter(isRecordFault).filter(({ every = 1 }) => number % every === 0);
  if (spoilt.length === 0) return record;
  const kinds = new Set(spoilt.map(({ kind }) => kind));
  return Object.fromEntries(
    Object.entries(record).map(([name, value]: [string, unknown]): [string, unknown] => {
      if (SEXES.has(name) && kinds.has('sex-null')) return [name, null];
      if (BIRTH_PLACES.has(name) && kinds.has('birth-place-text')) return [name, 'Maternity ward'];
      if (!BIRTH_DATES.has(name) || typeof value !== 'string') return [name, value];
      if (kinds.has('impossible-date')) return [name, `${value.slice(0, 4)}-02-30`];
      return [name, kinds.has('year-only-date') ? value.slice(0, 4) : value];
    }),
  );
}

const SEXES: ReadonlySet<string> = new Set(['sex', 'gender']);
const BIRTH_PLACES: ReadonlySet<string> = new Set(['birthPlace', 'birth_place']);
const BIRTH_DATES: ReadonlySet<string> = new Set(['birthDate', 'birth_date']);

function isRecordFault(fault: Fault): fault is RecordFault {
  return RECORD_FAULTS.some((kind) => kind === fault.kind);
}

function spoiltField({ birthDate }: BirthRecord, kind: RecordFault['kind']): object {
  switch (kind) {
    case 'sex-null':
      return { sex: null };
    case 'birth-place-text':
      return { birthPlace: 'Maternity ward' };
    case 'impossible-date':
      return { birthDate: `${birthDate.slice(0, 4)}-02-30` };
    case 'year-only-date':
      return { birthDate: birthDate.slice(0, 4) };
  }
}
