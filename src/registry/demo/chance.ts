/** Chance that is the same on every machine: one seed gives one sequence. Not for secrets. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    // Neighbouring seeds start far apart.
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  }

  /** A whole number from 0 to 2^32 - 1. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor((this.next() / 2 ** 32) * (to - from + 1));
  }

  /** `true` in `percent` of a hundred cases. */
  happens(percent: number): boolean {
    return this.between(1, 1000) <= percent * 10;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.between(0, items.length - 1)] ?? items[0];
  }

  /** A UUID of version 4. */
  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.next().toString(16).padStart(8, '0')).join('');
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

/** Chance whose ids count up from `first`: UUIDs of version 7, which rows made together find together in the indexes. */
export class OrderedChance extends Chance {
  #drawn: number;

  constructor(seed: number, first: number) {
    super(seed);
    this.#drawn = first;
  }

  override uuid(): string {
    const time = (FIRST_TIME + this.#drawn).toString(16).padStart(12, '0');
    this.#drawn += 1;
    return `${time.slice(0, 8)}-${time.slice(8)}-7${super.uuid().slice(15)}`;
  }
}

/** 2020-01-01T00:00:00Z in milliseconds, with which the first id begins. */
const FIRST_TIME = 1_577_836_800_000;
