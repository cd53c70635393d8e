import { type PoolClient } from 'pg';
import { writeHalving } from '../registry/write-halving.js';
import { type ToldRecord } from '../registry/write-sources/told-record.js';
import { type WrittenRecord } from '../registry/write-sources/write-outcome.js';
import { writePage, type WrittenPage } from '../registry/write-sources/write-page.js';
import { type Writer } from '../registry/write-sources/write-rows.js';

/**
 * Writes the records, and where the database refuses one of them, all but that one, whose outcome is `failed`. A page
 * without a bad record is written at once.
 */
export async function writeApart(
  client: PoolClient,
  writer: Writer,
  records: readonly ToldRecord[],
): Promise<WrittenPage> {
  return writeHalving(client, records, {
    write: (part) => writePage(client, { ...writer, records: part }),
    refused: refusedPage,
    add: addPages,
  });
}

/** What becomes of a record that the database refuses. */
export function refusedPage({ record }: ToldRecord): WrittenPage {
  const written: WrittenRecord = {
    outcome: 'failed',
    refusal: { code: 'RECORD_NOT_STORABLE', reason: 'The database refused a value of the record; nothing was written' },
    individualId: null,
    motherId: null,
    fatherId: null,
    groupId: null,
    issues: record.issues,
    questions: [],
  };
  return {
    records: [written],
    individualsCreated: 0,
    individualsUpdated: 0,
    groupsCreated: 0,
    unidentifiedParents: 0,
  };
}

/** Two parts of a page as one. */
export function addPages(one: WrittenPage, other: WrittenPage): WrittenPage {
  return {
    records: [...one.records, ...other.records],
    individualsCreated: one.individualsCreated + other.individualsCreated,
    individualsUpdated: one.individualsUpdated + other.individualsUpdated,
    groupsCreated: one.groupsCreated + other.groupsCreated,
    unidentifiedParents: one.unidentifiedParents + other.unidentifiedParents,
  };
}
