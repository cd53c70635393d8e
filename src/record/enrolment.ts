import type { Json, JsonObject } from './json.js';

/** A programme of social protection. */
export interface Programme {
  readonly id: string;
  /** The number or code under which registries know it. */
  readonly identifier: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly attributes: JsonObject;
}

/** A person or a group in a programme: exactly one of the two ids is there. */
export interface Enrolment {
  readonly id: string;
  /** `null`: not shown. */
  readonly programmeId: string | null;
  readonly individualId: string | null;
  readonly groupId: string | null;
  /** `1` active, `2` deceased, `3` graduated, `4` suspended. */
  readonly status: string | null;
  /** `YYYY-MM-DD`. */
  readonly enrolledOn: string | null;
  readonly statusChangedOn: readonly string[];
  readonly benefits: readonly Json[];
  readonly attributes: JsonObject;
  /** This and the next: `null` where they are not shown. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}
