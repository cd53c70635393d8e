import type { Access } from '../record/access.js';
import type { Sensitivity } from '../record/attributes.js';
import { ALL_FIELDS, FieldSet } from '../record/fields.js';
import type { Scope } from './scopes.js';

/** Which class of fields an internal scope opens. Partners' scopes open all: only their limits take fields away. */
const CLASS_OF_SCOPE: readonly (readonly [Scope, Sensitivity])[] = [
  ['graph.read', 'public'],
  ['graph.personal', 'personal'],
  ['graph.sensitive', 'sensitive'],
];

function fieldsOf(scopes: readonly Scope[]): FieldSet {
  if (scopes.some((scope) => scope.startsWith('registry.'))) return ALL_FIELDS;
  const sensitivities = CLASS_OF_SCOPE.filter(([scope]) => scopes.includes(scope)).map(([, classOf]) => classOf);
  return sensitivities.length === CLASS_OF_SCOPE.length ? ALL_FIELDS : new FieldSet([{ sensitivities }]);
}

/** Made once for each access that is held in memory: this is asked at every call. */
const narrowed = new WeakMap<Access, Map<string, Access>>();

/** What is left of `access` for somebody who calls with these scopes, all of one kind. */
export function withinScopes(access: Access, scopes: readonly Scope[]): Access {
  const known = narrowed.get(access) ?? new Map<string, Access>();
  narrowed.set(access, known);
  const key = scopes.join(' ');
  const held = known.get(key);
  if (held) return held;
  const fields = access.fields.and(fieldsOf(scopes));
  const made = fields === access.fields ? access : { ...access, fields };
  known.set(key, made);
  return made;
}
