import { isSafeNumber, parse } from 'lossless-json';

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Deeper than any message of the standard. */
const DEEPEST = 32;

/**
 * Whether every reader takes the text for the same value: no key twice with two values, no number that would be
 * rounded, no half of a surrogate pair, no `__proto__`, at most 32 levels. Only such a text can be signed: what else is
 * signed is one reader's opinion of it.
 */
export function isUnambiguousJson(text: string): boolean {
  try {
    parse(text, null, {
      parseNumber: (literal) => {
        if (!isSafeNumber(literal)) throw new RangeError('a number that would be rounded');
        return Number(literal);
      },
    });
    return isPlain(JSON.parse(text), 0);
  } catch {
    return false;
  }
}

function isPlain(value: unknown, level: number): boolean {
  if (typeof value === 'string') return !LONE_SURROGATE.test(value);
  if (typeof value !== 'object' || value === null) return true;
  if (level >= DEEPEST) return false;
  if (Array.isArray(value)) return value.every((one) => isPlain(one, level + 1));
  return Object.entries(value).every(
    ([key, one]) => key !== '__proto__' && isPlain(key, level) && isPlain(one, level + 1),
  );
}
