import type { RegistryKind } from '../record/registry-kind.js';
import { refusedQuery } from './query-reading.js';
import { lastSegment, quoted } from './wire-object.js';

/** What an item asks of: a kind of registry and, where the caller narrowed it, an event in a civil register. */
export interface AskedRegistry {
  readonly kind: RegistryKind;
  readonly event: 'birth' | 'death' | 'marriage' | null;
}

/** Last segments of the `reg_type`s met, without case, `_` and `-`. */
const REGISTRIES: ReadonlyMap<string, AskedRegistry> = new Map<string, AskedRegistry>([
  ...['social', 'socialregistry', 'sr', 'individual', 'person', 'srperson', 'unknown'].map(
    (word): [string, AskedRegistry] => [word, { kind: 'social', event: null }],
  ),
  ...['civil', 'civilregistry', 'crvs'].map((word): [string, AskedRegistry] => [word, { kind: 'crvs', event: null }]),
  ['birth', { kind: 'crvs', event: 'birth' }],
  ['death', { kind: 'crvs', event: 'death' }],
  ['marriage', { kind: 'crvs', event: 'marriage' }],
  ...['fr', 'farmer', 'farmerregistry'].map((word): [string, AskedRegistry] => [word, { kind: 'fr', event: null }]),
  ...['dr', 'disability', 'disabled'].map((word): [string, AskedRegistry] => [word, { kind: 'dr', event: null }]),
  ...['ibr', 'beneficiary'].map((word): [string, AskedRegistry] => [word, { kind: 'ibr', event: null }]),
]);

const EVENTS: ReadonlyMap<string, 'birth' | 'death' | 'marriage'> = new Map([
  ['livebirth', 'birth'],
  ['birth', 'birth'],
  ['1', 'birth'],
  ['death', 'death'],
  ['2', 'death'],
  ['marriage', 'marriage'],
  ['divorce', 'marriage'],
  ['4', 'marriage'],
]);

const GROUP_WORDS: ReadonlySet<string> = new Set(['group', 'household', 'family']);

function key(word: string): string {
  return lastSegment(word)
    .toLowerCase()
    .replace(/[\s_-]/gu, '');
}

/**
 * Which registry an item asks, from `reg_type`, `reg_event_type` and `reg_record_type`; an absent `reg_type` means the
 * social registry. Throws `rjct.search_criteria.invalid` for what is not answered here, naming it.
 */
export function readAskedRegistry(
  regType: string | null,
  regEventType: string | null,
  regRecordType: string | null,
): AskedRegistry {
  // A group answered as if it were a person would be a lie: groups are refused until they have records of their own.
  for (const word of [regType, regRecordType]) {
    if (word !== null && GROUP_WORDS.has(key(word))) {
      throw refusedQuery(`${quoted(word)} asks for groups, which are not answered here: ask for persons`);
    }
  }
  const asked = REGISTRIES.get(regType === null ? 'social' : key(regType));
  if (asked === undefined) throw refusedQuery(`reg_type ${quoted(regType ?? '')} is not a registry that is known here`);
  if (asked.kind !== 'social' && asked.kind !== 'crvs') {
    throw refusedQuery(`reg_type ${quoted(regType ?? '')} is a registry that is not held here`);
  }
  const event = asked.event ?? (regEventType === null ? null : (EVENTS.get(key(regEventType)) ?? null));
  if (event === 'marriage') throw refusedQuery('Marriages and divorces are not held here');
  return { kind: asked.kind, event };
}
