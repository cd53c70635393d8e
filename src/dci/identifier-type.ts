import { lastSegment } from './wire-object.js';

/** Types of identifier that registries of this field share, and the longer names that some give them. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ...['UIN', 'BRN', 'DRN', 'MRN', 'NID', 'NIN'].map((type) => [type, type] as const),
  ['BIRTH_REG_NO', 'BRN'],
  ['DEATH_REG_NO', 'DRN'],
  ['MARRIAGE_REG_NO', 'MRN'],
]);

const MAX_LENGTH = 100;

/** The shared type that a word means, in any case and behind any namespace; `null` where it is none of them. */
function sharedIdentifierType(word: string): string | null {
  return TYPES.get(lastSegment(word).toUpperCase()) ?? null;
}

/** A type as the registry keeps it: the shared word where there is one, else as written without its namespace. */
export function readIdentifierType(written: string): string | null {
  const type = sharedIdentifierType(written) ?? lastSegment(written).trim();
  return type === '' || type.length > MAX_LENGTH ? null : type;
}
