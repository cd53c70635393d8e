import fc from 'fast-check';
import type { Pool } from 'pg';
import { queryableFor } from '../../src/database/limited.js';
import { spdci1 } from '../../src/dci/dialects/spdci-1.js';
import { writeRecord } from '../../src/dci/records/write-record.js';
import { SENSITIVITIES } from '../../src/record/attributes.js';
import { FieldSet, fieldKey, RECORD_FIELDS } from '../../src/record/fields.js';
import { EVERYBODY, type Filter } from '../../src/record/filter.js';
import { Problem } from '../../src/record/problem.js';
import type { RecordAnswer } from '../../src/record/record-answer.js';
import type { RecordKind, RegistryKind } from '../../src/record/registry-kind.js';
import type { Sort } from '../../src/record/sort.js';
import { checkFilter } from '../../src/record/withheld.js';
import { findRecordAnswers } from '../../src/registry/answers/record-answer-pages.js';
import { type AccessDocument, accessOf } from '../../src/security/access-document.js';

/** People of the test; each belongs to the group of its number's half. */
const PEOPLE = 24;
const PLACES = ['land', 'north', 'south', 'village'] as const;
/** Where each place lies, itself first. */
const ABOVE: Readonly<Record<string, readonly string[]>> = {
  land: ['land'],
  north: ['north', 'land'],
  south: ['south', 'land'],
  village: ['village', 'north', 'land'],
};
const SOURCES = ['civil', 'health'] as const;
const PROGRAMMES = ['CASH', 'FOOD'] as const;

const uuid = (what: string, number: number): string =>
  `00000000-0000-4000-8000-${what.charCodeAt(0).toString(16)}${what.charCodeAt(1).toString(16)}${String(number).padStart(8, '0')}`;
export const placeId = (name: string): string =>
  uuid(
    'pl',
    PLACES.findIndex((place) => place === name),
  );

/** What the seed says of a person, by arithmetic: the check below knows it without asking the database. */
const homeOf = (n: number): string => PLACES[n % 4] ?? 'land';
const birthOf = (n: number): string => PLACES[(n >> 2) % 4] ?? 'land';
const sourcesOf = (n: number): readonly string[] => SOURCES.filter((_, index) => (n >> index) % 2 === 1);
const groupOf = (n: number): number => n >> 1;
const programmesOf = (n: number): readonly string[] => [
  ...(n % 3 === 0 ? ['CASH'] : []),
  ...(groupOf(n) % 4 === 0 ? ['FOOD'] : []),
];

