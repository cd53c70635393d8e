import type { RecordIssue, RecordIssueCode, RecordPlace } from '../../record/individual-record.js';
import type { RecordForm } from '../dialects/dialect.js';
import { field, usedName, wireObject, type WireObject } from '../wire-object.js';

/** Where a record stands in the answer that it came in, and the moment that it speaks of. */
export type RecordStand = Pick<RecordPlace, 'at' | 'saidAt'>;

/** An object of the record, and its JSON pointer behind that of the record. */
export interface Layer {
  readonly object: WireObject;
  readonly at: string;
}

/** What reading one record needs to know and what it found wrong on the way. */
export class RecordReading {
  readonly issues: RecordIssue[] = [];
  readonly absentWords: readonly string[];
  readonly addressGaps: readonly string[];
  private prefix = '';
  /** Where the objects that were met stand, where it is to be told from where values were read. */
  private readonly layers = new Map<object, readonly Layer[]>();
  private traced: Record<string, string> = {};

  constructor(
    form: RecordForm,
    /** `YYYY-MM-DD`. */
    readonly today: string,
    /** `null`: nobody wants to know where values were read from. */
    private readonly stand: RecordStand | null = null,
  ) {
    this.absentWords = form.absentWords;
    this.addressGaps = form.addressGaps;
  }

  note(field: string, code: RecordIssueCode, message: string): void {
    this.issues.push({ field: this.prefix + field, code, message });
  }

  /** Issues noted meanwhile are those of a relative: `mother.name`. */
  within<T>(relative: string, read: () => T): T {
    const outer = this.prefix;
    this.prefix = `${outer}${relative}.`;
    try {
      return read();
    } finally {
      this.prefix = outer;
    }
  }

  /** That an object was put together from these, of which the first that has a name counts. */
  stands(object: WireObject, layers: readonly Layer[]): void {
    if (this.stand !== null) this.layers.set(object, layers);
  }

  /** That there are objects under one of these names of another: whichever name it uses, each item of a list. */
  enter(holder: WireObject, ...names: readonly string[]): void {
    if (this.stand === null) return;
    const at = this.pointerOf(holder, names);
    if (at === null) return;
    const value = field(holder, ...names);
    const items = Array.isArray(value) ? value.map((item: unknown, index) => [item, `${at}/${index}`] as const) : [];
    for (const [item, itemAt] of [[value, at] as const, ...items]) {
      const object = wireObject(item);
      if (object !== null) this.stands(object, [{ object, at: itemAt }]);
    }
  }

  /** That a value was read from whichever of these names the object uses. The first to say so is believed. */
  trace(value: string, holder: WireObject, ...names: readonly string[]): void {
    if (this.stand === null) return;
    const at = this.pointerOf(holder, names);
    if (at !== null) this.traced[value] ??= at;
  }

  /** What was traced since the last call: of one person. */
  takeTraced(): RecordPlace | null {
    const { stand, traced } = this;
    this.traced = {};
    return stand && { ...stand, pointers: traced };
  }

  private pointerOf(holder: WireObject, names: readonly string[]): string | null {
    const name = usedName(holder, ...names);
    const layer = name && this.layers.get(holder)?.find(({ object }) => Object.hasOwn(object, name));
    return layer ? `${layer.at}/${name}` : null;
  }
}
