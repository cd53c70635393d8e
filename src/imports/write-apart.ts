import { DatabaseError, type PoolClient } from 'pg';
import { type IndividualRecord } from '../record/individual-record.js';
import { type WrittenRecord } from '../registry/write-outcome.js';
import { writePage, type WrittenPage } from '../registry/write-page.js';
import { type Writer } from '../registry/write-rows.js';

/** Classes of SQLSTATE that mean the data: data exceptions, broken constraints, limits of size. */
const DATA_FAULTS = ['22', '23', '54'];

const SAVEPOINT = { text: 'savepoint records' };
const ROLLBACK = { text: 'rollback to savepoint records' };
const RELEASE = { text: 'release savepoint records' };

/**
 * Writes the records, and where the database refuses one of them, all but that one: the page is halved until the bad
 * record stands alone, whose outcome is `failed`. A page without a bad record is written at once.
 */
export async function writeApart(
  client: PoolClient,
  writer: Writer,
  records: readonly IndividualRecord[],
): Promise<WrittenPage> {
  await client.query(SAVEPOINT);
  try {
    const written = await writePage(client, { ...writer, records });
    await client.query(RELEASE);
    return written;
  } catch (error) {
    if (!(error instanceof DatabaseError) || !DATA_FAULTS.includes(error.code?.slice(0, 2) ?? '')) throw error;
    await client.query(ROLLBACK);
    const [record] = records;
    if (record !== undefined && records.length === 1) return failed(record);
    const middle = Math.ceil(records.length / 2);
    const first = await writeApart(client, writer, records.slice(0, middle));
    const second = await writeApart(client, writer, records.slice(middle));
    return add(first, second);
  }
}

function failed(record: IndividualRecord): WrittenPage {
  const written: WrittenRecord = {
    outcome: 'failed',
    refusal: { code: 'RECORD_NOT_STORABLE', reason: 'The database refused a value of the record; nothing was written' },
    individualId: null,
    motherId: null,
    fatherId: null,
    groupId: null,
    issues: record.issues,
  };
  return {
    records: [written],
    individualsCreated: 0,
    individualsUpdated: 0,
    groupsCreated: 0,
    unidentifiedParents: 0,
  };
}

function add(one: WrittenPage, other: WrittenPage): WrittenPage {
  return {
    records: [...one.records, ...other.records],
    individualsCreated: one.individualsCreated + other.individualsCreated,
    individualsUpdated: one.individualsUpdated + other.individualsUpdated,
    groupsCreated: one.groupsCreated + other.groupsCreated,
    unidentifiedParents: one.unidentifiedParents + other.unidentifiedParents,
  };
}