/** Every text of the seed names its field and whose it is: `individual.name~7`. */
export async function seed(pool: Pool): Promise<void> {
  const people = `generate_series(0, ${String(PEOPLE - 1)}) n`;
  const groups = `generate_series(0, ${String(PEOPLE / 2 - 1)}) n`;
  const id = (what: string, number: string): string => {
    return `('${uuid(what, 0).slice(0, 28)}' || lpad((${number})::text, 8, '0'))::uuid`;
  };
  const place = (index: string): string => id('pl', index);
  for (const text of [
    ...PLACES.map((name, index) => {
      const parent = ABOVE[name]?.[1];
      return `insert into locations (id, name, type, parent_id) values ('${uuid('pl', index)}', '${name}', 'x', ${parent === undefined ? 'null' : `'${placeId(parent)}'`})`;
    }),
    ...PLACES.flatMap((name) =>
      (ABOVE[name] ?? []).map(
        (above, depth) =>
          `insert into location_ancestors values ('${placeId(name)}', '${placeId(above)}', ${String(depth)})`,
      ),
    ),
    `insert into attributes (record, name, registries, type, operators, path, sensitivity) values
       ('individual', 'open', '{social}', 'text', '{eq}', '{open}', 'public'),
       ('individual', 'shoe', '{social}', 'text', '{eq}', '{body,shoe}', 'personal'),
       ('individual', 'illness', '{social}', 'text', '{eq}', '{body,illness}', 'sensitive')`,
    `insert into individuals (id, given_name, family_name, sex, birth_date, birth_date_precision, death_date,
       death_date_precision, deceased, birth_location_id, birth_place_text, home_location_id, home_place_text,
       death_place_text, marital_status, phone_numbers, emails, attributes)
     select ${id('in', 'n')}, 'individual.name~' || n, 'individual.name~' || n, case n % 2 when 0 then 'male' else 'female' end,
       date '1980-01-01' + n, 'day', date '2020-01-01' + n, 'day', true, ${place('(n >> 2) % 4')}, 'individual.birth_place~' || n,
       ${place('n % 4')}, 'individual.location~' || n, 'individual.death_place~' || n, 'M', array['individual.phone_number~' || n],
       array['individual.email~' || n], jsonb_build_object('open', 'individual.open~' || n,
         'body', jsonb_build_array(jsonb_build_object('shoe', 'individual.shoe~' || n, 'illness', 'individual.illness~' || n)),
         'postal_code', 'individual.location~' || n, 'maiden_name', 'individual.name~' || n, 'stray', 'individual.stray~' || n)
     from ${people}`,
    `insert into identifiers (individual_id, type, value, value_key)
     select ${id('in', 'n')}, 'UIN', 'individual.identifier~' || n, upper('individual.identifier~' || n) from ${people}`,
    `insert into marriages (individual_id, married_on) select ${id('in', 'n')}, date '2001-01-01' + n from ${people}`,
    `insert into relationships (type, source_id, target_id)
     select t.type, ${id('in', 'n')}, ${id('in', '(n + t.step) % ' + String(PEOPLE))}
     from ${people}, (values ('mother_of', 5), ('spouse_of', 1), ('father_of', 7)) t (type, step)`,
    `insert into data_sources (code, name, base_url, dialect) values ('civil', 'C', 'http://c', 'x'), ('health', 'H', 'http://h', 'x')`,
    `insert into individual_sources (individual_id, data_source_id) select ${id('in', 'n')}, s.id from ${people}, data_sources s
     where (s.code = 'civil' and n % 2 = 1) or (s.code = 'health' and (n >> 1) % 2 = 1)`,
    `insert into groups (id, name, kind, location_id, place_text, attributes)
     select ${id('gr', 'n')}, 'group.group_name~' || n, 'household', ${place('n % 4')}, 'group.location~' || n,
       jsonb_build_object('poverty_score', 'group.poverty_score~' || n, 'stray', 'group.stray~' || n) from ${groups}`,
    `insert into group_identifiers (group_id, type, value, value_key)
     select ${id('gr', 'n')}, 'HOUSEHOLD_ID', 'group.group_identifier~' || n, upper('group.group_identifier~' || n) from ${groups}`,
    `insert into memberships (group_id, individual_id) select ${id('gr', 'n >> 1')}, ${id('in', 'n')} from ${people}`,
    `insert into farmers (individual_id, farm_type, land_tenure, place_text, attributes)
     select ${id('in', 'n')}, 'farmer.farm_type~' || n, 'farmer.land_tenure~' || n, 'farmer.location~' || n,
       jsonb_build_object('farm_details', jsonb_build_array(jsonb_build_object('crop', 'farmer.farm_details~' || n,
         'land_tenure', 'farmer.land_tenure~' || n)), 'latitude', 'farmer.location~' || n) from ${people}`,
    `insert into disabilities (individual_id, status, level, details, attributes)
     select ${id('in', 'n')}, 'disability.disability_status~' || n, 'disability.disability_level~' || n,
       jsonb_build_array(jsonb_build_object('impairment_type', 'disability.disability_details~' || n)),
       jsonb_build_object('housing_type', 'disability.support~' || n) from ${people}`,
    `insert into programmes (identifier, identifier_key, name) values ('CASH', 'CASH', 'enrolment.programme~-'), ('FOOD', 'FOOD', 'enrolment.programme~-')`,
    `insert into enrolments (programme_id, individual_id, status, enrolled_on, benefits)
     select p.id, ${id('in', 'n')}, 'enrolment.enrolment_status~' || n, date '2010-01-01' + n,
       jsonb_build_array(jsonb_build_object('benefit_description', 'enrolment.benefits~' || n))
     from ${people}, programmes p where p.identifier = 'CASH' and n % 3 = 0`,
    `insert into enrolments (programme_id, group_id, status) select p.id, ${id('gr', 'n')}, 'enrolment.enrolment_status~-'
     from ${groups}, programmes p where p.identifier = 'FOOD' and n % 4 = 0`,
  ]) {
    await pool.query(text);
  }
}

