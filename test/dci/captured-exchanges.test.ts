import { dialect } from '../../src/dci/dialects/dialect.js';
import { readLocations } from '../../src/dci/locations.js';
import { readIndividualRecord } from '../../src/dci/records/read-record.js';
import { readSearchAnswer } from '../../src/dci/search-answer.js';
import type { IndividualRecord } from '../../src/record/individual-record.js';
import { Problem } from '../../src/record/problem.js';
import { describeWithSamples, readPartnerBirths, readSample, readSampleFile, sampleNames } from '../samples.js';
import { readSearchMessage } from './search-body.js';

const OPENCRVS = dialect('opencrvs-1.0');
const TODAY = '2026-11-23';
const LIMITS = { maxPageSize: 2000 };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordsOf(name: string): IndividualRecord[] {
  const answer = readSearchAnswer(parsed(readSample(name).response.body), OPENCRVS);
  return answer.items.flatMap(({ records }) => records.map((record) => readIndividualRecord(record, OPENCRVS, TODAY)));
}

function onlyRecord(name: string): IndividualRecord {
  const [record, ...others] = recordsOf(name);
  if (record === undefined || others.length > 0) throw new Error(`${name} holds not one record`);
  return record;
}

interface Expected {
  readonly registrations: number;
  readonly sex: Readonly<Record<string, number>>;
  readonly identifiers: Readonly<Record<string, number>>;
  readonly relations: Readonly<Record<string, number>>;
  readonly birthplace_types: Readonly<Record<string, number>>;
}

function expected(part: string): Expected {
  return (readSampleFile('expected.json') as Record<string, Expected>)[part] as Expected;
}

/** The counts of expected.json, made from what was read. */
function counts(records: readonly IndividualRecord[]): Expected {
  const having = (test: (record: IndividualRecord) => boolean): number => records.filter(test).length;
  const types = (record: IndividualRecord): string[] => record.identifiers.map(({ type }) => type);
  const values = (type: string): number =>
    new Set(records.flatMap((record) => record.identifiers.filter((one) => one.type === type).map((one) => one.value)))
      .size;
  const parent = (role: string, record: IndividualRecord): IndividualRecord | undefined =>
    record.parents.find((one) => one.role === role)?.record;
  const tally = (words: readonly (string | undefined)[]): Record<string, number> => {
    const tallies: Record<string, number> = {};
    for (const word of words) tallies[word ?? 'absent'] = (tallies[word ?? 'absent'] ?? 0) + 1;
    return tallies;
  };
  return {
    registrations: records.length,
    sex: tally(records.map(({ sex }) => sex)),
    identifiers: {
      records_without_identifiers: having((record) => record.identifiers.length === 0),
      with_brn: having((record) => types(record).includes('BRN')),
      with_brn_and_nid: having((record) => types(record).includes('BRN') && types(record).includes('NID')),
      distinct_brn: values('BRN'),
      distinct_child_nid: values('NID'),
    },
    relations: {
      records_with_mother: having((record) => parent('mother', record) !== undefined),
      records_without_mother: having((record) => parent('mother', record) === undefined),
      'mothers_without_identifiers_(records)': having((record) => parent('mother', record)?.identifiers.length === 0),
      'mothers_with_identifiers_(records)': having((record) => (parent('mother', record)?.identifiers.length ?? 0) > 0),
      'mothers_without_homeLocation_(records)': having(
        (record) => parent('mother', record) !== undefined && parent('mother', record)?.homePlace === undefined,
      ),
      records_with_father: having((record) => parent('father', record) !== undefined),
      records_without_father: having((record) => parent('father', record) === undefined),
      'fathers_without_identifiers_(records)': having((record) => parent('father', record)?.identifiers.length === 0),
      records_without_any_parent: having((record) => record.parents.length === 0),
    },
    birthplace_types: tally(records.map(({ birthPlace }) => birthPlace?.type)),
  };
}

