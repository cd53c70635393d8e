import { dialect } from '../../src/dci/dialects/dialect.js';
import { inForm } from '../../src/dci/records/record-form.js';
import { readIndividualRecord } from '../../src/dci/records/read-record.js';

const PLACE_ID = '00000000-0000-4000-8000-000000000001';
const RECORD = {
  identifier: [{ identifier_type: 'BRN', identifier_value: 'B1' }],
  birth_date: '2020-01-31',
  birth_place: { '@type': 'Place', identifier: PLACE_ID, name: 'A hospital' },
  related_person: [{ relationship_type: 'MTH', related_member: { identifier: [] } }],
};

describe('a record in the form of OpenCRVS 1.9', () => {
  const { record: form } = dialect('opencrvs-1.9');

  test('has identifiers in the plural, and of a place its id', () => {
    expect(inForm(RECORD, form)).toEqual({
      identifiers: RECORD.identifier,
      birth_date: '2020-01-31',
      birth_place: PLACE_ID,
      related_person: [{ relationship_type: 'MTH', related_member: { identifiers: [] } }],
    });
  });

  test('is read as the same person', () => {
    const today = '2026-01-01';
    const read = readIndividualRecord(inForm(RECORD, form), dialect('opencrvs-1.9'), today);
    expect(read.identifiers).toEqual([{ type: 'BRN', value: 'B1' }]);
    expect(read.birthPlace).toEqual({ externalId: PLACE_ID });
    expect(read.issues).toEqual([]);
  });

  test('keeps a place without an id as it is', () => {
    const place = { '@type': 'Place', address: 'Well Lane 3' };
    expect(inForm({ birth_place: place }, form)).toEqual({ birth_place: place });
  });
});

test('the standard’s own form changes nothing', () => {
  expect(inForm(RECORD, dialect('spdci-1.0').record)).toBe(RECORD);
});
