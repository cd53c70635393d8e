import type { PersonName } from '../../record/individual.js';
import { field, listOf, wireObject, type WireObject } from '../wire-object.js';
import { cleanText } from './clean-text.js';
import type { RecordReading } from './record-reading.js';

/** Names are indexed: three parts of four-byte letters must fit an index row. */
const MAX_PART = 200;

const GIVEN = ['given_name', 'givenName', 'first_name', 'firstName'];
const MIDDLE = ['second_name', 'middleName', 'middle_name', 'secondName'];
const FAMILY = ['surname', 'sur_name', 'familyName', 'family_name', 'last_name', 'lastName'];

/** The name, nested in `name` or flat beside the other fields; `null` where no part says anything. */
export function readName(person: WireObject, reading: RecordReading): PersonName | null {
  const written = field(person, 'name');
  const nested = listOf(written)
    .map(wireObject)
    .filter((one) => one !== null);
  reading.enter(person, 'name');
  for (const holder of [...nested, person]) {
    const name: PersonName = {
      given: readPart(holder, GIVEN, reading),
      middle: readPart(holder, MIDDLE, reading),
      family: readPart(holder, FAMILY, reading),
    };
    if (name.given === null && name.middle === null && name.family === null) continue;
    reading.trace('givenName', holder, ...GIVEN);
    reading.trace('middleName', holder, ...MIDDLE);
    reading.trace('familyName', holder, ...FAMILY);
    return name;
  }
  // A name in one text cannot be told apart into parts; it is kept whole.
  const whole = wireObject(written) === null && !Array.isArray(written) ? part(written, reading) : null;
  if (whole !== null) reading.trace('givenName', person, 'name');
  return whole === null ? null : { given: whole, middle: null, family: null };
}

function readPart(holder: WireObject, names: readonly string[], reading: RecordReading): string | null {
  const written = field(holder, ...names);
  const texts = listOf(written).flatMap((one) => part(one, reading) ?? []);
  return texts.length === 0 ? null : fitting(texts.join(' '), reading);
}

function part(written: unknown, reading: RecordReading): string | null {
  // `false` is how Odoo writes "nothing".
  if (written === undefined || written === null || written === false || written === '') return null;
  if (typeof written !== 'string' && typeof written !== 'number') {
    reading.note('name', 'value_unusable', 'A part of the name is not a text and was left out');
    return null;
  }
  const text = cleanText(written, reading.absentWords);
  return text === null ? null : fitting(text, reading);
}

function fitting(text: string, reading: RecordReading): string | null {
  if (text.length <= MAX_PART || Array.from(text).length <= MAX_PART) return text;
  reading.note('name', 'value_unusable', `A part of the name is longer than ${MAX_PART} characters and was left out`);
  return null;
}
