import type { JsonObject } from './json.js';

/** A person who farms, as the registry holds it. Codes are those of the standard's lists, as text. */
export interface Farmer {
  readonly id: string;
  readonly individualId: string;
  readonly farmType: string | null;
  /** Hectares, of all the land together. */
  readonly farmSize: number | null;
  readonly landTenure: string | null;
  readonly locationId: string | null;
  readonly placeText: string | null;
  /** Farms, crops, animals, machines and what a country adds, under the standard's names. */
  readonly attributes: JsonObject;
  /** This and the next: `null` where they are not shown. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}
