import { isDeepStrictEqual } from 'node:util';

/** A row while a batch is written: what is held, with what the records of the batch change of it. */
export class Row<Values extends object> {
  /** Names of the values that the batch changed, and of what hangs on the row: `identifiers`, `marriages`. */
  readonly changed = new Set<string>();
  /** The changed values as they are held. */
  readonly before = new Map<string, unknown>();

  constructor(
    readonly id: string,
    readonly isNew: boolean,
    readonly values: Values,
  ) {}

  /** Takes over a value that was said; `undefined` is not said. True when it differs from what is held. */
  take<Field extends keyof Values & string>(field: Field, said: Values[Field] | undefined): boolean {
    if (said === undefined || isDeepStrictEqual(this.values[field], said)) return false;
    if (!this.before.has(field)) this.before.set(field, this.values[field]);
    this.values[field] = said;
    this.changed.add(field);
    return true;
  }
}
