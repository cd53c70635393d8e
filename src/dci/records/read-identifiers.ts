import { typedKey, type Identifier } from '../../record/individual.js';
import { readIdentifierType } from '../identifier-type.js';
import { codeOf, field, listOf, wireObject, type WireObject } from '../wire-object.js';
import { cleanText } from './clean-text.js';
import type { RecordReading } from './record-reading.js';

const MAX_VALUE = 255;

const LISTS = ['identifier', 'identifiers', 'member_identifier', 'person_identifier'];

/** The type of an identifier that a record gives as a bare text: the standard's own unique number. */
const BARE_TYPE = 'UIN';

/** The identifiers of a person, whichever of the known shapes they have; the same one twice is one. */
export function readIdentifiers(person: WireObject, reading: RecordReading): Identifier[] {
  reading.trace('identifiers', person, ...LISTS, 'identifier_value');
  const written = LISTS.flatMap((name) => {
    const value = field(person, name);
    // A release of 2023 wrote the type beside the value: { identifier_type, identifier }.
    const flat = name === 'identifier' && wireObject(value) === null && !Array.isArray(value);
    return flat && value !== undefined && field(person, 'identifier_type') !== undefined ? [person] : listOf(value);
  });
  const flat =
    field(person, 'identifier_type') !== undefined && field(person, 'identifier_value') !== undefined ? [person] : [];
  return distinct([...written, ...flat].flatMap((one) => readIdentifier(one, reading) ?? []));
}

/** One identifier: `{ identifier_type, identifier_value }` and its relatives, or a bare text. */
export function readIdentifier(written: unknown, reading: RecordReading): Identifier | null {
  const object = wireObject(written);
  const typeWord = object === null ? BARE_TYPE : codeOf(field(object, 'identifier_type', 'type', 'name', 'id_type'));
  const type = typeWord === null ? null : readIdentifierType(typeWord);
  const value = cleanText(
    object === null ? written : field(object, 'identifier_value', 'value', 'identifier', 'id_value'),
    reading.absentWords,
  );
  if (type === null || value === null || value.length > MAX_VALUE) {
    const lack = value === null ? 'has no value' : type === null ? 'has no type' : 'is too long';
    reading.note('identifiers', 'identifier_unusable', `An identifier ${lack} and was left out`);
    return null;
  }
  return { type, value };
}

function distinct(identifiers: readonly Identifier[]): Identifier[] {
  if (identifiers.length < 2) return [...identifiers];
  const seen = new Map(identifiers.toReversed().map((one) => [typedKey(one), one]));
  return identifiers.filter((one) => seen.get(typedKey(one)) === one);
}
