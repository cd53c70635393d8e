import { type MembershipRole } from '../../record/group.js';
import { type GroupToWrite } from '../../record/registry-record.js';
import {
  addIdentifiers,
  type Batch,
  findPlace,
  findReferred,
  findSubject,
  idForNew,
  kept,
  mergeAttributes,
  readInstant,
  readText,
  refusal,
  type Taken,
} from './write-batch.js';
import { newId } from '../write-id.js';
import { GroupRow, type GroupValues } from './write-values.js';

/** Takes one group's record into the batch: all of it or, when a refusal is thrown, nothing of it. */
export function takeGroup(batch: Batch, record: GroupToWrite): Taken {
  const held = findSubject('group', batch.groups, record, batch.unknownIds);
  if (held !== null && batch.heldFacts === 'keep') return kept(held);
  const group = held ?? new GroupRow(idForNew(record.id), true, emptyGroup(record));
  const place = findPlace(batch, record.place, 'place');
  const members = record.members && readMembers(batch, record.members);

  batch.groups.byId.set(group.id, group);
  const changes = [
    addIdentifiers(batch.groups, group, record.identifiers),
    group.take('name', readText(record.name)),
    group.take('kind', record.groupKind),
    group.take('location', place?.location),
    group.take('placeText', place?.text),
    group.take('attributes', mergeAttributes(group.values.attributes, record.attributes)),
    group.take('registeredAt', readInstant(record.registeredAt, group.values.registeredAt)),
    takeMembers(group, members),
  ];
  return { id: group.id, isNew: held === null, isChanged: changes.includes(true) };
}

function emptyGroup({ groupKind }: GroupToWrite): GroupValues {
  if (groupKind === undefined) {
    throw refusal('GROUP_KIND_MISSING', 'A new group needs to be a family or a household', 'groupKind');
  }
  return { name: null, kind: groupKind, location: null, placeText: null, attributes: {}, registeredAt: null };
}

/** Roles by the ids of the people. */
type Members = ReadonlyMap<string, MembershipRole | null>;

function readMembers(batch: Batch, said: NonNullable<GroupToWrite['members']>): Members {
  const members = new Map<string, MembershipRole | null>();
  for (const [index, { person, role }] of said.entries()) {
    const field = `members.${String(index)}`;
    const { id } = findReferred('person', batch.people, person, field);
    if (members.has(id)) throw refusal('MEMBER_TWICE', 'One person is named twice as a member', field);
    if (role === 'head' && [...members.values()].includes('head')) {
      throw refusal('TWO_HEADS', 'A group has one head', field);
    }
    members.set(id, role);
  }
  return members;
}

/** All members are said at once: those who are not among them leave. */
function takeMembers(group: GroupRow, said: Members | undefined): boolean {
  if (said === undefined) return false;
  let isChanged = false;
  for (const [personId, member] of group.members) {
    const isGone = !said.has(personId);
    isChanged ||= member.isGone !== isGone;
    member.isGone = isGone;
  }
  for (const [personId, role] of said) {
    const held = group.members.get(personId);
    isChanged ||= held?.role !== role;
    if (held === undefined) group.members.set(personId, { id: newId(), held: null, role, isGone: false });
    else held.role = role;
  }
  return isChanged;
}
