import type { Queryable } from '../../database/pool.js';
import type { FieldSet } from '../../record/fields.js';
import type {
  DisabilitySummary,
  IndividualAnswer,
  Kinship,
  ParentAnswer,
  PlaceAnswer,
  RelatedAnswer,
} from '../../record/individual-answer.js';
import type { Identifier, Individual } from '../../record/individual.js';
import type { JsonObject } from '../../record/json.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { MaritalStatus, Marriage } from '../../record/registry-record.js';
import { compileFilter } from '../queries/compile-filter.js';
import { individualColumns, type IndividualRow, readIndividual } from '../individual-rows.js';
import { TIE_LASTS } from '../lasting-ties.js';
import type { OrderedRead } from '../queries/keyset.js';
import { shownAttributes } from '../shown-attributes.js';
import { type HeldColumn, shownColumns } from '../shown-columns.js';
import { nameFor, type Sight } from './answer-rows.js';
import { loadPlaceAnswers } from './place-answers.js';

interface Tie {
  readonly kinship: Kinship;
  readonly id: string;
  readonly given: string | null;
  readonly middle: string | null;
  readonly family: string | null;
  readonly home: string | null;
  readonly identifiers: readonly Identifier[] | null;
}

/** A place and those that contain it, the nearest first. */
type PlacePath = readonly Omit<PlaceAnswer, 'ancestors'>[] | null;

interface FactsRow {
  id: string;
  identifiers: Identifier[] | null;
  birth_place: PlacePath;
  death_place: PlacePath;
  home_place: PlacePath;
  death_location_id: string | null;
  death_place_text: string | null;
  marital_status: MaritalStatus | null;
  phone_numbers: string[];
  emails: string[];
  attributes: JsonObject;
  marriages: Marriage[] | null;
  ties: Tie[] | null;
  disability: DisabilitySummary | null;
}

const PARENTS = `
    select r.source_id as individual_id, r.type, r.created_at, r.id,
      case r.type when 'mother_of' then 'mother' when 'father_of' then 'father' else 'parent' end as kinship
    from relationships r
    where r.target_id = s.id and r.type in ('mother_of', 'father_of', 'parent_of')`;

const TIES = `
    select r.source_id as individual_id, r.type, r.created_at, r.id,
      case r.type when 'mother_of' then 'mother' when 'father_of' then 'father' when 'parent_of' then 'parent'
        when 'spouse_of' then 'spouse' else 'guardian' end as kinship
    from relationships r
    where r.target_id = s.id and ${TIE_LASTS}
    union all
    select r.target_id, r.type, r.created_at, r.id,
      case r.type when 'spouse_of' then 'spouse' when 'guardian_of' then 'ward' else 'child' end
    from relationships r
    where r.source_id = s.id and ${TIE_LASTS}`;

const disabilityWith = (details: string): string => `
  (select json_build_object('status', d.status, 'details', ${details})
   from disabilities d where d.individual_id = s.id)`;

/** Without its status it would say nothing but that there is one. */
function disabilityOf(fields: FieldSet): string {
  if (!fields.shows('disability', 'disability_status')) return 'null';
  return disabilityWith(fields.shows('disability', 'disability_details') ? 'd.details' : `'[]'::jsonb`);
}

const identifiersOf = (person: string): string => `
  (select json_agg(json_build_object('type', h.type, 'value', h.value) order by h.type, h.value_key)
   from identifiers h where h.individual_id = ${person})`;

/** Nothing is looked up where nothing is known: few people have a place of death. */
const placePath = (location: string): string => `
  case when ${location} is not null then (
   select json_agg(json_build_object('id', l.id, 'name', l.name, 'type', l.type) order by a.depth)
   from location_ancestors a join locations l on l.id = a.ancestor_id
   where a.location_id = ${location}) end`;

/** Columns of a person's own row that only answers tell of; `attributes` beside them. */
const TOLD_COLUMNS: readonly HeldColumn[] = [
  { sql: 'death_location_id', type: 'uuid', field: 'death_place' },
  { sql: 'death_place_text', type: 'text', field: 'death_place' },
  { sql: 'marital_status', type: 'text', field: 'marital_status' },
  { sql: 'phone_numbers', type: 'text[]', field: 'phone_number' },
  { sql: 'emails', type: 'text[]', field: 'email' },
];

function toldColumns(alias: string, fields: FieldSet): string {
  const columns = TOLD_COLUMNS.map(({ sql, ...column }) => ({ ...column, sql: `${alias}.${sql}` }));
  const attributes = `${alias}.attributes`;
  const shown = fields.isAll ? attributes : `${shownAttributes('individual', attributes, fields)} as attributes`;
  return `${shownColumns('individual', columns, fields)}, ${shown}`;
}

/**
 * What answers tell of the people `s` beside their columns. All of it in one statement: a statement more is what an
 * answer of one person costs most. Two parents of one kind are possible; which comes first must not change from answer
 * to answer.
 */
