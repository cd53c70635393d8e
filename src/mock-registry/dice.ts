// Taken from the global once: inside the sandbox of a test runner each look at a global is slow, and these run for every number drawn.
const { imul } = Math;

/** A number in [0, 2^32) that depends on nothing but the seed and the keys: the register is drawn with it, not stored. */
export type Dice = (subject: number, question: number) => number;

/** The fixed source of chance of one register; the same seed always answers the same. */
export function createDice(seed: number): Dice {
  const start = mix(seed ^ 0x5bd1e995);
  return (subject, question) => mix(mix(start ^ subject) ^ imul(question + 1, 0x9e3779b1));
}

function mix(value: number): number {
  let bits = value | 0;
  bits = imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** One entry of a list, chosen by a number of the dice. */
export function pick<T>(list: readonly T[], number: number): T {
  const chosen = list[number % list.length];
  if (chosen === undefined) throw new RangeError('Nothing to pick from an empty list');
  return chosen;
}

/** Text in the form of a random UUID (version 4), made from four numbers of the dice. */
export function uuid(a: number, b: number, c: number, d: number): string {
  const hex = [a, b, c, d].map((number) => (number >>> 0).toString(16).padStart(8, '0')).join('');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
