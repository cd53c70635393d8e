import type { SubscribeItem } from '../../dci/messages/subscribe.js';
import type { Access } from '../../record/access.js';
import type { EventWord } from '../../record/event-word.js';
import type { FieldName } from '../../record/fields.js';
import type { Filter } from '../../record/filter.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import type { Sort } from '../../record/sort.js';
import { checkFilter } from '../../record/withheld.js';

/** What a word tells of the record by being said; who is not shown any of these fields is not told the word. */
const TOLD_BY_WORD: Readonly<Partial<Record<EventWord, readonly FieldName[]>>> = {
  died: [
    { of: 'individual', name: 'deceased', sensitivity: 'personal' },
    { of: 'individual', name: 'death_date', sensitivity: 'personal' },
  ],
  married: [
    { of: 'individual', name: 'marriages', sensitivity: 'personal' },
    { of: 'individual', name: 'marital_status', sensitivity: 'personal' },
  ],
  joined: [
    { of: 'individual', name: 'memberships', sensitivity: 'personal' },
    { of: 'group', name: 'members', sensitivity: 'personal' },
  ],
  enrolment_status_changed: [{ of: 'enrolment', name: 'enrolment_status', sensitivity: 'personal' }],
};

const NO_SORT: readonly Sort[] = [];

/** Whether a client that may see this may be told that. */
export function mayHear(word: EventWord, { fields }: Pick<Access, 'fields'>): boolean {
  const told = TOLD_BY_WORD[word];
  return fields.isAll || told === undefined || told.some((field) => fields.has(field));
}

/** Why a client that may see this hears nothing of such records by such a filter; `null` where it does. */
export function unheard(
  {
    registry,
    record,
    filter,
  }: { readonly registry: RegistryKind; readonly record: RecordKind; readonly filter: Filter },
  access: Access,
): string | null {
  const { registries } = access;
  if (registries !== null && !registries.includes(registry)) return `This client may not ask the registry ${registry}`;
  try {
    checkFilter(filter, NO_SORT, record, access);
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

export const EVENTS_WITHHELD =
  'This client may not be told what such events tell of a person: ask for others, or have it granted';

/** The wish, or why a client that may see this cannot have it. */
export function judgeWish(item: SubscribeItem, access: Access): SubscribeItem {
  if (!item.ok) return item;
  const { referenceId, events } = item;
  const reason = unheard(item, access);
  if (reason !== null) return { ok: false, referenceId, code: 'rjct.notify_details.invalid', message: reason };
  if (events.some((word) => mayHear(word, access))) return item;
  return { ok: false, referenceId, code: 'rjct.notify_types.invalid', message: EVENTS_WITHHELD };
}
