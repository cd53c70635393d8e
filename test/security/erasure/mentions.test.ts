import { Mentions } from '../../../src/security/erasure/mentions.js';

const mentions = new Mentions({
  individualId: '7a8ad0e4-6b9f-4b51-9f0c-2d3b1c1f0001',
  ledgerKey: '7a8ad0e4-6b9f-4b51-9f0c-2d3b1c1f0002',
  givenName: 'Amina',
  middleName: null,
  familyName: 'Banda',
  identifiers: [{ type: 'UIN', value: 'ab 12' }],
  contacts: ['+26599123456'],
  recordIds: [],
  children: [],
});

const inOne = { name: { given_name: 'AMINA', surname: 'banda' } };
const inTwo = [{ given_name: 'Amina' }, { surname: 'Banda' }];

test.each([
  ['an identifier, whatever its case and blanks', { value: 'AB   12' }, true, true, true],
  ['an identifier within a sentence', { expression: 'UIN eq "ab 12" and sex eq "f"' }, true, true, true],
  ['an identifier within a longer one', { value: 'AB 123' }, false, false, false],
  ['a telephone number that is a number', { phones: ['+26599123456'] }, true, true, true],
  ['both names in one part', inOne, true, true, true],
  ['names of two people of an answer, of one condition each', inTwo, false, true, true],
  ['one name', { given_name: 'Amina' }, false, false, true],
  ['a name within another', { given_name: 'Aminata' }, false, false, false],
  ['nothing', null, false, false, false],
] as const)('%s', (_what, value, answer, question, named) => {
  expect([mentions.inAnswer(value), mentions.inQuestion(value), mentions.named(value)]).toEqual([
    answer,
    question,
    named,
  ]);
});
