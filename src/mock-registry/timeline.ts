import { type Dice } from './dice.js';

// As in dice.ts: a global is slow to look at, and these run for every record.
const { floor, min } = Math;

const FIRST_DECLARATION = Date.UTC(2019, 0, 2);
const LAST_DECLARATION = Date.UTC(2025, 11, 30);
/** Of 40 births in a row, the last two are twins: 39 deliveries. */
const ROW = 40;
const DELIVERIES_IN_ROW = ROW - 1;
const GOLDEN = 0.618033988749895;

/** What stands at one position of the register. */
export type Entry =
  | { readonly kind: 'delivery'; readonly delivery: number; readonly twin: 0 | 1 }
  | { readonly kind: 'conflict'; readonly conflict: number };

/**
 * The order of the register, by arithmetic alone. Position 0 was declared last and is served first. Deliveries
 * that follow each other by number (the children of one mother) lie far apart in time, by the golden section, so
 * that siblings are some years apart and on different pages; twins stand side by side. The conflicts stand in the middle:
 * whoever reads in either direction has met both people before.
 */
export class Timeline {
  readonly births: number;
  readonly deliveries: number;
  readonly conflicts: number;
  readonly #dice: Dice;
  readonly #middle: number;
  readonly #stride: number;
  readonly #inverse: number;

  constructor(dice: Dice, births: number) {
    this.#dice = dice;
    this.births = births;
    this.conflicts = births < 40 ? 0 : min(20, Math.max(2, floor(births / 150)));
    const plain = births - this.conflicts;
    this.deliveries = floor(plain / ROW) * DELIVERIES_IN_ROW + min(plain % ROW, DELIVERIES_IN_ROW);
    this.#middle = floor(plain / 2);
    let stride = Math.max(1, Math.round(this.deliveries * GOLDEN));
    while (greatestCommonDivisor(stride, this.deliveries) > 1) stride += 1;
    this.#stride = stride;
    this.#inverse = inverse(stride, this.deliveries);
  }

  entryAt(position: number): Entry {
    const conflict = position - this.#middle;
    if (conflict >= 0 && conflict < this.conflicts) return { kind: 'conflict', conflict };
    const plain = conflict < 0 ? position : position - this.conflicts;
    const inRow = plain % ROW;
    const rank = floor(plain / ROW) * DELIVERIES_IN_ROW + min(inRow, DELIVERIES_IN_ROW - 1);
    return {
      kind: 'delivery',
      delivery: (rank * this.#inverse) % this.deliveries,
      twin: inRow === ROW - 1 ? 1 : 0,
    };
  }

  positionOfConflict(conflict: number): number {
    return this.#middle + conflict;
  }

  /** How many children a delivery brought: two for twins, none for a delivery beyond the register. */
  childrenOf(delivery: number): number {
    return delivery < this.deliveries ? this.#childrenFrom(this.#plainPosition(delivery)) : 0;
  }

  /** Positions of the children of a delivery, side by side. */
  positionsOf(delivery: number): readonly number[] {
    if (delivery >= this.deliveries) return [];
    const plain = this.#plainPosition(delivery);
    const first = this.#pastConflicts(plain);
    return this.#childrenFrom(plain) === 2 ? [first, this.#pastConflicts(plain + 1)] : [first];
  }

  /** Position among the births without the conflicts. */
  #plainPosition(delivery: number): number {
    const rank = (delivery * this.#stride) % this.deliveries;
    return floor(rank / DELIVERIES_IN_ROW) * ROW + (rank % DELIVERIES_IN_ROW);
  }

  #childrenFrom(plain: number): number {
    return plain % ROW === ROW - 2 && plain + 1 < this.births - this.conflicts ? 2 : 1;
  }

  #pastConflicts(plain: number): number {
    return plain < this.#middle ? plain : plain + this.conflicts;
  }

  /** When the birth was declared, in milliseconds; falls strictly from each position to the next. */
  declaredAt(position: number): number {
    const step = (LAST_DECLARATION - FIRST_DECLARATION) / Math.max(1, this.births);
    const within = (this.#dice(position, 21) % 1000) / 1001;
    return floor(LAST_DECLARATION - (position + within) * step);
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The number that undoes a multiplication by `factor` modulo `modulus`. */
export function inverse(factor: number, modulus: number): number {
  let [remainder, next] = [modulus, factor % Math.max(1, modulus)];
  let [coefficient, nextCoefficient] = [0, 1];
  while (next !== 0) {
    const quotient = floor(remainder / next);
    [remainder, next] = [next, remainder - quotient * next];
    [coefficient, nextCoefficient] = [nextCoefficient, coefficient - quotient * nextCoefficient];
  }
  return coefficient < 0 ? coefficient + modulus : coefficient;
}
