import type { IndividualAnswer, ParentAnswer, PlaceAnswer } from '../../record/individual-answer.js';
import type { Identifier, Individual, PersonName } from '../../record/individual.js';
import { writePartialDate } from '../../record/partial-date.js';
import type { RecordAnswer } from '../../record/record-answer.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { Dialect } from '../dialects/dialect.js';
import { writeInstant } from '../instant.js';
import type { WireObject } from '../wire-object.js';

/** Writes one record as a `reg_records[]` of the dialect, as a registry of this kind has it. */
export function writeRecord(answer: RecordAnswer, dialect: Dialect, registry: RegistryKind): WireObject {
  if (answer.kind === 'individual') return writeIndividualRecord(answer, dialect, registry);
  return { '@type': answer.kind };
}

/** Writes one person as a `reg_records[]` of the dialect. Nothing unknown is written, save where the dialect's readers fail without. */
export function writeIndividualRecord(
  answer: IndividualAnswer,
  dialect: Dialect,
  kind: RegistryKind = 'social',
): WireObject {
  return dialect.record.shape === 'person'
    ? writePerson(answer, kind)
    : writeFlatNames(answer, dialect.record.completeFields);
}

/** The fields that have a value: `null` and `undefined` are what is not known. */
function known(fields: Readonly<Record<string, unknown>>): WireObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

function dates({ birthDate, deathDate }: Individual): { birth: string | null; death: string | null } {
  return {
    birth: birthDate === null ? null : writePartialDate(birthDate),
    death: deathDate === null ? null : writePartialDate(deathDate),
  };
}

/** `CRVS_Person` and its siblings of v1.0.0. */
function writePerson(answer: IndividualAnswer, kind: RegistryKind): WireObject {
  const { individual, identifiers, birthPlace, homePlace, parents } = answer;
  const { birth, death } = dates(individual);
  const [parent1, parent2] = parentIdentifiers(parents);
  return known({
    '@type': kind === 'crvs' ? 'CRVS_Person' : 'SR_Person',
    identifier: identifiers.map(typedIdentifier),
    name: known({
      surname: individual.name.family,
      given_name: individual.name.given,
      second_name: individual.name.middle,
    }),
    sex: individual.sex,
    birth_date: birth,
    death_date: death,
    birth_place: writePlace(birthPlace, individual.birthPlaceText),
    address: writeAddress(homePlace, individual.homePlaceText),
    parent1_identifier: parent1,
    parent2_identifier: parent2,
    registration_date: writeInstant(individual.createdAt),
    last_updated: writeInstant(individual.updatedAt),
  });
}

function typedIdentifier({ type, value }: Identifier): WireObject {
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

/** A `Place` with the places that contain it; `identifier` is its id in `/.well-known/locations.json`. */
function writePlace(place: PlaceAnswer | null, text: string | null): WireObject | null {
  if (place === null) return text === null ? null : { '@type': 'Place', address: text };
  const container = place.ancestors.reduceRight<WireObject | null>(
    (outer, { id, name, type }) => known({ identifier: id, name, additionalType: type, contained_in_place: outer }),
    null,
  );
  return known({
    '@type': 'Place',
    identifier: place.id,
    name: place.name,
    additionalType: place.type,
    address: text,
    contained_in_place: container,
  });
}

function writeAddress(place: PlaceAnswer | null, text: string | null): readonly WireObject[] | null {
  if (place === null && text === null) return null;
  return [known({ '@type': 'Address', identifier: place?.id, address_line_1: text, locality: place?.name })];
}

/** The camelCase record of OpenCRVS, which OpenSPP's importer reads. */
function writeFlatNames(answer: IndividualAnswer, completeFields: boolean): WireObject {
  const { individual, identifiers, birthPlace, homePlace, parents } = answer;
  const { birth, death } = dates(individual);
  return known({
    identifier: identifiers.map(namedIdentifier),
    birthDate: birth,
    deathDate: death,
    ...flatName(individual.name, completeFields),
    sex: individual.sex ?? (completeFields ? 'unknown' : null),
    birthPlace: flatPlace(birthPlace, individual.birthPlaceText) ?? (completeFields ? { '@type': 'Place' } : null),
    homeLocation: homePlace?.id,
    relations: parents.map((parent) =>
      known({
        '@type': RELATION_KINDS[parent.role],
        identifier: parent.identifiers.map(namedIdentifier),
        ...flatName(parent.name, completeFields),
        homeLocation: parent.homePlaceId,
      }),
    ),
  });
}

const RELATION_KINDS = { mother: 'spdci:Mother', father: 'spdci:Father', parent: 'spdci:Parent' } as const;

function namedIdentifier({ type, value }: Identifier): WireObject {
  return { name: type, identifier: value };
}

function flatName({ given, middle, family }: PersonName, completeFields: boolean): WireObject {
  const missing = completeFields ? '' : null;
  return { givenName: given ?? missing, middleName: middle ?? missing, familyName: family ?? missing };
}

function flatPlace(place: PlaceAnswer | null, text: string | null): WireObject | null {
  if (place === null && text === null) return null;
  // A birth at an address inside a place is told as OpenCRVS tells a birth at home.
  const atHome = place !== null && text !== null && !/facility/iu.test(place.type ?? '');
  return atHome
    ? { '@type': 'Place', additionalType: 'PRIVATE_HOME', address: text, containedInPlace: place.id }
    : known({ '@type': 'Place', additionalType: place?.type, identifier: place?.id, address: text });
}
