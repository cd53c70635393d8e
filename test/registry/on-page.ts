import { type IndividualRecord } from '../../src/record/individual-record.js';
import { type ToldRecord } from '../../src/registry/write-sources/told-record.js';

/** Records as they come on a page. */
export function onPage(records: readonly IndividualRecord[]): ToldRecord[] {
  return records.map((record, index) => ({ ordinal: index + 1, record }));
}
