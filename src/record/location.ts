/** A node of the registry's own tree of places. */
export interface Location {
  readonly id: string;
  readonly name: string;
  /** What kind of place, as the one who told of it calls it: `ADMIN_STRUCTURE`, `HEALTH_FACILITY`, `district`, ... */
  readonly type: string | null;
  readonly parentId: string | null;
}

/** A place as another registry lists it, by that registry's own ids. */
export interface SourceLocation {
  readonly externalId: string;
  readonly name: string;
  readonly type: string | null;
  readonly parentExternalId: string | null;
}
