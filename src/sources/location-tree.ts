import { type SourceLocation } from '../record/location.js';

/** A place of our tree that a source's list speaks of. */
export interface KnownPlace {
  readonly externalId: string;
  readonly locationId: string;
  /** Where it hangs now. */
  readonly parentId: string | null;
  /** Whether the source's list made it: only such places are moved and renamed by that list. */
  readonly ownedBySource: boolean;
  /** As our tree has it. */
  readonly ownName: string;
  readonly ownType: string | null;
  /** As the list had it last. */
  readonly name: string;
  readonly type: string | null;
  readonly parentExternalId: string | null;
  /** Since when it is in the list no longer. */
  readonly goneAt: Date | null;
}

/** Where one listed place belongs in our tree. */
export interface PlannedPlace {
  readonly listed: SourceLocation;
  readonly locationId: string;
  readonly parentId: string | null;
  readonly isNew: boolean;
  readonly ownedBySource: boolean;
}

/** What a source's list makes of our tree. */
export interface TreePlan {
  /** In the order of the list, each external id once. */
  readonly places: readonly PlannedPlace[];
  /** External ids whose parent is in no list: they hang where they did, new ones nowhere. */
  readonly orphans: readonly string[];
  /** External ids that would contain themselves: they hang where they did, new ones nowhere. */
  readonly cycles: readonly string[];
  /** External ids that were listed more than once: the first counts. */
  readonly duplicates: readonly string[];
  /** The first place with more than `MAX_LEVELS` places above it; `null` when there is none. */
  readonly tooDeep: string | null;
}

/** No country has as many levels; a chain without end would fill the table of ancestors with its square. */
export const MAX_LEVELS = 50;

/**
 * Decides where each place of a source's list hangs, whatever the order of the list. `known` are the source's places
 * that we have, `parents` is our whole tree (id -> parent), so that no move of a place closes a circle anywhere.
 */
export function planTree(
  list: readonly SourceLocation[],
  known: readonly KnownPlace[],
  parents: ReadonlyMap<string, string | null>,
  newId: () => string,
): TreePlan {
  const listed = new Map<string, SourceLocation>();
  const duplicates = new Set<string>();
  for (const place of list) {
    if (listed.has(place.externalId)) duplicates.add(place.externalId);
    else listed.set(place.externalId, place);
  }

  const knownByExternalId = new Map(known.map((place) => [place.externalId, place]));
  const ids = new Map(known.map((place) => [place.externalId, place.locationId]));
  for (const externalId of listed.keys()) if (!ids.has(externalId)) ids.set(externalId, newId());

  const orphans: string[] = [];
  const planned = [...listed.values()].map((place): PlannedPlace => {
    const before = knownByExternalId.get(place.externalId);
    const locationId = ids.get(place.externalId) ?? newId();
    const ownedBySource = before?.ownedBySource ?? true;
    const keptParentId = before?.parentId ?? null;
    const saidParentId = place.parentExternalId === null ? null : ids.get(place.parentExternalId);
    if (saidParentId === undefined) orphans.push(place.externalId);
    const parentId = ownedBySource && saidParentId !== undefined ? saidParentId : keptParentId;
    return { listed: place, locationId, parentId, isNew: before === undefined, ownedBySource };
  });

  const { places, cycles } = withoutCircles(planned, knownByExternalId, parents);
  const tooDeep = findTooDeep(places, parents);
  return { places, orphans, cycles, duplicates: [...duplicates], tooDeep };
}

function findTooDeep(places: readonly PlannedPlace[], parents: ReadonlyMap<string, string | null>): string | null {
  const tree = treeWith(parents, places);
  for (const { locationId, listed } of places) {
    let above = tree.get(locationId) ?? null;
    for (let level = 0; above !== null; level += 1) {
      if (level === MAX_LEVELS) return listed.externalId;
      above = tree.get(above) ?? null;
    }
  }
  return null;
}

function treeWith(
  parents: ReadonlyMap<string, string | null>,
  places: readonly PlannedPlace[],
): Map<string, string | null> {
  const tree = new Map(parents);
  for (const place of places) tree.set(place.locationId, place.parentId);
  return tree;
}

/** First the places on a circle stay where they hang; those that still are on one then hang nowhere. */
function withoutCircles(
  planned: readonly PlannedPlace[],
  known: ReadonlyMap<string, KnownPlace>,
  parents: ReadonlyMap<string, string | null>,
): { places: readonly PlannedPlace[]; cycles: readonly string[] } {
  const cycles = new Set<string>();
  let places = planned;
  for (const fallback of [keptParent, (): null => null]) {
    const circle = idsOnCircles(treeWith(parents, places));
    if (circle.size === 0) break;
    places = places.map((place) => {
      if (!circle.has(place.locationId) || !place.ownedBySource) return place;
      cycles.add(place.listed.externalId);
      return { ...place, parentId: fallback(known.get(place.listed.externalId)) };
    });
  }
  return { places, cycles: [...cycles] };
}

function keptParent(place: KnownPlace | undefined): string | null {
  return place?.parentId ?? null;
}

/** Ids that are among their own ancestors. Each id is walked over once. */
function idsOnCircles(parents: ReadonlyMap<string, string | null>): ReadonlySet<string> {
  const circles = new Set<string>();
  const seenOnWalk = new Map<string, number>();
  let walk = 0;
  for (const start of parents.keys()) {
    walk += 1;
    let id: string | null = start;
    while (id !== null && !seenOnWalk.has(id)) {
      seenOnWalk.set(id, walk);
      id = parents.get(id) ?? null;
    }
    if (id === null || seenOnWalk.get(id) !== walk) continue;
    for (let on: string | null = id; on !== null && !circles.has(on); on = parents.get(on) ?? null) circles.add(on);
  }
  return circles;
}
