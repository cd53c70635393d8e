import { dialect } from '../../src/dci/dialects/dialect.js';
import { DIALECT_NAMES } from '../../src/dci/dialects/names.js';
import { readLocations } from '../../src/dci/locations.js';
import { readQuery } from '../../src/dci/query.js';
import { readIndividualRecord } from '../../src/dci/records/read-record.js';
import { readSearchAnswer } from '../../src/dci/search-answer.js';
import { Problem } from '../../src/record/problem.js';
import { body, bornIn2000, criteria, item, LIMITS, readSearchMessage } from './search-body.js';
import { seededNumbers } from './seeded-numbers.js';

const ROUNDS = 1000;

const KEYS = [
  'header', 'message', 'search_request', 'search_criteria', 'query', 'query_type', 'type', 'value', 'expression',
  'expression1', 'expression2', 'condition', 'attribute_name', 'operator', 'attribute_value', '$and', '$or', '$not',
  '$in', 'seq', 'or', 'birth_date', 'birthplace', 'sex', 'UIN', 'identifier', 'identifier_type', 'identifier_value', 'name',
  'givenName', 'birthPlace', 'relations', '@type', 'parent1_identifier', 'address', 'containedInPlace', 'locations',
  'search_response', 'data', 'reg_records', 'pagination', 'page_size', 'total_count', 'status', 'demographic_info',
  'reg_type', 'sort', 'locale', 'timestamp', 'reference_id', '__proto__', 'constructor', 'toString', '',
]; // prettier-ignore
const VALUES: readonly unknown[] = [
  null, true, false, 0, -1, 1.5, 1e300, '', ' ', 'x', '2020-01-01', '2020-02-30', 'birth_date', 'eq', 'in', 'and', 'not',
  'expression', 'predicate', 'idtype-value', 'BRN', 'spdci:Mother', '\u0000', '\ud800', 'a,b', '2026-01-15T10:30:00Z', 'eng',
]; // prettier-ignore

function makeJson(next: (below: number) => number, depth: number): unknown {
  const kind = next(depth > 0 ? 4 : 1);
  if (kind === 2) return Array.from({ length: next(4) }, () => makeJson(next, depth - 1));
  if (kind === 0) return VALUES[next(VALUES.length)];
  return JSON.parse(
    `{${[...new Set(Array.from({ length: next(5) }, () => KEYS[next(KEYS.length)]))]
      .map((key) => `${JSON.stringify(key)}:${JSON.stringify(makeJson(next, depth - 1)) ?? 'null'}`)
      .join(',')}}`,
  ) as unknown;
}

/** Replaces one value somewhere inside. */
function damaged(value: unknown, next: (below: number) => number): unknown {
  if (typeof value !== 'object' || value === null || next(4) === 0) return makeJson(next, 2);
  const copy: unknown = structuredClone(value);
  const keys = Object.keys(value);
  const key = keys[next(Math.max(1, keys.length))];
  if (key === undefined) return makeJson(next, 2);
  return Array.isArray(copy)
    ? copy.map((one: unknown, index) => (String(index) === key ? damaged(one, next) : one))
    : Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name === key ? damaged(one, next) : one]));
}

function neverThrowsButProblems(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

describe('whatever comes over the wire, nothing is thrown but Problems', () => {
  const good = body([
    item(
      'r-1',
      criteria(bornIn2000, { sort: [{ attribute_name: 'dob' }], pagination: { page_size: 5, page_number: 1 } }),
    ),
    item('r-2', { ...criteria({ type: 'BRN', value: '1' }), query_type: 'idtype-value' }),
  ]);

  test('search messages, damaged in one place', () => {
    const next = seededNumbers(1);
    for (let round = 0; round < ROUNDS; round += 1) {
      const written = damaged(good, next);
      neverThrowsButProblems(() => readSearchMessage(written, LIMITS));
    }
  });

  test('queries', () => {
    const next = seededNumbers(2);
    for (let round = 0; round < ROUNDS; round += 1) {
      const query = makeJson(next, 5);
      neverThrowsButProblems(() => readQuery(VALUES[next(VALUES.length)], query));
    }
  });

  test('records, which are never refused at all', () => {
    const next = seededNumbers(3);
    for (let round = 0; round < ROUNDS; round += 1) {
      const record = makeJson(next, 5);
      const read = readIndividualRecord(record, dialect(DIALECT_NAMES[next(DIALECT_NAMES.length)] ?? ''), '2026-01-15');
      const texts = JSON.stringify(read);
      expect(texts.includes('\\u0000') || texts.includes('\\ud800')).toBe(false);
    }
  });

  test('answers and lists of places', () => {
    const next = seededNumbers(4);
    for (let round = 0; round < ROUNDS; round += 1) {
      const written = makeJson(next, 5);
      neverThrowsButProblems(() => readSearchAnswer(written, dialect('spdci-1.0')));
      readLocations(written);
    }
  });

  test('a record nested without end', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 20_000; level += 1) deep = { containedInPlace: deep, name: [deep] };
    expect(
      readIndividualRecord({ birthPlace: deep, relations: deep }, dialect('spdci-1.0'), '2026-01-15').parents,
    ).toEqual([]);
  });
});