/** Whether the person is within all the limits, by what the seed says. */
function isWithin(n: number, documents: readonly AccessDocument[]): boolean {
  return documents.every(({ rows = {} }) => {
    const { within, bornWithin, sources, programmes } = rows;
    const lies = (place: string, ids: readonly string[]): boolean =>
      (ABOVE[place] ?? []).some((one) => ids.includes(placeId(one)));
    return (
      (within === undefined || lies(homeOf(n), within)) &&
      (bornWithin === undefined || lies(birthOf(n), bornWithin)) &&
      (sources === undefined || sourcesOf(n).some((code) => sources.includes(code))) &&
      (programmes === undefined || programmesOf(n).some((programme) => programmes.includes(programme)))
    );
  });
}

/** Whether the field is within all the limits; the classes are those of the seed and of the list of fields. */
function isTold(field: string, documents: readonly AccessDocument[]): boolean {
  const classes: Readonly<Record<string, string>> = {
    ...Object.fromEntries(RECORD_FIELDS.map((one) => [fieldKey(one), one.sensitivity])),
    'individual.open': 'public',
    'individual.illness': 'sensitive',
  };
  const [of = ''] = field.split('.');
  const names = (keys: readonly string[]): boolean =>
    keys.includes(field) || (keys.includes(`${of}.*`) && !field.endsWith('.stray'));
  return documents.every(
    ({ only, never, sensitivities }) =>
      (only === undefined || names(only)) &&
      (never === undefined || !(names(never) || never.includes(`${of}.*`))) &&
      (sensitivities === undefined || sensitivities.some((one) => one === (classes[field] ?? 'personal'))),
  );
}

/** Names that the wire gives to values which name no field themselves. */
const WIRE_FIELDS: readonly (readonly [RegExp, field: string])[] = [
  [/"sex":/u, 'individual.sex'],
  [/"birth_date":/u, 'individual.birth_date'],
  [/"death_date":/u, 'individual.death_date'],
  [/"deceased":/u, 'individual.deceased'],
  [/"marital_status":/u, 'individual.marital_status'],
  [/"marriage_date":/u, 'individual.marriages'],
  [/"related_person":|"parent[12]_identifier":/u, 'individual.relationships'],
  [/"group_size":/u, 'group.group_size'],
  [/"group_type":/u, 'group.group_type'],
  [/"member_list":\[\{/u, 'group.members'],
  [/"is_disabled":/u, 'disability.disability_status'],
  [/"enrollment_date":/u, 'enrolment.enrolment_date'],
];

const KINDS: readonly (readonly [RecordKind, RegistryKind])[] = [
  ['individual', 'social'],
  ['individual', 'crvs'],
  ['group', 'social'],
  ['farmer', 'fr'],
  ['disability', 'dr'],
  ['enrolment', 'ibr'],
];

const someOf = <T>(values: readonly T[], most = 3): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: most });
const FIELD_KEYS = [
  ...RECORD_FIELDS.map(fieldKey),
  'individual.open',
  'individual.shoe',
  'individual.illness',
  'individual.*',
  'group.*',
  'farmer.*',
  'enrolment.*',
  'disability.*',
];
const rules = fc.record(
  {
    sensitivities: someOf(SENSITIVITIES),
    only: someOf(FIELD_KEYS, 25),
    never: someOf(FIELD_KEYS, 8),
  },
  { requiredKeys: [] },
);
const rows = fc.record(
  {
    within: someOf(PLACES.map(placeId)),
    bornWithin: someOf(PLACES.map(placeId)),
    sources: someOf(SOURCES),
    programmes: someOf(PROGRAMMES),
  },
  { requiredKeys: [] },
);
const documents: fc.Arbitrary<AccessDocument[]> = fc.array(
  fc.tuple(rules, fc.option(rows, { nil: undefined })).map(([limits, limited]): AccessDocument => ({
    ...limits,
    ...(limited === undefined ? {} : { rows: limited }),
  })),
  { maxLength: 2 },
);

