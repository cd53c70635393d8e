/**
 * The properties that the caller gave: what is left out was not said and stays as it is, null blanks it. Each reader is
 * called for a given value that is not null.
 */
export function givenOrNull<Input, Output>(
  value: Input | null | undefined,
  read: (value: Input) => Output,
): Output | null | undefined {
  if (value === undefined) return undefined;
  return value === null ? null : read(value);
}

/** The object without the properties that are undefined: absent is not said, and must not look like a value. */
export function said<Parts extends object>(parts: Parts): { [Key in keyof Parts]?: Exclude<Parts[Key], undefined> } {
  const kept: { [Key in keyof Parts]?: Exclude<Parts[Key], undefined> } = {};
  for (const key in parts) {
    const value = parts[key];
    if (isSaid(value)) kept[key] = value;
  }
  return kept;
}

function isSaid<Value>(value: Value): value is Exclude<Value, undefined> {
  return value !== undefined;
}

/** A list or a flag cannot be blanked by null: null there is as good as left out. */
export function orAbsent<Value>(value: Value | null | undefined): Value | undefined {
  return value ?? undefined;
}
