import { readSort } from '../../src/dci/sort.js';
import type { RecordKind, RegistryKind } from '../../src/record/registry-kind.js';

test.each<[string, RecordKind, RegistryKind]>([
  ['sex', 'individual', 'crvs'],
  ['marital_status', 'individual', 'crvs'],
  ['birth_date', 'farmer', 'fr'],
  ['family_name', 'disability', 'dr'],
  ['farm_type', 'farmer', 'fr'],
  ['group_type', 'group', 'social'],
])('%s orders %s records', (name, record, registry) => {
  expect(readSort([{ attribute_name: name, sort_order: 'desc' }], { record, registry })).toMatchObject([
    { attribute: name, direction: 'desc' },
  ]);
});

test.each<[string, string, RecordKind, RegistryKind]>([
  ['a code of the person', 'sex', 'farmer', 'fr'],
  ['a yes and no of the person', 'deceased', 'enrolment', 'ibr'],
  ['what only members have', 'birth_date', 'group', 'social'],
  ['what only the group has', 'poverty_score', 'individual', 'social'],
  ['several values', 'phone_number', 'individual', 'social'],
  ['a place', 'location', 'individual', 'social'],
  ['an unknown name', 'shoe_size', 'individual', 'social'],
])('%s gives no order', (_, name, record, registry) => {
  expect(() => readSort([{ attribute_name: name }], { record, registry })).toThrow('Nothing can be sorted by');
});