const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant(EVERYBODY),
  fc
    .constantFrom('male', 'female')
    .map((sex): Filter => ({ kind: 'compare', attribute: 'sex', operator: 'eq', values: [sex] })),
  fc.integer({ min: 0, max: PEOPLE }).map((n): Filter => {
    const day = new Date(Date.UTC(1980, 0, 1 + n)).toISOString().slice(0, 10);
    return { kind: 'compare', attribute: 'birth_date', operator: 'ge', values: [day] };
  }),
  fc.constant<Filter>({ kind: 'name_contains', text: 'individual' }),
  fc.constantFrom(...PLACES).map((place): Filter => ({ kind: 'within', place: 'home', locationIds: [placeId(place)] })),
  fc.constantFrom(...PROGRAMMES).map((programme): Filter => ({ kind: 'in_programme', identifiers: [programme] })),
  fc.constantFrom(...SOURCES).map((code): Filter => ({ kind: 'from_source', codes: [code] })),
  fc
    .nat(PEOPLE)
    .map((n): Filter => ({ kind: 'identifier', type: 'UIN', values: [`individual.identifier~${String(n)}`] })),
);
const filter: fc.Arbitrary<Filter> = fc.oneof(
  leaf,
  leaf.map((part): Filter => ({ kind: 'not', filter: part })),
  fc
    .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(leaf, { minLength: 1, maxLength: 3 }))
    .map(([kind, filters]): Filter => ({ kind, filters })),
);
const sort: fc.Arbitrary<Sort[]> = fc.array(
  fc.record<Sort>({
    attribute: fc.constantFrom('birth_date' as const, 'registration_date' as const),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
  }),
  { maxLength: 1 },
);

/** A question that nobody made up, and the limits of who asks. */
export const question = fc.record({
  kind: fc.constantFrom(...KINDS),
  documents,
  filter,
  sort,
  page: fc.record({ size: fc.integer({ min: 1, max: 30 }), number: fc.integer({ min: 1, max: 2 }) }),
});
export type Question = typeof question extends fc.Arbitrary<infer Asked> ? Asked : never;

/** Asks, and answers with what was told beyond the limits: nothing, it is hoped. `refused`: not even asked. */
export async function beyondScope(pool: Pool, asked: Question): Promise<readonly string[] | 'refused'> {
  const [record, registry] = asked.kind;
  const access = accessOf(asked.documents);
  const order = record === 'group' ? [] : asked.sort;
  try {
    checkFilter(asked.filter, order, record, access);
  } catch (error) {
    if (error instanceof Problem) return 'refused';
    throw error;
  }
  const query = {
    record,
    registry,
    filter: asked.filter,
    sort: order,
    page: asked.page,
    visible: access.rows,
    fields: access.fields,
  };
  const first = await findRecordAnswers(pool, query);
  const both = await findRecordAnswers(queryableFor(pool, access), query);
  const second = await findRecordAnswers(queryableFor(pool, access), { ...query, visible: EVERYBODY });
  const agree = JSON.stringify(first) === JSON.stringify(both);
  return [
    ...(agree ? [] : [`the two lines differ: ${String(first.total)} and ${String(both.total)}`]),
    ...first.items.flatMap((answer) => told(answer, registry, asked.documents)),
    // The second line alone, without any condition of ours.
    ...second.items.flatMap((answer) => told(answer, registry, asked.documents)),
  ];
}

function told(answer: RecordAnswer, registry: RegistryKind, limits: readonly AccessDocument[]): string[] {
  const wire = JSON.stringify(writeRecord(answer, spdci1, registry));
  const texts = [...wire.matchAll(/((?:individual|group|farmer|disability|enrolment)\.[a-z_]+)~(\d+|-)/gu)];
  const beyond = texts.flatMap(([text, field = '', n = '']) => {
    const people = field.startsWith('group.') ? [Number(n) * 2, Number(n) * 2 + 1] : [Number(n)];
    const isSeen = n === '-' || people.some((one) => isWithin(one, limits));
    return isSeen && isTold(field, limits) ? [] : [text];
  });
  const named = WIRE_FIELDS.flatMap(([name, field]) => (name.test(wire) && !isTold(field, limits) ? [field] : []));
  return [...beyond, ...named];
}

/** For whoever may see everything: how much of the seed there is to be told. */
export async function fieldsTold(pool: Pool): Promise<Set<string>> {
  const fields = new Set<string>();
  for (const [record, registry] of KINDS) {
    const query = { record, registry, filter: EVERYBODY, visible: EVERYBODY, sort: [], page: { size: 100, number: 1 } };
    const { items } = await findRecordAnswers(pool, { ...query, fields: new FieldSet([]) });
    const wire = JSON.stringify(items.map((answer) => writeRecord(answer, spdci1, registry)));
    for (const [, field = ''] of wire.matchAll(/([a-z]+\.[a-z_]+)~/gu)) fields.add(field);
    for (const [name, field] of WIRE_FIELDS) if (name.test(wire)) fields.add(field);
  }
  return fields;
}
