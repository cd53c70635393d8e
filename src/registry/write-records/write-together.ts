import { type PoolClient } from 'pg';
import { type RegistryRecord } from '../../record/registry-record.js';
import { type RecordWriter, writeRecords } from './write-records.js';
import { type WriteRefusal, type WrittenRegistryRecord } from './write-result.js';

const SAVEPOINT = { text: 'savepoint together' };
const ROLLBACK = { text: 'rollback to savepoint together' };

/**
 * Writes lists of records that belong together, as a person, a programme and an enrolment do: each list is written whole
 * or, where one of its records is refused, not at all. Answers in their order with that refusal, or `null`.
 *
 * As `writeRecords` otherwise, by which all is written again without the lists that were refused.
 */
export async function writeTogether(
  client: PoolClient,
  lists: readonly (readonly RegistryRecord[])[],
  writer: RecordWriter,
): Promise<(WriteRefusal | null)[]> {
  const refusals = lists.map((): WriteRefusal | null => null);
  for (;;) {
    const asked = lists.map((list, index) => (refusals[index] === null ? list : []));
    await client.query(SAVEPOINT);
    const written = await writeRecords(client, asked.flat(), writer);
    let from = 0;
    let isWhole = true;
    for (const [index, { length }] of asked.entries()) {
      const refusal = refusalOf(written.slice(from, from + length));
      from += length;
      if (refusal === null) continue;
      refusals[index] = refusal;
      isWhole = false;
    }
    if (isWhole) return refusals;
    await client.query(ROLLBACK);
  }
}

function refusalOf(written: readonly WrittenRegistryRecord[]): WriteRefusal | null {
  return written.find(({ refusal }) => refusal !== null)?.refusal ?? null;
}
