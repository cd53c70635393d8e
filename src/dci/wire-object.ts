/** A JSON object as it came over the wire: nothing is known of its keys or values. */
export type WireObject = Readonly<Record<string, unknown>>;

/** The value as an object; `null` for anything else, arrays included. */
export function wireObject(value: unknown): WireObject | null {
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The first of the named fields that says something. Peers write `""` or `null` for "nothing" where the standard
 * would leave the field out, and spell some fields in several ways.
 */
export function field(object: WireObject, ...names: readonly string[]): unknown {
  const name = usedName(object, ...names);
  return name === undefined ? undefined : object[name];
}

/** Under which of the names the object says something: the one that `field` reads. */
export function usedName(object: WireObject, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value !== undefined && value !== null && value !== '') return name;
  }
  return undefined;
}

/** The value as a list; a lone value is a list of one, an absent one is empty. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null || value === '' ? [] : [value];
}

/**
 * A text without outer blanks, or a number as text; `null` for anything else, empty text and text with a NUL, which
 * no database column could take.
 */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || value.includes('\u0000')) return null;
  const text = value.trim();
  return text === '' ? null : text;
}

/** As `textOf`, also out of the `{ namespace, refUri, value }` that releases of 2023 wrapped codes in. */
export function codeOf(value: unknown): string | null {
  const object = wireObject(value);
  return textOf(object ? field(object, 'value') : value);
}

/** What stands after the last `:`, `#` or `/` of a code: `Civil` of `ns:org:RegistryType:Civil`. */
export function lastSegment(code: string): string {
  return code.split(/[:#/]/u).at(-1) ?? code;
}

/** A finite number, also written as text; `null` for anything else. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/u.test(value)) return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The caller's own word, short enough to be repeated in a sentence to the caller. */
export function quoted(word: string): string {
  const characters = Array.from(word);
  return `"${characters.length > 40 ? `${characters.slice(0, 40).join('')}...` : word}"`;
}
