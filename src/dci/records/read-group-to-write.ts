import type { GroupKind, MembershipRole } from '../../record/group.js';
import type { Json, JsonObject } from '../../record/json.js';
import { typedKey } from '../../record/individual.js';
import type { GroupToWrite, Reference } from '../../record/registry-record.js';
import { spdci1 } from '../dialects/spdci-1.js';
import { ASSISTANCE_UNIT } from '../vocabulary/person-codes.js';
import { textOf } from '../wire-object.js';
import { isReference, jsonField, jsonList, type LineReading, ownId, said } from './line-reading.js';
import { jsonObject } from './plain-json.js';
import { readAttributes } from './read-attributes.js';
import { readIdentifier } from './read-identifiers.js';
import { addPerson } from './read-person-to-write.js';
import { readPlaceToWrite } from './read-place-to-write.js';
import { RecordReading } from './record-reading.js';

const KINDS: Readonly<Record<string, GroupKind>> = { '2': 'household', '3': 'family' };

const ROLES: readonly MembershipRole[] = ['head', 'principal_recipient', 'alternative_recipient'];

type Member = NonNullable<GroupToWrite['members']>[number];

/** Reads a group and adds its members, then the group. Returns how to point at it; `null` where nothing tells which. */
export function addGroup(record: JsonObject, reading: LineReading, at = ''): Reference | null {
  const reference = readGroupReference(record, reading, at);
  if (!isReference(reference)) {
    reading.refuse(`${at}identifiers`, 'There is neither an identifier nor an id: the group could not be found again');
    return null;
  }
  const facts = {
    name: reading.text(`${at}name`, jsonField(record, 'group_name', 'name')),
    groupKind: readKind(record, reading, at),
    place: readPlaceToWrite(`${at}place`, record, ['geographical_location', 'place', 'location'], reading),
    members: readMembers(record, reading, at),
    registeredAt: reading.instant(`${at}registeredAt`, jsonField(record, 'registration_date')),
    attributes: readGroupAttributes(record, reading, at),
  };
  const isSaid = Object.values(facts).some((fact) => fact !== undefined);
  if (at === '' || isSaid) reading.add({ kind: 'group', ...reference, ...said(facts) });
  return reference;
}

function readGroupReference(record: JsonObject, reading: LineReading, at: string): Reference {
  const noted = new RecordReading(spdci1.record, reading.today);
  const identifiers = jsonList(jsonField(record, 'group_identifier', 'identifier')).flatMap(
    (written) => readIdentifier(written, noted) ?? [],
  );
  for (const { message } of noted.issues) reading.refuse(`${at}identifiers`, message);
  const distinct = [...new Map(identifiers.map((one) => [typedKey(one), one])).values()];
  const id = ownId(record);
  return { ...(id === undefined ? {} : { id }), ...(distinct.length === 0 ? {} : { identifiers: distinct }) };
}

function readKind(record: JsonObject, reading: LineReading, at: string): GroupKind | undefined {
  const type = jsonField(record, '@type');
  const word = typeof type === 'string' && /(?:household|family)$/iu.test(type) ? type : undefined;
  const code = reading.code(`${at}groupKind`, ASSISTANCE_UNIT, jsonField(record, 'group_type') ?? word);
  if (code === undefined) return undefined;
  const kind = KINDS[code];
  if (kind === undefined) reading.refuse(`${at}groupKind`, 'A group is a household (2) or a family (3)');
  return kind;
}

/** `undefined` where nobody is listed: who belongs to the group then stays as it is. */
function readMembers(record: JsonObject, reading: LineReading, at: string): readonly Member[] | undefined {
  const listed = jsonList(jsonField(record, 'member_list'));
  const members = listed.flatMap(
    (written, index) => readMember(written, reading, `${at}members.${String(index)}.`) ?? [],
  );
  const written = jsonField(record, 'group_head_info');
  const head = written === undefined ? null : readMember(written, reading, `${at}head.`);
  const size = reading.number(`${at}group_size`, jsonField(record, 'group_size'));
  if (listed.length === 0 && head === null) return size === 0 ? [] : undefined;

  const place = head === null ? -1 : members.findIndex(({ person }) => isSame(head.person, person));
  const listedHead = members[place];
  const withHead =
    head === null
      ? members
      : listedHead === undefined
        ? [{ ...head, role: head.role ?? ('head' as const) }, ...members]
        : members.with(place, { ...listedHead, role: listedHead.role ?? 'head' });
  if (size !== undefined && size > withHead.length) {
    reading.refuse(`${at}members`, 'The group has more members than are listed: those who are not would leave it');
  }
  return withHead;
}

function readMember(written: Json, reading: LineReading, at: string): Member | null {
  const member = jsonObject(written) ?? { member_identifier: written };
  const person = addPerson(member, reading, at);
  const word = textOf(jsonField(member, 'group_role'));
  return person === null ? null : { person, role: ROLES.find((role) => role === word) ?? null };
}

function isSame(one: Reference, other: Reference): boolean {
  if (one.id !== undefined && one.id === other.id) return true;
  const keys = new Set((one.identifiers ?? []).map(typedKey));
  return (other.identifiers ?? []).some((identifier) => keys.has(typedKey(identifier)));
}

function readGroupAttributes(record: JsonObject, reading: LineReading, at: string): JsonObject | undefined {
  const [address] = jsonList(jsonField(record, 'address'));
  const score = jsonField(record, 'poverty_score');
  const more = said({
    postal_code: textOf(jsonField(jsonObject(address ?? null) ?? {}, 'postal_code')) ?? undefined,
    poverty_score: reading.number(`${at}poverty_score`, score),
  });
  return readAttributes(record, ['group'], reading, more);
}
