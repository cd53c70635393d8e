import type { Operator } from './attributes.js';
import { ALL_FIELDS, type FieldSet } from './fields.js';
import { EVERYBODY, type Filter } from './filter.js';
import type { RegistryKind } from './registry-kind.js';

/** What a caller may see, beside what its scopes let it do. It reaches every statement: what is not seen is not read. */
export interface Access {
  /** The people; records about people and groups of people follow them. */
  readonly rows: Filter;
  readonly fields: FieldSet;
  /** `null`: all that are served. */
  readonly registries: readonly RegistryKind[] | null;
  /** With which it may search; `null`: all. */
  readonly operators: readonly Operator[] | null;
  /** Records of one page; `null`: as many as anybody. */
  readonly largestPage: number | null;
  /** People of whom it is told in an hour; `null`: any number. */
  readonly recordsPerHour: number | null;
}

/** Nothing is withheld. */
export const FULL_ACCESS: Access = {
  rows: EVERYBODY,
  fields: ALL_FIELDS,
  registries: null,
  operators: null,
  largestPage: null,
  recordsPerHour: null,
};
