import type { Operator } from './attributes.js';
import { ALL_FIELDS, type FieldSet } from './fields.js';
import { EVERYBODY, type Filter } from './filter.js';
import type { RegistryKind } from './registry-kind.js';

/** Limits of rows that the database itself can hold to; all that are there must hold. */
export interface RowLimits {
  /** Ids of locations: people whose home is there or below. */
  readonly within?: readonly string[] | undefined;
  /** Ids of locations: people who were born there or below. */
  readonly bornWithin?: readonly string[] | undefined;
  /** Codes of data sources that told of the person. */
  readonly sources?: readonly string[] | undefined;
  /** Identifiers of programmes in which the person, or a group of the person's, is enrolled. */
  readonly programmes?: readonly string[] | undefined;
}

/** What a caller may see, beside what its scopes let it do. It reaches every statement: what is not seen is not read. */
export interface Access {
  /** The people; records about people and groups of people follow them. */
  readonly rows: Filter;
  /** The same for the second line, in the database: see database/limited.ts. Empty: it shows everybody. */
  readonly rowLimits: readonly RowLimits[];
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
  rowLimits: [],
  fields: ALL_FIELDS,
  registries: null,
  operators: null,
  largestPage: null,
  recordsPerHour: null,
};
