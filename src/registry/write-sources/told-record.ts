import { type IndividualRecord } from '../../record/individual-record.js';

/** A record as a source told it, with its place on the page that it came on. */
export interface ToldRecord {
  /** From 1. */
  readonly ordinal: number;
  readonly record: IndividualRecord;
}
