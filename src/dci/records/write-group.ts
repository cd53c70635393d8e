import type { GroupKind } from '../../record/group.js';
import type { GroupAnswer } from '../../record/record-answer.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { WireObject } from '../wire-object.js';
import { known, recordId } from './known-fields.js';
import { additionalAttributes, namedFields } from './named-attributes.js';
import { writeMember } from './write-member.js';
import { moments, typedIdentifier } from './write-person.js';
import { writeAddress, writePlace } from './write-place.js';

/** Codes of `AssistanceUnit` for our kinds of group. */
export const GROUP_TYPES: Readonly<Record<GroupKind, string>> = { household: '2', family: '3' };

/**
 * `Group` with the people in it. `group_size` counts those whom the caller may not see as well. The standard has no
 * name of a group and no role but that of the head: `group_name` and the members' `group_role` are ours.
 */
export function writeGroup(answer: GroupAnswer, registry: RegistryKind): WireObject {
  const { shown, group, identifiers, place, placeText, attributes, members, size } = answer;
  const written = members.map(({ role, member }) => ({
    isHead: role === 'head',
    member: { ...writeMember(member, registry), ...(role === null ? {} : { group_role: role }) },
  }));
  return known({
    '@type': 'Group',
    '@id': recordId(group.id),
    group_identifier: shown.shows('group', 'group_identifier') ? identifiers.map(typedIdentifier) : null,
    group_name: group.name,
    group_type: group.kind === null ? null : GROUP_TYPES[group.kind],
    geographical_location: writePlace(place, placeText),
    address: writeAddress(null, null, attributes),
    ...namedFields(attributes, 'group'),
    group_head_info: written.find(({ isHead }) => isHead)?.member,
    group_size: size,
    member_list: shown.shows('group', 'members') ? written.map(({ member }) => member) : null,
    additional_attributes: additionalAttributes(attributes, 'group', 'address'),
    ...moments(group),
  });
}
