import type { DisabilityAnswer } from '../../record/record-answer.js';
import type { WireObject } from '../wire-object.js';
import { known, recordId } from './known-fields.js';
import { additionalAttributes, namedFields } from './named-attributes.js';
import { writeMember } from './write-member.js';
import { moments } from './write-person.js';

/** `PWD_Person`: a person with a disability. */
export function writeDisability({ shown, disability, person }: DisabilityAnswer): WireObject {
  const { attributes } = disability;
  return known({
    '@type': 'PWD_Person',
    '@id': recordId(disability.id),
    personal_details: writeMember(person, 'dr'),
    disability_status: disability.status,
    disability_status_level: disability.level,
    disability_details: shown.shows('disability', 'disability_details') ? disability.details : null,
    ...namedFields(attributes, 'disability'),
    additional_attributes: additionalAttributes(attributes, 'disability'),
    ...moments(disability),
  });
}
