import type { Json, JsonObject } from '../../record/json.js';
import type { Reference } from '../../record/registry-record.js';
import { readCode } from '../vocabulary/code-list.js';
import { BENEFIT_TYPE, ENROLMENT_STATUS } from '../vocabulary/programme-codes.js';
import { jsonField, jsonList, type LineReading, ownId, said } from './line-reading.js';
import { jsonObject } from './plain-json.js';
import { readAttributes } from './read-attributes.js';
import { addGroup } from './read-group-to-write.js';
import { addPerson } from './read-person-to-write.js';

/** Reads a beneficiary: adds the person or the group, the programmes, and an enrolment in each of them. */
export function addBeneficiary(record: JsonObject, reading: LineReading): void {
  const member = jsonObject(jsonField(record, 'member', 'person'));
  const group = jsonObject(jsonField(record, 'group'));
  const enrolled = addEnrolled(member, group, reading);
  // One example of the standard has the programme inside the member.
  const inMember = group === null && member !== null ? jsonField(member, 'programme_identifier') : undefined;
  const programmes = jsonList(jsonField(record, 'programme_identifier', 'programme') ?? inMember);
  if (programmes.length === 0) reading.refuse('programme', 'There is no programme_identifier');
  const id = programmes.length === 1 ? ownId(record) : undefined;
  for (const written of programmes) {
    const holder = jsonObject(written) ?? { programme_identifier: written };
    const programme = addProgramme(jsonObject(jsonField(holder, 'programme', 'program')) ?? holder, reading);
    if (programme === null || enrolled === null) continue;
    const from = (...names: readonly string[]): Json | undefined =>
      jsonField(record, ...names) ?? jsonField(holder, ...names);
    const benefits = jsonList(from('benefits')).map((benefit) => readBenefit(benefit, reading));
    reading.add({
      kind: 'enrolment',
      ...(id === undefined ? {} : { id }),
      ...enrolled,
      programme,
      ...said({
        status: reading.code('status', ENROLMENT_STATUS, from('enrollment_status', 'enrolment_status')),
        enrolledOn: reading.day('enrolledOn', from('enrollment_date', 'enrolment_date')),
        statusChangedOn: reading.days('statusChangedOn', from('status_change_date')),
        benefits: benefits.length === 0 ? undefined : benefits,
        registeredAt: reading.instant('registeredAt', jsonField(record, 'registration_date')),
        attributes: readAttributes(record, [], reading),
      }),
    });
  }
}

function addEnrolled(
  member: JsonObject | null,
  group: JsonObject | null,
  reading: LineReading,
): { readonly person: Reference } | { readonly group: Reference } | null {
  if (group !== null) {
    // A member beside the group is the one who speaks for it.
    if (member !== null) addPerson(member, reading, 'member.');
    const reference = addGroup(group, reading, 'group.');
    return reference === null ? null : { group: reference };
  }
  if (member === null) {
    reading.refuse('person', 'There is neither a member nor a group');
    return null;
  }
  const person = addPerson(member, reading, 'person.');
  return person === null ? null : { person };
}

/** Reads a programme and adds it; returns its identifier, `null` where it has none. */
export function addProgramme(record: JsonObject, reading: LineReading): string | null {
  const identifier = reading.text(
    'programme',
    jsonField(record, 'programme_identifier', 'program_identifier', 'identifier'),
  );
  if (identifier === undefined) {
    reading.refuse('programme', 'A programme has no programme_identifier');
    return null;
  }
  reading.add({
    kind: 'programme',
    identifier,
    ...said({
      name: reading.text('programme.name', jsonField(record, 'programme_name', 'program_name')),
      description: reading.text('programme.description', jsonField(record, 'programme_description')),
      attributes: readAttributes(record, ['programme'], reading),
    }),
  });
  return identifier;
}

function readBenefit(written: Json, reading: LineReading): Json {
  const benefit = jsonObject(written);
  if (benefit === null) {
    reading.refuse('benefits', 'A benefit is not an object');
    return null;
  }
  const date = reading.day('benefits', jsonField(benefit, 'benefit_date'));
  const type = readCode(BENEFIT_TYPE, jsonField(benefit, 'benefit_type'));
  return {
    ...benefit,
    ...(date === undefined ? {} : { benefit_date: date }),
    ...(type === null ? {} : { benefit_type: type }),
  };
}