function factsAbout({ ties, disability, visible, withPlaces, fields }: FactsWanted): string {
  const ofPerson = (field: string, sql: string): string => (fields.shows('individual', field) ? sql : 'null::json');
  const path = (field: string, location: string): string =>
    ofPerson(field, withPlaces ? placePath(location) : 'null::json');
  return `${ofPerson('identifier', identifiersOf('s.id'))} as identifiers, ${path('birth_place', 's.birth_location_id')} as birth_place,
  ${path('death_place', 's.death_location_id')} as death_place, ${path('location', 's.home_location_id')} as home_place,
  ${ofPerson('marriages', MARRIAGES)} as marriages,
  ${ofPerson('relationships', tiesOf(ties, visible, fields))} as ties,
  ${disability} as disability`;
}

interface FactsWanted {
  readonly ties: string;
  readonly disability: string;
  /** Condition over `i`: relatives for whom it does not hold are left out. */
  readonly visible: string;
  readonly withPlaces: boolean;
  readonly fields: FieldSet;
}

const MARRIAGES = `(select json_agg(json_build_object('marriedOn', m.married_on, 'divorcedOn', m.divorced_on) order by m.married_on)
   from marriages m where m.individual_id = s.id)`;

/** Of a relative as much is told as of anybody. */
function tiesOf(ties: string, visible: string, fields: FieldSet): string {
  const ofPerson = (field: string, sql: string): string => (fields.shows('individual', field) ? sql : 'null');
  return `(select json_agg(
     json_build_object('kinship', t.kinship, 'id', i.id, 'given', ${ofPerson('name', 'i.given_name')}, 'middle', ${ofPerson('name', 'i.middle_name')},
       'family', ${ofPerson('name', 'i.family_name')}, 'home', ${ofPerson('location', 'i.home_location_id')}, 'identifiers', ${ofPerson('identifier', identifiersOf('i.id'))})
     order by array_position(array['mother', 'father', 'parent', 'spouse', 'child'], t.kinship), t.created_at, t.id)
   from (${ties}
   ) t
   join individuals i on i.id = t.individual_id
   where ${visible})`;
}

/** How much the members of a kind of registry are told of: relatives and disabilities only where its records have them. */
const TOLD: Readonly<Record<RegistryKind, { readonly ties: 'parents' | 'all'; readonly disability: boolean }>> = {
  social: { ties: 'all', disability: true },
  ibr: { ties: 'all', disability: true },
  crvs: { ties: 'parents', disability: false },
  fr: { ties: 'parents', disability: false },
  dr: { ties: 'parents', disability: false },
};

function factsFor(
  registry: RegistryKind,
  { visible, fields, withPlaces }: Pick<FactsWanted, 'visible' | 'fields' | 'withPlaces'>,
): string {
  const told = TOLD[registry];
  const ties = told.ties === 'all' ? TIES : PARENTS;
  const disability = told.disability ? disabilityOf(fields) : 'null';
  return factsAbout({ ties, disability, visible, withPlaces, fields });
}

/**
 * The read of people, with what answers tell of those on the page made in the same statement: a statement of its own
 * costs another way to the database and back, and for few people PostgreSQL plans it anew at every call, which takes
 * longer than running it (measured for one person: 3.2 ms of the database's processor apart, 0.8 ms together).
 * `withPlaces: false`: whoever reads the rows knows the places.
 */
export function tellingFacts(
  read: OrderedRead,
  { visible, fields }: Sight,
  { registry, withPlaces }: { readonly registry: RegistryKind; readonly withPlaces: boolean },
): OrderedRead {
  const parameters = [...read.parameters];
  const ofPage = factsFor(registry, { visible: relativesSeen({ visible, fields }, parameters), fields, withPlaces });
  return { ...read, parameters, columns: `${individualColumns(fields)}, ${toldColumns('i', fields)}`, ofPage };
}

/** Which relatives are told of; nothing is added to the parameters of a statement that tells of none. */
function relativesSeen({ visible, fields }: Sight, parameters: unknown[]): string {
  return fields.shows('individual', 'relationships') ? compileFilter(visible, parameters) : 'true';
}

/** A row of a read that is `tellingFacts`. */
export type PersonRow = IndividualRow & FactsRow;

/** The places of the row, to be looked up. */
export function placesOf(row: PersonRow): readonly (string | null)[] {
  return [row.birth_location_id, row.death_location_id, row.home_location_id];
}

/** The answer about the person of the row; `places` where the row was read without them. */
export function readPerson(
  row: PersonRow,
  {
    registry,
    fields,
    places,
  }: {
    readonly registry: RegistryKind;
    readonly fields: FieldSet;
    readonly places: ReadonlyMap<string, PlaceAnswer> | null;
  },
): IndividualAnswer {
  const answer = answerAbout(readIndividual(row), row, { registry, fields });
  if (places === null) return answer;
  const [birthPlace = null, deathPlace = null, homePlace = null] = placesOf(row).map((id) =>
    id === null ? null : (places.get(id) ?? null),
  );
  return { ...answer, birthPlace, deathPlace, homePlace };
}

