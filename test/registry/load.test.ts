import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readRegistryRecords } from '../../src/dci/records/read-registry-records.js';
import { readLines } from '../../src/registry/load-lines.js';
import { type LineReading, loadRecords, type RejectedLine } from '../../src/registry/load.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { erased } from './erased.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});

/** A record in the shortest form: {"nid": "1", "mother": "2"}. */
function read(json: unknown): LineReading {
  if (typeof json !== 'object' || json === null)
    return { ok: false, problems: [{ field: null, message: 'No record' }] };
  const { nid, name, mother } = json as { nid?: string; name?: string; mother?: string };
  const person = (value: string) => ({ identifiers: [{ type: 'NID', value }] });
  return {
    ok: true,
    records: [
      {
        kind: 'individual',
        ...(nid === undefined ? {} : person(nid)),
        ...(name === undefined ? {} : { givenName: name }),
        ...(mother === undefined ? {} : { parents: [{ role: 'mother' as const, person: person(mother) }] }),
      },
    ],
  };
}

async function load(file: AsyncIterable<Uint8Array>) {
  const rejected: RejectedLine[] = [];
  const counts = await loadRecords(database.pool, {
    file,
    read,
    erased,
    onRejected: (line) => void rejected.push(line),
  });
  return { counts, rejected };
}

const file = (...lines: string[]): Readable => Readable.from([Buffer.from(lines.join('\n'))]);

test('lines are read however the file is cut into pieces, in UTF-8 alone', async () => {
  const bytes = Buffer.concat([
    Buffer.from('\uFEFF{"a":"ü"}\r\n\n  \n{"b":"Ω"}\n'),
    Buffer.from([0xff, 0x0a]),
    Buffer.from('last'),
  ]);
  for (const size of [1, 2, 3, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    const lines = [];
    for await (const line of readLines(Readable.from(pieces))) lines.push(line);
    expect(lines.map(({ number, text }) => [number, text])).toEqual([
      [1, '{"a":"ü"}'],
      [4, '{"b":"Ω"}'],
      [5, null],
      [6, 'last'],
    ]);
    expect(lines.at(-1)?.endsAt).toBe(bytes.length);
  }
});

test('a file without an end of line is not held in memory', async () => {
  async function* endless() {
    for (let megabyte = 0; megabyte < 200; megabyte += 1) yield Promise.resolve(Buffer.alloc(1_000_000, 'x'));
  }
  const before = process.memoryUsage().arrayBuffers;
  const lines = [];
  for await (const line of readLines(endless())) lines.push(line);
  expect(lines).toMatchObject([{ number: 1, text: null, endsAt: 200_000_000 }]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
});

test('a bad line is told of with its number and text, and the others are loaded; again, nothing changes', async () => {
  const lines = [
    '{"nid":"1","name":"Amina"}',
    'not json',
    '{"nid":"2","mother":"1"}',
    '{"nid":"3","mother":"unknown"}',
    '{"name":"Nobody"}',
    '17',
    '{"nid":"4","name":"A\\u0000B"}',
    '{"nid":"5"}',
  ];
  const { counts, rejected } = await load(file(...lines));
  expect(counts).toEqual({ lines: 8, rejected: 5, created: 3, updated: 0, unchanged: 0 });
  expect(rejected).toEqual([
    { line: 2, text: lines[1], reasons: [{ field: null, message: expect.stringContaining('not JSON') as string }] },
    { line: 4, text: lines[3], reasons: [{ field: 'parents.0', message: expect.any(String) as string }] },
    { line: 5, text: lines[4], reasons: [{ field: 'identifiers', message: expect.any(String) as string }] },
    { line: 6, text: lines[5], reasons: [{ field: null, message: 'No record' }] },
    { line: 7, text: lines[6], reasons: [{ field: 'givenName', message: expect.any(String) as string }] },
  ]);
  expect((await load(file(...lines))).counts).toEqual({ lines: 8, rejected: 5, created: 0, updated: 0, unchanged: 3 });
});

test('a long file is committed in batches, and one that breaks off half way goes on when it is loaded again', async () => {
  const lines = Array.from({ length: 1700 }, (_, index) => `{"nid":"long ${String(index)}"}\n`);
  async function* broken() {
    yield Promise.resolve(Buffer.from(lines.slice(0, 1200).join('')));
    throw new Error('the disk is gone');
  }
  await expect(load(broken())).rejects.toThrow('the disk is gone');
  const { counts } = await load(file(lines.join('')));
  expect(counts).toEqual({ lines: 1700, rejected: 0, created: 700, updated: 0, unchanged: 1000 });
});

test('an empty file loads nothing', async () => {
  expect((await load(file(''))).counts).toEqual({ lines: 0, rejected: 0, created: 0, updated: 0, unchanged: 0 });
});

test('the file that the README shows can be loaded as it stands', async () => {
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
  const shown = /## Fill the registry[^]*?```json\n([^]*?)```/u.exec(readme)?.[1] ?? '';
  const options = { read: (json: unknown) => readRegistryRecords(json, { today: '2026-11-01' }), onRejected: fail };
  const counts = await loadRecords(database.pool, { ...options, erased, file: file(shown) });
  expect(counts).toEqual({ lines: 6, rejected: 0, created: 6, updated: 0, unchanged: 1 });
});

function fail(rejected: RejectedLine): never {
  throw new Error(JSON.stringify(rejected));
}
