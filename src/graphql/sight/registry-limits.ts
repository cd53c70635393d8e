import type { Access } from '../../record/access.js';
import { FieldSet } from '../../record/fields.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';

/** Which registries tell of a kind of record. People are told of by all of them. */
const TOLD_BY: readonly (readonly [RecordKind, RegistryKind])[] = [
  ['group', 'social'],
  ['farmer', 'fr'],
  ['disability', 'dr'],
  ['enrolment', 'ibr'],
];

/** Made once for each access that is held in memory: this is asked at every request. */
const narrowed = new WeakMap<Access, Access>();

/** The access as the graph, which is all registries in one, uses it: nothing is shown of registries that are left out. */
export function withinRegistries(access: Access): Access {
  const { registries } = access;
  if (registries === null) return access;
  const known = narrowed.get(access);
  if (known) return known;
  const never = TOLD_BY.filter(([, registry]) => !registries.includes(registry)).map(([kind]) => `${kind}.*`);
  const made = { ...access, fields: access.fields.and(new FieldSet([{ never }])) };
  narrowed.set(access, made);
  return made;
}
