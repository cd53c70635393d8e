import canonicalize from 'canonicalize';

/** The value as RFC 8785 (JCS) writes it. Throws where JSON has no one way to write it: NaN, half a surrogate pair. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('There is no JSON for this value');
  return text;
}

const BEYOND_ASCII = /[\u007f-\uffff]/gu;
const ASTRAL = /[\u{10000}-\u{10ffff}]/gu;

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

/** The same with everything beyond ASCII escaped, as Python's `json.dumps` writes it unless told otherwise. */
export function asciiCanonicalJson(value: unknown): string {
  return canonicalJson(value)
    .replace(ASTRAL, (pair) => escaped(pair.charCodeAt(0)) + escaped(pair.charCodeAt(1)))
    .replace(BEYOND_ASCII, (character) => escaped(character.charCodeAt(0)));
}
