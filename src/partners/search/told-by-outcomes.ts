import type { ItemOutcome } from '../../dci/answer.js';
import type { Dialect } from '../../dci/dialects/dialect.js';
import type { Told } from '../disclosures/disclose.js';
import { shownBy, tellingOf } from '../disclosures/shown-people.js';

/** What the items of an answer tell; also that nobody was found is told. */
export function toldByOutcomes(outcomes: readonly ItemOutcome[], dialect: Dialect): Told[] {
  return outcomes.flatMap((outcome): Told[] => {
    if (!outcome.ok) return [];
    const { registryKind: registry, given } = outcome.question;
    return [{ registry, given, shown: shownBy(outcome.records, tellingOf(registry, dialect)) }];
  });
}
