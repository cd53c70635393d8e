import type { Programme } from '../../record/enrolment.js';
import type { EnrolmentAnswer } from '../../record/record-answer.js';
import type { WireObject } from '../wire-object.js';
import { known, recordId } from './known-fields.js';
import { additionalAttributes, namedFields } from './named-attributes.js';
import { GROUP_TYPES, writeGroup } from './write-group.js';
import { writeMember } from './write-member.js';
import { moments } from './write-person.js';

/** Code of `AssistanceUnit` for one person. */
const MEMBER = '1';

/** `Beneficiary`: a person or a group in one programme. */
export function writeBeneficiary({ shown, enrolment, programme, person, group }: EnrolmentAnswer): WireObject {
  return known({
    '@type': 'Beneficiary',
    '@id': recordId(enrolment.id),
    assistance_unit: assistanceUnit(person, group),
    group: group === null ? null : writeGroup(group, 'ibr'),
    member: person === null ? null : writeMember(person, 'ibr'),
    programme_identifier: programme === null ? null : [writeProgramme(programme)],
    enrollment_date: enrolment.enrolledOn,
    enrollment_status: enrolment.status,
    status_change_date: shown.shows('enrolment', 'enrolment_status') ? enrolment.statusChangedOn : null,
    benefits: shown.shows('enrolment', 'benefits') ? enrolment.benefits : null,
    additional_attributes: additionalAttributes(enrolment.attributes),
    ...moments(enrolment),
  });
}

/** Of what kind a group is may not be shown. */
function assistanceUnit(person: EnrolmentAnswer['person'], group: EnrolmentAnswer['group']): string | null {
  if (group === null) return person === null ? null : MEMBER;
  return group.group.kind === null ? null : GROUP_TYPES[group.group.kind];
}

/** `Programme` */
function writeProgramme({ identifier, name, description, attributes }: Programme): WireObject {
  return known({
    '@type': 'Programme',
    programme_identifier: identifier,
    programme_name: name,
    programme_description: description,
    ...namedFields(attributes, 'programme'),
    additional_attributes: additionalAttributes(attributes, 'programme'),
  });
}
