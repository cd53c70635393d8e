import { EVENT_WORDS, type EventWord } from '../../record/event-word.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import { codeKey } from '../registry-kind.js';
import { codeOf, listOf } from '../wire-object.js';

/** Spellings of `reg_event_type`, without case, `_` and `-`, and what they ask to hear of. */
const SPELLINGS: ReadonlyMap<string, readonly EventWord[]> = new Map<string, readonly EventWord[]>([
  ...spelled(['registered'], 'register', 'registered', 'registration', 'livebirth', 'birth', '1', 'create', 'created'),
  ...spelled(['updated'], 'update', 'updated', 'change', 'changed'),
  ...spelled(['died'], 'death', 'died', 'deceased', '2'),
  ...spelled(['married'], 'marriage', 'married', 'divorce', 'divorced', '4'),
  ...spelled(['joined'], 'newhouseholdmember', 'joined'),
  ...spelled(['enrolled'], 'enrollement', 'enrollment', 'enrolment', 'enrolled'),
  ...spelled(
    ['enrolment_status_changed'],
    'enrollementstatuschange',
    'enrollmentstatuschange',
    'enrolmentstatuschange',
    'enrolmentstatuschanged',
    'deregister',
  ),
  ...spelled(EVENT_WORDS, '*', 'all', 'any'),
]);

function spelled(words: readonly EventWord[], ...keys: readonly string[]): [string, readonly EventWord[]][] {
  return keys.map((key) => [key, words]);
}

/**
 * What `reg_event_type` asks to hear of: a word, or a list of them; absent means everything. At a register of
 * beneficiaries an enrolment is what is registered, whichever of the two words says so. `null` for a word that nobody
 * here knows.
 */
export function readEventWords(written: unknown, registry: RegistryKind): readonly EventWord[] | null {
  const words = listOf(written).map((one) => {
    const word = codeOf(one);
    return word === null ? undefined : SPELLINGS.get(codeKey(word));
  });
  if (words.length === 0) return EVENT_WORDS;
  const events = new Set<EventWord>();
  for (const asked of words) {
    if (asked === undefined) return null;
    for (const event of asked) events.add(event);
  }
  if (registry === 'ibr' && (events.has('registered') || events.has('enrolled'))) {
    events.add('registered').add('enrolled');
  }
  return EVENT_WORDS.filter((event) => events.has(event));
}
