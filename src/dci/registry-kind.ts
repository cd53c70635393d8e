import type { VitalEvent } from '../record/vital-event.js';
import type { RecordKind, RegistryKind } from '../record/registry-kind.js';
import { refusedQuery } from './query-reading.js';
import type { ReadingContext } from './reading-context.js';
import { lastSegment, quoted } from './wire-object.js';

/** What is asked: a kind of registry, its records and, where the caller narrowed it, an event in a civil register. */
export interface AskedRegistry extends NamedRegistry {
  readonly record: RecordKind;
}

interface NamedRegistry {
  readonly kind: RegistryKind;
  readonly event: VitalEvent | null;
}

/** Last segments of the `reg_type`s met, without case, `_` and `-`. */
const REGISTRIES: ReadonlyMap<string, NamedRegistry> = new Map<string, NamedRegistry>([
  ...['social', 'socialregistry', 'sr', 'member', 'individual', 'person', 'srperson', 'unknown'].map(
    (word): [string, NamedRegistry] => [word, { kind: 'social', event: null }],
  ),
  ...['civil', 'civilregistry', 'crvs'].map((word): [string, NamedRegistry] => [word, { kind: 'crvs', event: null }]),
  ['birth', { kind: 'crvs', event: 'birth' }],
  ['death', { kind: 'crvs', event: 'death' }],
  ['marriage', { kind: 'crvs', event: 'marriage' }],
  ...['fr', 'farmer', 'farmerregistry'].map((word): [string, NamedRegistry] => [word, { kind: 'fr', event: null }]),
  ...['dr', 'disability', 'disabled'].map((word): [string, NamedRegistry] => [word, { kind: 'dr', event: null }]),
  ...['ibr', 'beneficiary'].map((word): [string, NamedRegistry] => [word, { kind: 'ibr', event: null }]),
]);

const EVENTS: ReadonlyMap<string, VitalEvent> = new Map([
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
const PERSON_WORDS: ReadonlySet<string> = new Set(['member', 'person', 'individual', 'srperson', 'crvsperson']);

/** A code's last segment without case, blanks, `_` and `-`: `NewHouseHoldMember` and `new_household_member` are one. */
export function codeKey(word: string): string {
  return lastSegment(word)
    .toLowerCase()
    .replace(/[\s_-]/gu, '');
}

/** The words of a message by which it says what it asks of; `null` where absent. */
export interface AskedWords {
  readonly regType: string | null;
  readonly regEventType?: string | null;
  readonly regRecordType: string | null;
  /** `response_entity`. */
  readonly entity?: string | null;
  /** `collection` of an expression. */
  readonly collection?: string | null;
}

/**
 * Which registry is asked, and for which records of it: that of the address, else of `reg_type`, else of `receiver_id`
 * (`crvs.example.org`), else the social registry. Throws a `Problem` (`rjct.search_criteria.invalid`) for what is not
 * answered here, naming it.
 */
export function readAskedRegistry(
  words: AskedWords,
  context: Pick<ReadingContext, 'registry' | 'receiverId' | 'servedRegistries' | 'allowedRegistries'>,
): AskedRegistry {
  const { regType } = words;
  const isGroupType = regType !== null && GROUP_WORDS.has(codeKey(regType));
  const said = regType === null ? undefined : isGroupType ? SOCIAL : REGISTRIES.get(codeKey(regType));
  if (regType !== null && said === undefined && context.registry === null) {
    throw refusedQuery(`reg_type ${quoted(regType)} is not a registry that is known here`);
  }
  const kind = context.registry ?? said?.kind ?? ofReceiver(context.receiverId) ?? 'social';
  if (!context.servedRegistries.includes(kind)) {
    throw refusedQuery(
      regType === null
        ? `The registry ${kind} is not held here`
        : `reg_type ${quoted(regType)} is a registry that is not held here`,
    );
  }
  const { allowedRegistries: allowed = null } = context;
  if (allowed !== null && !allowed.includes(kind)) {
    throw refusedQuery(`This client may not ask the registry ${kind}: name one that it may, or have it granted`);
  }
  return { kind, record: readRecordKind(kind, isGroupType, words), event: readVitalEvent(kind, said, words) };
}

const SOCIAL: NamedRegistry = { kind: 'social', event: null };

/** The registry that the first part of a host name names: `crvs.example.org`. */
function ofReceiver(receiverId: string | null): RegistryKind | null {
  const [label] = (receiverId ?? '').replace(/^https?:\/\//iu, '').split(/[.:/]/u);
  return label === undefined ? null : (REGISTRIES.get(codeKey(label))?.kind ?? null);
}

function readRecordKind(kind: RegistryKind, isGroupType: boolean, words: AskedWords): RecordKind {
  switch (kind) {
    case 'fr':
      return 'farmer';
    case 'dr':
      return 'disability';
    case 'ibr':
      return 'enrolment';
    case 'social':
    case 'crvs': {
      // A word for neither, such as the type of another registry's records, says nothing here.
      const asked = [words.collection, words.entity, words.regRecordType]
        .flatMap((word) => (isGiven(word) ? [codeKey(word)] : []))
        .find((word) => GROUP_WORDS.has(word) || PERSON_WORDS.has(word));
      const isGroup = asked === undefined ? isGroupType : GROUP_WORDS.has(asked);
      if (isGroup && kind === 'crvs') throw refusedQuery('A civil register holds no groups: ask for persons');
      return isGroup ? 'group' : 'individual';
    }
  }
}

function isGiven(word: string | null | undefined): word is string {
  return word !== null && word !== undefined;
}

function readVitalEvent(kind: RegistryKind, said: NamedRegistry | undefined, words: AskedWords): VitalEvent | null {
  if (kind !== 'crvs') return null;
  const word = words.regEventType ?? null;
  return said?.event ?? (word === null ? null : (EVENTS.get(codeKey(word)) ?? null));
}
