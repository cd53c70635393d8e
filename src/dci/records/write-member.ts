import type { FieldSet } from '../../record/fields.js';
import type { DisabilitySummary, IndividualAnswer, RelatedAnswer } from '../../record/individual-answer.js';
import type { Json } from '../../record/json.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import { LIMITATION_OF_IMPAIRMENT, SEVERITY_OF_IMPAIRMENT } from '../vocabulary/disability-codes.js';
import { KINSHIP_CODES } from '../vocabulary/kinship-codes.js';
import { codeOf, field, wireObject, type WireObject } from '../wire-object.js';
import { filled, known, recordId } from './known-fields.js';
import { additionalAttributes, namedFields } from './named-attributes.js';
import { moments, personFields, typedIdentifier, writeName } from './write-person.js';

/** What each registry calls the `demographic_info` of its members. */
const PERSON_TYPES: Readonly<Record<RegistryKind, string>> = {
  social: 'SR_Person',
  crvs: 'CRVS_Person',
  fr: 'FR_Person',
  dr: 'DR_Person',
  ibr: 'IBR_Person',
};

/** `Member`: a person with what a registry of households, farmers or beneficiaries knows beside birth and death. */
export function writeMember(answer: IndividualAnswer, registry: RegistryKind): WireObject {
  const { individual, attributes, disability, shown } = answer;
  return known({
    '@type': 'Member',
    '@id': recordId(individual.id),
    member_identifier: shown.shows('individual', 'identifier') ? answer.identifiers.map(typedIdentifier) : null,
    demographic_info: known({
      '@type': PERSON_TYPES[registry],
      ...personFields(answer),
      ...moments(individual),
    }),
    related_person: filled(answer.related.map((related) => relatedPerson(related, shown))),
    is_disabled: disability === null ? null : isDisabled(disability),
    disability_info:
      disability !== null && isDisabled(disability) ? filled(disability.details.flatMap(limitation)) : null,
    marital_status: answer.maritalStatus,
    ...namedFields(attributes, 'member'),
    additional_attributes: additionalAttributes(attributes, 'name', 'member', 'address'),
    ...moments(individual),
  });
}

/** Only who that is: what else is known of the relative stands in the relative's own record. */
function relatedPerson({ id, relationship, identifiers, name }: RelatedAnswer, shown: FieldSet): WireObject {
  return {
    relationship_type: KINSHIP_CODES[relationship],
    related_member: known({
      '@id': recordId(id),
      identifier: shown.shows('individual', 'identifier') ? identifiers.map(typedIdentifier) : null,
      name: shown.shows('individual', 'name') ? writeName(name, {}) : null,
    }),
  };
}

/** Approved, or held without a word on whether it is: neither pending nor expired. */
function isDisabled({ status }: DisabilitySummary): boolean {
  return status === null || status === '0';
}

function limitation(detail: Json): WireObject[] {
  const written = wireObject(detail);
  if (written === null) return [];
  const info = known({
    disability_limitation_type: LIMITATION_OF_IMPAIRMENT[codeOf(field(written, 'impairment_type')) ?? ''],
    functional_severity: SEVERITY_OF_IMPAIRMENT[codeOf(field(written, 'impairment_level')) ?? ''],
  });
  return Object.keys(info).length === 0 ? [] : [info];
}
