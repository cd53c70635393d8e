import type { Json, JsonObject } from '../../record/json.js';
import { type CodeList, readCode } from '../vocabulary/code-list.js';
import {
  AGE_ON_SET,
  DISABILITY_LEVEL,
  DISABILITY_STATUS,
  HOUSING_TYPE,
  IMPAIRMENT_CAUSE,
  IMPAIRMENT_LEVEL,
  IMPAIRMENT_TYPE,
  TRANSPORT_REQUIREMENT,
} from '../vocabulary/disability-codes.js';
import { jsonField, jsonList, type LineReading, ownId, said } from './line-reading.js';
import { jsonObject } from './plain-json.js';
import { readAttributes } from './read-attributes.js';
import { addPerson } from './read-person-to-write.js';

/** Reads a person with a disability: adds the person, then the disability. */
export function addDisability(record: JsonObject, reading: LineReading): void {
  const personal = jsonObject(jsonField(record, 'personal_details'));
  if (personal === null) reading.refuse('person', 'There are no personal_details');
  const person = personal === null ? null : addPerson(personal, reading, 'person.');
  const details = jsonList(jsonField(record, 'disability_details')).map(readImpairment);
  if (details.some((detail) => jsonObject(detail) === null)) {
    reading.refuse('details', 'An entry of disability_details is not an object');
  }
  const id = ownId(record);
  if (person === null) return;
  reading.add({
    kind: 'disability',
    ...(id === undefined ? {} : { id }),
    person,
    ...said({
      status: reading.code('status', DISABILITY_STATUS, jsonField(record, 'disability_status')),
      level: reading.code('level', DISABILITY_LEVEL, jsonField(record, 'disability_status_level', 'disability_level')),
      details: details.length === 0 ? undefined : details,
      registeredAt: reading.instant('registeredAt', jsonField(record, 'registration_date')),
      attributes: readAttributes(
        record,
        ['disability'],
        reading,
        said({
          housing_type: reading.code('housing_type', HOUSING_TYPE, jsonField(record, 'housing_type')),
          transport_requirement: reading.code(
            'transport_requirement',
            TRANSPORT_REQUIREMENT,
            jsonField(record, 'transport_requirement'),
          ),
          programs_enrolments: jsonField(record, 'programs_enrolments', 'programs_enrollments'),
        }),
      ),
    }),
  });
}

const CODED: Readonly<Record<string, CodeList>> = {
  impairment_type: IMPAIRMENT_TYPE,
  impairment_level: IMPAIRMENT_LEVEL,
  impairment_cause: IMPAIRMENT_CAUSE,
  age_on_set: AGE_ON_SET,
};

function readImpairment(written: Json): Json {
  const detail = jsonObject(written);
  if (detail === null) return written;
  return Object.fromEntries(
    Object.entries(detail).map(([name, value]): [string, Json] => {
      const codes = Object.hasOwn(CODED, name) ? CODED[name] : undefined;
      return [name, codes === undefined ? value : (readCode(codes, value) ?? value)];
    }),
  );
}
