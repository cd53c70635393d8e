import { FieldSet, recordField } from '../../src/record/fields.js';

test('whoever is never shown names is not shown what families are called, which is the same', () => {
  const groupName = recordField('group', 'group_name');
  expect(new FieldSet([{ never: ['individual.name'] }]).withheldBy(groupName)).toBe('never');
  expect(new FieldSet([{ never: ['individual.*'] }]).withheldBy(groupName)).toBe('never');
  expect(new FieldSet([{ never: ['individual.sex'] }]).has(groupName)).toBe(true);
  expect(new FieldSet([{ only: ['group.group_name'] }]).has(groupName)).toBe(true);
});