describeWithSamples('the captured exchanges', () => {
  test.each(sampleNames('sync-'))('the request of %s is read or refused in the words of the standard', (name) => {
    const written = parsed(readSample(name).request.body);
    try {
      const message = readSearchMessage(written, LIMITS);
      if (message.rejected) expect(message.code).toMatch(/^rjct\./u);
      else expect(message.items.every((item) => item.ok || item.code.startsWith('rjct.'))).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      expect(error).toMatchObject({ code: expect.stringMatching(/^err\./u) as string });
    }
  });

  test.each([...sampleNames('sync-'), ...sampleNames('async-'), ...sampleNames('token-')])(
    'the answer of %s is read, or told to be no answer',
    (name) => {
      const { response } = readSample(name);
      const body = parsed(response.body);
      const isAnswer = response.status === 200 && name.startsWith('sync-') && name !== 'sync-search-wrong-method';
      if (!isAnswer) {
        expect(() => readSearchAnswer(body, OPENCRVS)).toThrow(Problem);
        return;
      }
      const answer = readSearchAnswer(body, OPENCRVS);
      expect(answer.status).toBe('succ');
      for (const { records, status } of answer.items) {
        expect(status).toBe('succ');
        expect(records.map((record) => readIndividualRecord(record, OPENCRVS, TODAY))).toHaveLength(records.length);
      }
    },
  );

  test('the 25 pages hold 2,341 births, read without a doubt', () => {
    const records = sampleNames('sync-range-page-').flatMap(recordsOf);
    expect(sampleNames('sync-range-page-')).toHaveLength(25);
    expect(records).toHaveLength(2341);
    const { registrations, sex, identifiers, relations, birthplace_types } = expected(
      'births_in_range_gt_2018-12-31_lt_2026-01-01',
    );
    expect(counts(records)).toEqual({ registrations, sex, identifiers, relations, birthplace_types });
    expect(records.flatMap(({ issues }) => issues)).toEqual([]);
  });

  test('all births are 2,350, one of them in the future', () => {
    const records = readPartnerBirths().reg_records.map((record) => readIndividualRecord(record, OPENCRVS, TODAY));
    const { registrations, sex, identifiers, relations, birthplace_types } = expected('all_births');
    expect(counts(records)).toEqual({ registrations, sex, identifiers, relations, birthplace_types });
    expect(records.flatMap(({ issues }) => issues)).toMatchObject([{ field: 'birthDate', code: 'date_in_future' }]);
    const addresses = records.map(({ birthPlace }) => birthPlace?.text ?? '').join('\n');
    expect(addresses).not.toMatch(/\bnull\b|\bundefined\b/u);
  });

  test('pages tell their size and total; the page beyond the last tells nothing', () => {
    const [first] = readSearchAnswer(parsed(readSample('sync-range-page-01').response.body), OPENCRVS).items;
    expect(first?.pagination).toEqual({ size: 100, number: 1, total: 2341 });
    expect(readSearchAnswer(parsed(readSample('sync-range-page-25').response.body), OPENCRVS).items).toEqual([]);
  });

  test('an item without a match is left out by the server: the other is found by its reference', () => {
    const items = readSearchAnswer(parsed(readSample('sync-two-search-requests').response.body), OPENCRVS).items;
    expect(items).toHaveLength(1);
    expect(items[0]?.referenceId).not.toBe('');
  });

  test('awkward names', () => {
    expect(onlyRecord('sync-name-newline').name?.given).toBe('Agnes Rose');
    expect(onlyRecord('sync-name-outer-space').name).toEqual({ given: 'Mary', middle: null, family: 'Tembo' });
    expect(onlyRecord('sync-name-mononym').name?.family).toBeNull();
    expect(onlyRecord('sync-name-no-given').name?.given).toBeNull();
    const nfd = onlyRecord('sync-name-nfd').name;
    expect(nfd).toEqual(JSON.parse(JSON.stringify(nfd).normalize('NFC')));
  });

  test('C23: a home birth keeps its district and its address', () => {
    expect(onlyRecord('sync-home-birth').birthPlace).toEqual({
      type: 'PRIVATE_HOME',
      containedInExternalId: 'c6a6a78e-e2ae-4035-84dd-63c7db4ba767',
      text: 'Acacia Street Flat 82, Area 29, KS57-9896, Lusoko Town',
    });
  });

  test('a groom is not taken for a parent', () => {
    for (const record of recordsOf('sync-marriage-all')) expect(record.parents).toEqual([]);
  });

  test('the list of places: 99 with one root, 4 provinces under none where there is no country', () => {
    for (const name of ['locations', 'locations-second-call']) {
      const { locations, problems } = readLocations(parsed(readSample(name).response.body));
      expect(problems).toEqual([]);
      expect(locations).toHaveLength(99);
      expect(locations.filter(({ parentExternalId }) => parentExternalId === null)).toHaveLength(1);
    }
    const stock = readLocations(parsed(readSample('locations-stock-no-country').response.body));
    expect(stock.problems).toEqual([]);
    expect(stock.locations.filter(({ parentExternalId }) => parentExternalId === null).length).toBeGreaterThan(1);
    expect(readLocations(parsed(readSample('locations-core-down').response.body)).problems).toHaveLength(1);
  });
});
