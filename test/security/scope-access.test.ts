import { FULL_ACCESS } from '../../src/record/access.js';
import { RECORD_FIELDS, fieldKey } from '../../src/record/fields.js';
import { accessOf } from '../../src/security/access-document.js';
import { withinScopes } from '../../src/security/scope-access.js';
import { INTERNAL_SCOPES, PARTNER_SCOPES, type Scope } from '../../src/security/scopes.js';

const shown = (scopes: readonly Scope[], access = FULL_ACCESS) => {
  const { fields } = withinScopes(access, scopes);
  return RECORD_FIELDS.filter((field) => fields.has(field));
};
const classes = (scopes: readonly Scope[]) => [...new Set(shown(scopes).map(({ sensitivity }) => sensitivity))].sort();

test.each<[readonly Scope[], readonly string[]]>([
  [['graph.read'], ['public']],
  [
    ['graph.read', 'graph.personal'],
    ['personal', 'public'],
  ],
  [
    ['graph.read', 'graph.sensitive'],
    ['public', 'sensitive'],
  ],
  [INTERNAL_SCOPES, ['personal', 'public', 'sensitive']],
  [['admin'], []],
  [['import.run', 'audit.read'], []],
  [PARTNER_SCOPES, ['personal', 'public', 'sensitive']],
  [['registry.search'], ['personal', 'public', 'sensitive']],
])('scopes %j show fields of the classes %j', (scopes, expected) => {
  expect(classes(scopes)).toEqual(expected);
});

test('what the limits of a client withhold, no scope shows', () => {
  const limited = accessOf([{ only: ['individual.name', 'disability.*'], never: ['disability.disability_level'] }]);
  expect(shown(['graph.read', 'graph.personal'], limited).map(fieldKey)).toEqual([
    'individual.name',
    'disability.registration_date',
    'disability.last_updated',
  ]);
  expect(shown(INTERNAL_SCOPES, limited).map(fieldKey)).toEqual([
    'individual.name',
    'disability.disability_status',
    'disability.disability_details',
    'disability.support',
    'disability.registration_date',
    'disability.last_updated',
  ]);
});

test('who has every class is told apart from nobody, so that nothing is made anew for it', () => {
  expect(withinScopes(FULL_ACCESS, INTERNAL_SCOPES)).toBe(FULL_ACCESS);
  expect(withinScopes(FULL_ACCESS, ['graph.read'])).toBe(withinScopes(FULL_ACCESS, ['graph.read']));
});
