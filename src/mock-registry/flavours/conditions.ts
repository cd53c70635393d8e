import { type Entry } from './flavour.js';

/** Whether an entry fits. */
export type Fit = (entry: Entry) => boolean;

/** Fits everybody. */
export const everybody: Fit = () => true;

/** Fits whatever all of them fit. */
export function all(fits: readonly Fit[]): Fit {
  return (entry) => fits.every((fit) => fit(entry));
}

/** A number of a type, or of any where it is null. */
export function hasNumber(type: string | null, value: string): Fit {
  return ({ numbers }) => numbers.some((one) => (type === null || one.type === type) && one.value === value);
}

const COMPARISONS: Readonly<Record<string, (fact: string, value: string) => boolean>> = {
  eq: (fact, value) => fact === value,
  ne: (fact, value) => fact !== value,
  gt: (fact, value) => fact > value,
  ge: (fact, value) => fact >= value,
  lt: (fact, value) => fact < value,
  le: (fact, value) => fact <= value,
  in: (fact, value) => value.split(',').includes(fact),
};

/** A comparison by one of eq, ne, gt, ge, lt, le, in; what is not known fits none but `ne`. `null`: no such operator. */
export function compares(name: string, operator: string, value: string): Fit | null {
  const comparison = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
  if (comparison === undefined) return null;
  return ({ facts }) => {
    const fact = facts[name] ?? '';
    return fact === '' ? operator === 'ne' && value !== '' : comparison(fact, value);
  };
}
