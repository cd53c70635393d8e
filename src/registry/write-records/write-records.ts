import { type PoolClient } from 'pg';
import { type RegistryRecord } from '../../record/registry-record.js';
import { type ErasedPeople } from '../erased-people.js';
import { takeDisability, takeFarmer } from './write-about-person.js';
import { Asked } from './write-asked.js';
import { type Batch, RecordRefused, type Taken } from './write-batch.js';
import { loadBatch } from './write-batch-held.js';
import { writeBatchRows } from './write-batch-rows.js';
import { checkRecord } from './write-check.js';
import { takeEnrolment, takeProgramme } from './write-enrolment.js';
import { takeGroup } from './write-group.js';
import { writeHalving } from '../write-halving.js';
import { takeIndividual } from './write-individual.js';
import { type WriteRefusal, type WrittenRegistryRecord } from './write-result.js';

/** Who writes records of our own, and what they may do. */
export interface RecordWriter {
  /** Who made the changes: `loader`, `mutation`, the client id of a partner, ... */
  readonly origin: string;
  /** Who it was, for the history of people: a client, a name; default: nobody. */
  readonly actor?: string | null;
  /** What becomes of a record whose own id nobody holds: it is made with that id (default), or refused. */
  readonly unknownIds?: 'make' | 'refuse';
  /**
   * What becomes of what a record says of a person, group or programme that is held already: it is written (default),
   * or the one held is only pointed at and stays as it is.
   */
  readonly heldFacts?: 'write' | 'keep';
  /** Who must not come back. */
  readonly erased: ErasedPeople;
}

const NOT_STORABLE: WriteRefusal = {
  code: 'RECORD_NOT_STORABLE',
  reason: 'The database refused a value of the record; nothing was written',
  field: null,
};

/**
 * Writes records of our own registry, as if they came one by one: each may name what one before it made. One that cannot
 * be written is refused as a whole, and the others stand. The number of statements does not depend on the records. Other
 * writers, an import among them, wait where they touch the same people, groups or programmes.
 *
 * `client` is in a transaction, which the caller commits. Call it once in a transaction: what it locks it locks in order.
 */
export async function writeRecords(
  client: PoolClient,
  records: readonly RegistryRecord[],
  writer: RecordWriter,
): Promise<WrittenRegistryRecord[]> {
  return writeHalving(client, records, {
    write: (part) => writeBatch(client, part, writer),
    refused: () => [refused(NOT_STORABLE)],
    add: (one, other) => [...one, ...other],
  });
}

async function writeBatch(
  client: PoolClient,
  records: readonly RegistryRecord[],
  { unknownIds = 'make', heldFacts = 'write', erased, ...by }: RecordWriter,
): Promise<WrittenRegistryRecord[]> {
  const faults = records.map(faultOf);
  const asked = new Asked(records.filter((_, index) => faults[index] === null));
  const batch = await loadBatch(client, asked, { unknownIds, heldFacts }, erased);
  const written = records.map((record, index) => {
    const fault = faults[index] ?? null;
    return fault === null ? takeOrRefuse(batch, record) : refused(fault);
  });
  await writeBatchRows(client, batch, by);
  return written;
}

function faultOf(record: RegistryRecord): WriteRefusal | null {
  try {
    checkRecord(record);
    return null;
  } catch (error) {
    if (error instanceof RecordRefused) return error.refusal;
    throw error;
  }
}

function takeOrRefuse(batch: Batch, record: RegistryRecord): WrittenRegistryRecord {
  try {
    const { id, isNew, isChanged } = take(batch, record);
    return { outcome: isNew ? 'created' : isChanged ? 'updated' : 'unchanged', id, refusal: null };
  } catch (error) {
    if (error instanceof RecordRefused) return refused(error.refusal);
    throw error;
  }
}

function refused(refusal: WriteRefusal): WrittenRegistryRecord {
  return { outcome: 'refused', id: null, refusal };
}

function take(batch: Batch, record: RegistryRecord): Taken {
  switch (record.kind) {
    case 'individual':
      return takeIndividual(batch, record);
    case 'group':
      return takeGroup(batch, record);
    case 'farmer':
      return takeFarmer(batch, record);
    case 'disability':
      return takeDisability(batch, record);
    case 'programme':
      return takeProgramme(batch, record);
    case 'enrolment':
      return takeEnrolment(batch, record);
  }
}
