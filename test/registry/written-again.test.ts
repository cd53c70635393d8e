import { ALL_FIELDS } from '../../src/record/fields.js';
import { Readable } from 'node:stream';
import { dialect } from '../../src/dci/dialects/dialect.js';
import { readRegistryRecords } from '../../src/dci/records/read-registry-records.js';
import { writeRecord } from '../../src/dci/records/write-record.js';
import { EVERYBODY } from '../../src/record/filter.js';
import type { RecordKind, RegistryKind } from '../../src/record/registry-kind.js';
import { loadDemo } from '../../src/registry/demo/demo.js';
import { type LoadCounts, loadRecords, type RejectedLine } from '../../src/registry/load.js';
import { loadRecordAnswers } from '../../src/registry/answers/record-answers.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { erased } from './erased.js';

const PEOPLE = 60;
const TODAY = '2030-01-01';

const KINDS: readonly (readonly [kind: RecordKind, registry: RegistryKind, table: string])[] = [
  ['individual', 'social', 'individuals'],
  ['individual', 'crvs', 'individuals'],
  ['group', 'social', 'groups'],
  ['farmer', 'fr', 'farmers'],
  ['disability', 'dr', 'disabilities'],
  ['enrolment', 'ibr', 'enrolments'],
];

let held: TestDatabase;
let other: TestDatabase;

beforeAll(async () => {
  [held, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await loadDemo(held.pool, { individuals: PEOPLE });
});
afterAll(() => Promise.all([held.close(), other.close()]));

/** All that a registry tells, one line of JSON for each record. */
async function linesOf({ pool }: TestDatabase): Promise<string[]> {
  const lines: string[] = [];
  for (const [kind, registry, table] of KINDS) {
    const { rows } = await pool.query<{ id: string }>(`select id from ${table} order by id`);
    const ids = rows.map(({ id }) => id);
    const answers = await loadRecordAnswers(pool, kind, ids, EVERYBODY, { registry, fields: ALL_FIELDS });
    for (const answer of answers) lines.push(JSON.stringify(writeRecord(answer, dialect('spdci-1.0'), registry)));
  }
  return lines;
}

async function load({ pool }: TestDatabase, lines: readonly string[]): Promise<[LoadCounts, RejectedLine[]]> {
  const rejected: RejectedLine[] = [];
  const counts = await loadRecords(pool, {
    file: Readable.from([Buffer.from(lines.join('\n'))]),
    read: (json) => readRegistryRecords(json, { today: TODAY }),
    erased,
    onRejected: (line) => void rejected.push(line),
  });
  return [counts, rejected];
}

test('what a registry tells of itself changes nothing in it when it is loaded', async () => {
  const lines = await linesOf(held);
  expect(lines.length).toBeGreaterThan(2 * PEOPLE + 20);
  const [counts, rejected] = await load(held, lines);
  expect(rejected).toEqual([]);
  expect(counts).toMatchObject({ created: 0, updated: 0 });
  expect(await linesOf(held)).toEqual(lines);
});

test('an empty registry ends with the same records, under the same ids', async () => {
  const lines = await linesOf(held);
  const [, rejected] = await load(other, lines);
  expect(rejected).toEqual([]);
  const [again] = await load(other, lines);
  expect(again).toMatchObject({ created: 0, updated: 0 });
  // It has no places of its own: there they are words. Spouses cannot be told from a record; who joined a group first and
  // when a row was last changed is the registry's own matter.
  const comparable = (written: readonly string[]): unknown[] =>
    written.map((line): unknown =>
      JSON.parse(line, (key, value: unknown) => {
        if (key === 'related_person') return parentsAndChildren(value);
        if (key === 'member_list') return inOrder(value);
        return /place|address|location|last_updated/u.test(key) ? undefined : value;
      }),
    );
  expect(comparable(await linesOf(other))).toEqual(comparable(lines));
});

function parentsAndChildren(related: unknown): string[] | undefined {
  const told = inOrder(related).filter((one) => !one.includes('"SPS"'));
  return told.length === 0 ? undefined : told;
}

/** Each item as one text. */
function inOrder(list: unknown): string[] {
  return (Array.isArray(list) ? list : []).map((one) => JSON.stringify(one)).sort();
}
