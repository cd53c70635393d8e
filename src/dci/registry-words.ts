import type { EventWord } from '../record/event-word.js';
import type { RecordKind, RegistryKind } from '../record/registry-kind.js';

/** `reg_type` as the examples of v1.0.0 spell it. */
export const REG_TYPES: Readonly<Record<RegistryKind, string>> = {
  social: 'ns:org:RegistryType:Social',
  crvs: 'ns:org:RegistryType:Civil',
  fr: 'ns:org:RegistryType:FR',
  dr: 'ns:org:RegistryType:DR',
  ibr: 'ns:org:RegistryType:IBR',
};

/** `reg_record_type` as the examples of v1.0.0 spell it; of groups, which they leave out, the name of their class. */
const RECORD_TYPES: Readonly<Record<RegistryKind, string>> = {
  social: 'SRPerson',
  crvs: 'spdci-extensions-dci:Person',
  fr: 'spdci-extensions-dci:Farmer',
  dr: 'spdci-extensions-dci:DisabledPerson',
  ibr: 'Member',
};

/** The `reg_record_type` of a registry's records. */
export function recordTypeWord(registry: RegistryKind, record: RecordKind): string {
  return record === 'group' ? 'Group' : RECORD_TYPES[registry];
}

/**
 * `reg_event_type` of a notification. Most registries publish a closed list: where it has no word for an event there
 * is none here.
 */
const EVENT_TYPES: Readonly<Record<RegistryKind, Readonly<Partial<Record<EventWord, string>>>>> = {
  social: { registered: 'REGISTER', joined: 'NewHouseHoldMember' },
  crvs: {
    registered: 'spdci-common:RegistryEventType:LiveBirth',
    updated: 'spdci-common:RegistryEventType:Update',
    died: 'spdci-common:RegistryEventType:Death',
    married: 'spdci-common:RegistryEventType:Marriage',
  },
  fr: { registered: 'REGISTER' },
  dr: { registered: 'REGISTER' },
  ibr: { registered: 'enrollement', enrolled: 'enrollement', enrolment_status_changed: 'enrollement_status_change' },
};

/** `undefined`: the registry's published list has no word for it. */
export function eventTypeWord(registry: RegistryKind, event: EventWord): string | undefined {
  return EVENT_TYPES[registry][event];
}

/** Every `reg_event_type` that a notification of the registry can carry. */
export function publishedEventTypes(registry: RegistryKind): string[] {
  return [...new Set(Object.values(EVENT_TYPES[registry]))];
}
