import { Problem } from '../record/problem.js';

/**
 * The parts of a filter, or of the part of it at `path`, that are given. Throws `BAD_USER_INPUT` for one that is null: a client that forgot a value would
 * otherwise be shown everything.
 */
export function givenParts<Input extends object>(
  input: Input | null | undefined,
  path = 'filter',
): { readonly [Key in keyof Input]?: NonNullable<Input[Key]> } {
  const parts: { [Key in keyof Input]?: NonNullable<Input[Key]> } = {};
  if (!input) return parts;
  for (const key in input) {
    const value = input[key];
    if (value === null) {
      throw new Problem('BAD_USER_INPUT', `${path}.${key} is null: give a value or leave it out`);
    }
    if (value !== undefined) parts[key] = value;
  }
  return parts;
}
