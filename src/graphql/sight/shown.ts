import { type AttributeReference, nameOfReference } from '../../record/attributes.js';
import { RECORD_KINDS, type RecordKind } from '../../record/registry-kind.js';
import { fieldOfAttribute } from '../../record/withheld.js';
import type { Shown as ShownRecords } from '../../security/audit/ledger.js';

/** Of whom the answer to one request tells. Every node of a record adds to it when it is made: none can be forgotten. */
export class Shown {
  readonly #people = new Map<RecordKind, Set<string>>(RECORD_KINDS.map((kind) => [kind, new Set()]));
  readonly #groups = new Set<string>();
  readonly #attributes = new Set<string>();

  /** A record of that kind about the individual. */
  add(kind: RecordKind, individualId: string): void {
    this.#people.get(kind)?.add(individualId);
  }

  /** A group as such: it tells of all its members. */
  addGroup(groupId: string): void {
    this.#groups.add(groupId);
  }

  /** What a list was sorted by, which its cursors hold. */
  addSortedBy(kind: RecordKind, attribute: AttributeReference): void {
    const name = nameOfReference(attribute);
    // The class of a country's attribute plays no part in its name.
    this.addAttribute(kind, fieldOfAttribute({ of: kind, name, sensitivity: 'personal' }).name);
  }

  /** Values of `attributes` of a record, which no field of the graph names. */
  addAttribute(kind: RecordKind, name: string): void {
    this.#attributes.add(`${kind}.${name}`);
  }

  /** Ids of the groups whose members are told of, whether or not they are shown. */
  get groupIds(): readonly string[] {
    return [...this.#groups];
  }

  /** What the ledger is told: `told` is what the operation asked for of each kind, `members` who belongs to `groupIds`. */
  records(told: ReadonlyMap<RecordKind, readonly string[]>, members: readonly string[]): ShownRecords[] {
    return RECORD_KINDS.flatMap((record): ShownRecords[] => {
      const individualIds = [...(this.#people.get(record) ?? []), ...(record === 'group' ? members : [])];
      if (individualIds.length === 0) return [];
      const attributes = [...this.#attributes].filter((key) => key.startsWith(`${record}.`));
      return [{ record, individualIds, fields: [...new Set([...(told.get(record) ?? []), ...attributes])] }];
    });
  }
}
