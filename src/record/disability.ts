import type { Json, JsonObject } from './json.js';

/** What a disability registry holds of a person. Codes are those of the standard's lists, as text. */
export interface Disability {
  readonly id: string;
  readonly individualId: string;
  /** `0` approved, `1` pending, `2` expired. */
  readonly status: string | null;
  readonly level: string | null;
  /** `impairment_type`, `impairment_level`, `impairment_cause`, `age_on_set` of each impairment. */
  readonly details: readonly Json[];
  /** Support, transport, housing and what a country adds, under the standard's names. */
  readonly attributes: JsonObject;
  /** This and the next: `null` where they are not shown. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}
