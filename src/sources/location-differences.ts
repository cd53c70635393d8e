import { type KnownPlace, type PlannedPlace, type TreePlan } from './location-tree.js';

/** What a list of places changes: one word for each way in which a place differs from before. */
export const LOCATION_DIFFERENCES = ['new', 'moved', 'renamed', 'retyped', 'gone', 'returned'] as const;
export type LocationDifferenceKind = (typeof LOCATION_DIFFERENCES)[number];

/** One way in which the list differs from what was known of its places. */
export interface LocationDifference {
  readonly kind: LocationDifferenceKind;
  /** Id of the place at the source. */
  readonly externalId: string;
  /** As the list calls it now, or called it last. */
  readonly name: string;
  /** The name, the type, or the id at the source of the place that contains it; `null`: none. */
  readonly before: string | null;
  readonly after: string | null;
}

/** How a list of places differs from the tree, place by place in the order of the list, those that are gone last. */
export interface TreeComparison {
  readonly differences: readonly LocationDifference[];
  /** Places that the list makes, whether now or, where nothing is written, if it were taken over. */
  readonly created: number;
  /** Places known before that differ in any way. */
  readonly updated: number;
  readonly unchanged: number;
}

/** Compares what the list makes of the tree with what was known of its places. */
export function compareTree({ places }: TreePlan, known: readonly KnownPlace[]): TreeComparison {
  const before = new Map(known.map((place) => [place.externalId, place]));
  const externalIds = new Map(known.map((place) => [place.locationId, place.externalId]));
  for (const place of places) externalIds.set(place.locationId, place.listed.externalId);
  let updated = 0;
  const ofListed = places.flatMap((place) => {
    const held = before.get(place.listed.externalId);
    if (held === undefined) return [newPlace(place)];
    const differences = changesOf(place, held, externalIds);
    // A place that says another parent than before and hangs where it did differs too, without a word for it.
    if (differences.length > 0 || held.parentExternalId !== place.listed.parentExternalId) updated += 1;
    return differences;
  });
  const listed = new Set(places.map((place) => place.listed.externalId));
  const gone = known.filter((place) => place.goneAt === null && !listed.has(place.externalId)).map(gonePlace);
  const created = places.filter((place) => place.isNew).length;
  return { differences: [...ofListed, ...gone], created, updated, unchanged: places.length - created - updated };
}

/** How many differences there are of each kind. */
export function countDifferences(
  differences: readonly LocationDifference[],
): Readonly<Record<LocationDifferenceKind, number>> {
  const counts = { new: 0, moved: 0, renamed: 0, retyped: 0, gone: 0, returned: 0 };
  for (const { kind } of differences) counts[kind] += 1;
  return counts;
}

function changesOf(
  { listed, parentId, ownedBySource }: PlannedPlace,
  held: KnownPlace,
  externalIds: ReadonlyMap<string, string>,
): LocationDifference[] {
  const { externalId, name } = listed;
  // A place of our own keeps its name and parent: it is held against what the list said of it before.
  const [heldName, heldType] = ownedBySource ? [held.ownName, held.ownType] : [held.name, held.type];
  const heldParent = ownedBySource ? outside(held.parentId, externalIds) : held.parentExternalId;
  const parent = ownedBySource ? outside(parentId, externalIds) : listed.parentExternalId;
  const isMoved = ownedBySource ? held.parentId !== parentId : heldParent !== parent;
  return [
    ...(held.goneAt === null ? [] : [{ kind: 'returned' as const, externalId, name, before: null, after: null }]),
    ...(isMoved ? [{ kind: 'moved' as const, externalId, name, before: heldParent, after: parent }] : []),
    ...(heldName === name ? [] : [{ kind: 'renamed' as const, externalId, name, before: heldName, after: name }]),
    ...(heldType === listed.type
      ? []
      : [{ kind: 'retyped' as const, externalId, name, before: heldType, after: listed.type }]),
  ];
}

/** The id at the source of a place of our tree; `null` for a place of our own, which has none there. */
function outside(locationId: string | null, externalIds: ReadonlyMap<string, string>): string | null {
  return locationId === null ? null : (externalIds.get(locationId) ?? null);
}

function newPlace({ listed }: PlannedPlace): LocationDifference {
  const { externalId, name, parentExternalId } = listed;
  return { kind: 'new', externalId, name, before: null, after: parentExternalId };
}

function gonePlace({ externalId, name, parentExternalId }: KnownPlace): LocationDifference {
  return { kind: 'gone', externalId, name, before: parentExternalId, after: null };
}