/** Answers for people, and for any other place that was asked for with them. */
export interface PeopleAnswers {
  /** In the order of the individuals. */
  readonly people: readonly IndividualAnswer[];
  readonly placeOf: (id: string | null) => PlaceAnswer | null;
}

/**
 * The answers for these individuals, in their order, with one statement however many there are. Relatives whom the
 * caller may not see are left out.
 */
export async function loadIndividualAnswers(
  db: Queryable,
  individuals: readonly Individual[],
  sight: Sight,
  registry: RegistryKind,
): Promise<IndividualAnswer[]> {
  return [...(await loadPeople(db, individuals, sight, { registry })).people];
}

/** As `loadIndividualAnswers`, with the places `placeIds` looked up in a statement of their own. */
export async function loadPeople(
  db: Queryable,
  individuals: readonly Individual[],
  sight: Sight,
  { registry, placeIds = [] }: { readonly registry: RegistryKind; readonly placeIds?: readonly (string | null)[] },
): Promise<PeopleAnswers> {
  const ids = [...new Set(individuals.map(({ id }) => id))];
  const facts = ids.length === 0 ? new Map<string, FactsRow>() : await loadFacts(db, ids, sight, registry);
  const places = placeIds.some((id) => id !== null) ? await loadPlaceAnswers(db, placeIds) : NO_PLACES;
  const placeOf = (id: string | null): PlaceAnswer | null => (id === null ? null : (places.get(id) ?? null));
  return {
    placeOf,
    people: individuals.map((individual) =>
      answerAbout(individual, facts.get(individual.id), { registry, fields: sight.fields }),
    ),
  };
}

function answerAbout(
  individual: Individual,
  facts: FactsRow | undefined,
  { registry, fields }: { readonly registry: RegistryKind; readonly fields: FieldSet },
): IndividualAnswer {
  const ties = distinctTies(facts?.ties ?? []);
  return {
    shown: fields,
    individual,
    identifiers: facts?.identifiers ?? [],
    birthPlace: placeAt(facts?.birth_place),
    deathPlace: placeAt(facts?.death_place),
    deathPlaceText: facts?.death_place_text ?? null,
    homePlace: placeAt(facts?.home_place),
    parents: ties.flatMap((tie) => parentOf(tie) ?? []),
    maritalStatus: facts?.marital_status ?? null,
    marriages: facts?.marriages ?? [],
    phoneNumbers: facts?.phone_numbers ?? [],
    emails: facts?.emails ?? [],
    attributes: facts?.attributes ?? {},
    related: TOLD[registry].ties === 'all' ? ties.map(relatedOf) : [],
    disability: facts?.disability ?? null,
  };
}

const NO_PLACES: ReadonlyMap<string, PlaceAnswer> = new Map();

function placeAt(path: PlacePath | undefined): PlaceAnswer | null {
  const [place, ...ancestors] = path ?? [];
  return place === undefined ? null : { ...place, ancestors };
}

/** Two people may be tied from both sides: each is the other's spouse once. */
function distinctTies(ties: readonly Tie[]): readonly Tie[] {
  const seen = new Set<string>();
  return ties.filter(({ kinship, id }) => seen.size < seen.add(`${kinship} ${id}`).size);
}

function parentOf(tie: Tie): ParentAnswer | null {
  const { kinship } = tie;
  if (kinship !== 'mother' && kinship !== 'father' && kinship !== 'parent') return null;
  return { id: tie.id, role: kinship, identifiers: tie.identifiers ?? [], name: nameOf(tie), homePlaceId: tie.home };
}

function relatedOf(tie: Tie): RelatedAnswer {
  return { id: tie.id, relationship: tie.kinship, identifiers: tie.identifiers ?? [], name: nameOf(tie) };
}

function nameOf({ given, middle, family }: Tie): RelatedAnswer['name'] {
  return { given, middle, family };
}

async function loadFacts(
  db: Queryable,
  ids: readonly string[],
  { visible, fields }: Sight,
  registry: RegistryKind,
): Promise<ReadonlyMap<string, FactsRow>> {
  const values: unknown[] = [ids];
  const condition = relativesSeen({ visible, fields }, values);
  const text = `
select s.id, ${toldColumns('s', fields)}, ${factsFor(registry, { visible: condition, fields, withPlaces: true })}
from individuals s
where s.id = any($1::uuid[])`;
  // The two texts that most callers send are kept prepared; a text for a row scope is not.
  const name = condition === 'true' ? nameFor(`registry-load-facts-${TOLD[registry].ties}`, text, fields) : {};
  const { rows } = await db.query<FactsRow>({ ...name, text, values });
  return new Map(rows.map((row) => [row.id, row]));
}
