import { type PoolClient } from 'pg';
import { type RegistryRecord } from '../record/registry-record.js';
import { type WrittenRegistryRecord } from './write-result.js';

/** Who writes records of our own, and what they may do. */
export interface RecordWriter {
  /** Who made the changes: `loader`, `mutation`, the client id of a partner, ... */
  readonly origin: string;
  /** What becomes of a record whose own id nobody holds: it is made with that id (default), or refused. */
  readonly unknownIds?: 'make' | 'refuse';
}

/**
 * Writes records of our own registry, as if they came one by one: each may name what one before it made. One that cannot
 * be written is refused as a whole, and the others stand. What is held already is not touched.
 *
 * `client` is in a transaction, which the caller commits. Call it once in a transaction: what it locks it locks in order.
 */
export async function writeRecords(
  client: PoolClient,
  records: readonly RegistryRecord[],
  writer: RecordWriter,
): Promise<WrittenRegistryRecord[]> {
  await client.query('select 1');
  return records.map(() => ({
    outcome: 'refused',
    id: null,
    refusal: { code: 'RECORD_NOT_STORABLE', reason: `Not yet written by ${writer.origin}`, field: null },
  }));
}
