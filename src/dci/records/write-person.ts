import type { IndividualAnswer, ParentAnswer } from '../../record/individual-answer.js';
import type { Identifier, Individual, PersonName } from '../../record/individual.js';
import type { JsonObject } from '../../record/json.js';
import { writePartialDate } from '../../record/partial-date.js';
import { writeInstant } from '../instant.js';
import type { WireObject } from '../wire-object.js';
import { filled, known, recordId } from './known-fields.js';
import { namedFields } from './named-attributes.js';
import { writeAddress, writePlace } from './write-place.js';

/** `CRVS_Person`: a person with the facts of birth, death and marriage. */
export function writeCivilPerson(answer: IndividualAnswer): WireObject {
  const [parent1, parent2] = parentIdentifiers(answer.parents);
  return known({
    '@type': 'CRVS_Person',
    '@id': recordId(answer.individual.id),
    ...personFields(answer),
    marital_status: answer.maritalStatus,
    marriage_date: filled(answer.marriages.map(({ marriedOn }) => marriedOn)),
    divorce_date: filled(answer.marriages.flatMap(({ divorcedOn }) => divorcedOn ?? [])),
    parent1_identifier: parent1,
    parent2_identifier: parent2,
    ...moments(answer.individual),
  });
}

/** What every record of a person says of who that is. */
export function personFields(answer: IndividualAnswer): WireObject {
  const { individual, attributes, shown } = answer;
  const { birth, death } = dates(individual);
  return {
    identifier: shown.shows('individual', 'identifier') ? answer.identifiers.map(typedIdentifier) : null,
    name: shown.shows('individual', 'name') ? writeName(individual.name, attributes) : null,
    phone_number: filled(answer.phoneNumbers),
    email: filled(answer.emails),
    sex: individual.sex,
    birth_date: birth,
    birth_place: writePlace(answer.birthPlace, individual.birthPlaceText),
    death_date: death,
    // The standard has no word for a death whose day is not known.
    deceased: individual.deceased === true && death === null ? true : null,
    death_place: writePlace(answer.deathPlace, answer.deathPlaceText),
    address: writeAddress(answer.homePlace, individual.homePlaceText, attributes),
  };
}

/** The dates of a person as the standard writes them: as much of each as is known, without a time of day. */
export function dates({ birthDate, deathDate }: Individual): { birth: string | null; death: string | null } {
  return {
    birth: birthDate === null ? null : writePartialDate(birthDate),
    death: deathDate === null ? null : writePartialDate(deathDate),
  };
}

/** When a record was made and last changed, as far as that is shown. */
export function moments(record: { readonly createdAt: Date | null; readonly updatedAt: Date | null }): WireObject {
  const { createdAt, updatedAt } = record;
  return {
    registration_date: createdAt === null ? null : writeInstant(createdAt),
    last_updated: updatedAt === null ? null : writeInstant(updatedAt),
  };
}

export function writeName({ family, given, middle }: PersonName, attributes: JsonObject): WireObject {
  return known({ surname: family, given_name: given, second_name: middle, ...namedFields(attributes, 'name') });
}

export function typedIdentifier({ type, value }: Identifier): WireObject {
  return { identifier_type: type, identifier_value: value };
}

/** The standard has two places for parents and no word for which is which: we put the mother first. */
function parentIdentifiers(parents: readonly ParentAnswer[]): [WireObject | null, WireObject | null] {
  const named = parents.filter((parent) => parent.identifiers.length > 0);
  const mother = named.find((parent) => parent.role === 'mother');
  const father = named.find((parent) => parent.role === 'father');
  const others = named.filter((parent) => parent !== mother && parent !== father);
  const first = mother ?? others.shift();
  const second = father ?? others.shift();
  return [bestIdentifier(first), bestIdentifier(second)];
}

/** The number of a person before that of a registration, where only one can be told. */
function bestIdentifier(parent: ParentAnswer | undefined): WireObject | null {
  const identifiers = parent?.identifiers ?? [];
  const best =
    identifiers.find(({ type }) => type === 'UIN') ?? identifiers.find(({ type }) => type === 'NID') ?? identifiers[0];
  return best === undefined ? null : typedIdentifier(best);
}
