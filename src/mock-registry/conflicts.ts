import { type Dice } from './dice.js';
import { blockOf, type Delivery, drawBlock, type Parent } from './families.js';
import { type Timeline } from './timeline.js';

/** Two mothers whose national numbers both stand on the record of one child. */
export interface Conflict {
  readonly people: readonly [Parent, Parent];
  /** Chooses the home of the first of the two. */
  readonly homeDistrict: number;
}

/**
 * Chooses the two people of every conflict among mothers who are seen both before and after the conflicts, so that
 * a reader in either direction holds them both when the record comes. `null` where the register is too small for it:
 * then that record is an ordinary one.
 */
export function findConflicts(dice: Dice, timeline: Timeline): (Conflict | null)[] {
  const mothers = mothersOnBothSides(dice, timeline, timeline.conflicts * 2);
  return Array.from({ length: timeline.conflicts }, (_, number) => {
    const [first, second] = [mothers[number * 2], mothers[number * 2 + 1]];
    if (first === undefined || second === undefined) return null;
    return { people: [first.mother, second.mother], homeDistrict: first.homeDistrict };
  });
}

type Candidate = Pick<Delivery, 'homeDistrict'> & { readonly mother: Parent };

function mothersOnBothSides(dice: Dice, timeline: Timeline, wanted: number): Candidate[] {
  const found: Candidate[] = [];
  if (wanted === 0) return found;
  const middle = timeline.positionOfConflict(0);
  const blocks = blockOf(timeline.deliveries - 1) + 1;
  const start = dice(0, 45) % blocks;
  for (let step = 0; step < blocks && found.length < wanted; step += 1) {
    const seen = new Map<number, Candidate & { before: boolean; after: boolean }>();
    const deliveries = drawBlock(dice, (start + step) % blocks, (other) => timeline.childrenOf(other));
    for (const { delivery, mother, children, homeDistrict } of deliveries) {
      if (mother?.shows !== 'national' || mother.bornIn !== null) continue;
      const sides = seen.get(mother.person) ?? { mother, homeDistrict, before: false, after: false };
      seen.set(mother.person, sides);
      for (const [twin, position] of timeline.positionsOf(delivery).entries()) {
        if (children[twin]?.identified !== true) continue;
        if (position < middle) sides.before = true;
        else sides.after = true;
      }
    }
    const chosen = [...seen.values()].find(({ before, after }) => before && after);
    if (chosen !== undefined) found.push(chosen);
  }
  return found;
}
