/**
 * An error that a caller is told: a stable code and a sentence that says what to change. Neither ever holds a secret,
 * personal data or anything of the program's insides; those go into `cause`, which stays with us.
 */
export class Problem<Code extends string = string> extends Error {
  override readonly name = 'Problem';
  /** The field of what was given that is at fault, where it is one. */
  readonly field: string | null;

  constructor(
    /** `UPPER_CASE` in GraphQL, `rjct.*` or `err.*` on the wire of the standard. */
    readonly code: Code,
    message: string,
    options?: ErrorOptions & { readonly field?: string },
  ) {
    super(message, options);
    this.field = options?.field ?? null;
  }
}
