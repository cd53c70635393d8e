import type { Queryable } from '../database/pool.js';
import { EVERYBODY, type Filter } from '../record/filter.js';
import type {
  DisabilitySummary,
  IndividualAnswer,
  Kinship,
  ParentAnswer,
  PlaceAnswer,
  RelatedAnswer,
} from '../record/individual-answer.js';
import type { Identifier, Individual } from '../record/individual.js';
import type { JsonObject } from '../record/json.js';
import type { RegistryKind } from '../record/registry-kind.js';
import type { MaritalStatus, Marriage } from '../record/registry-record.js';
import { compileFilter } from './compile-filter.js';
import { loadPlaceAnswers } from './place-answers.js';

interface Tie {
  readonly kinship: Kinship;
  readonly id: string;
  readonly given: string | null;
  readonly middle: string | null;
  readonly family: string | null;
  readonly home: string | null;
}

interface FactsRow {
  id: string;
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
    where r.target_id = s.id
    union all
    select r.target_id, r.type, r.created_at, r.id,
      case r.type when 'spouse_of' then 'spouse' when 'guardian_of' then 'ward' else 'child' end
    from relationships r
    where r.source_id = s.id`;

const DISABILITY = `
  (select jsonb_build_object('status', d.status, 'details', d.details)
   from disabilities d where d.individual_id = s.id)`;

/**
 * What answers tell of people beside their columns and identifiers. Two parents of one kind are possible; which comes
 * first must not change from answer to answer.
 */
function selectFacts(ties: string, disability: string, visible: string): string {
  return `
select s.id, s.death_location_id, s.death_place_text, s.marital_status, s.phone_numbers, s.emails, s.attributes,
  (select jsonb_agg(jsonb_build_object('marriedOn', m.married_on, 'divorcedOn', m.divorced_on) order by m.married_on)
   from marriages m where m.individual_id = s.id) as marriages,
  (select jsonb_agg(
     jsonb_build_object('kinship', t.kinship, 'id', i.id, 'given', i.given_name, 'middle', i.middle_name,
       'family', i.family_name, 'home', i.home_location_id)
     order by array_position(array['mother', 'father', 'parent', 'spouse', 'child'], t.kinship), t.created_at, t.id)
   from (${ties}
   ) t
   join individuals i on i.id = t.individual_id
   where ${visible}) as ties,
  ${disability} as disability
from individuals s
where s.id = any($1::uuid[])`;
}

const SELECT_IDENTIFIERS_OF_ANSWERS = `
select h.individual_id, h.type, h.value
from identifiers h
where h.individual_id = any($1::uuid[])
order by h.type, h.value_key`;

/** How much the members of a kind of registry are told of: relatives and disabilities only where its records have them. */
const TOLD: Readonly<Record<RegistryKind, { readonly ties: 'parents' | 'all'; readonly disability: boolean }>> = {
  social: { ties: 'all', disability: true },
  ibr: { ties: 'all', disability: true },
  crvs: { ties: 'parents', disability: false },
  fr: { ties: 'parents', disability: false },
  dr: { ties: 'parents', disability: false },
};

/** Answers for people, and for any other place that was asked for with them. */
export interface PeopleAnswers {
  /** In the order of the individuals. */
  readonly people: readonly IndividualAnswer[];
  readonly placeOf: (id: string | null) => PlaceAnswer | null;
}

/**
 * The answers for these individuals, in their order, with three statements however many there are. Relatives outside
 * `visible` are left out.
 */
export async function loadIndividualAnswers(
  db: Queryable,
  individuals: readonly Individual[],
  visible: Filter = EVERYBODY,
  registry: RegistryKind = 'social',
): Promise<IndividualAnswer[]> {
  return [...(await loadPeople(db, individuals, visible, { registry })).people];
}

/** As `loadIndividualAnswers`, with `placeIds` looked up in the statement that finds the people's places. */
export async function loadPeople(
  db: Queryable,
  individuals: readonly Individual[],
  visible: Filter,
  { registry, placeIds = [] }: { readonly registry: RegistryKind; readonly placeIds?: readonly (string | null)[] },
): Promise<PeopleAnswers> {
  const ids = [...new Set(individuals.map(({ id }) => id))];
  const facts = ids.length === 0 ? new Map<string, FactsRow>() : await loadFacts(db, ids, visible, registry);
  const relatives = [...facts.values()].flatMap(({ ties }) => ties ?? []).map(({ id }) => id);
  const identifiers =
    ids.length === 0
      ? new Map<string, Identifier[]>()
      : await loadIdentifiers(db, [...new Set([...ids, ...relatives])]);
  const wanted = [
    ...individuals.flatMap(({ birthLocationId, homeLocationId }) => [birthLocationId, homeLocationId]),
    ...[...facts.values()].map((row) => row.death_location_id),
    ...placeIds,
  ];
  const places = wanted.length === 0 ? new Map<string, PlaceAnswer>() : await loadPlaceAnswers(db, wanted);
  const placeOf = (id: string | null): PlaceAnswer | null => (id === null ? null : (places.get(id) ?? null));
  const identifiersOf = (id: string): readonly Identifier[] => identifiers.get(id) ?? [];
  return {
    placeOf,
    people: individuals.map((individual): IndividualAnswer => {
      const row = facts.get(individual.id);
      const ties = distinctTies(row?.ties ?? []);
      return {
        individual,
        identifiers: identifiersOf(individual.id),
        birthPlace: placeOf(individual.birthLocationId),
        deathPlace: placeOf(row?.death_location_id ?? null),
        deathPlaceText: row?.death_place_text ?? null,
        homePlace: placeOf(individual.homeLocationId),
        parents: ties.flatMap((tie) => parentOf(tie, identifiersOf(tie.id)) ?? []),
        maritalStatus: row?.marital_status ?? null,
        marriages: row?.marriages ?? [],
        phoneNumbers: row?.phone_numbers ?? [],
        emails: row?.emails ?? [],
        attributes: row?.attributes ?? {},
        related: TOLD[registry].ties === 'all' ? ties.map((tie) => relatedOf(tie, identifiersOf(tie.id))) : [],
        disability: row?.disability ?? null,
      };
    }),
  };
}

/** Two people may be tied from both sides: each is the other's spouse once. */
function distinctTies(ties: readonly Tie[]): readonly Tie[] {
  const seen = new Set<string>();
  return ties.filter(({ kinship, id }) => seen.size < seen.add(`${kinship} ${id}`).size);
}

function parentOf(tie: Tie, identifiers: readonly Identifier[]): ParentAnswer | null {
  const { kinship } = tie;
  if (kinship !== 'mother' && kinship !== 'father' && kinship !== 'parent') return null;
  return { role: kinship, identifiers, name: nameOf(tie), homePlaceId: tie.home };
}

function relatedOf(tie: Tie, identifiers: readonly Identifier[]): RelatedAnswer {
  return { id: tie.id, relationship: tie.kinship, identifiers, name: nameOf(tie) };
}

function nameOf({ given, middle, family }: Tie): RelatedAnswer['name'] {
  return { given, middle, family };
}

async function loadFacts(
  db: Queryable,
  ids: readonly string[],
  visible: Filter,
  registry: RegistryKind,
): Promise<ReadonlyMap<string, FactsRow>> {
  const values: unknown[] = [ids];
  const condition = compileFilter(visible, values);
  const told = TOLD[registry];
  const text = selectFacts(told.ties === 'all' ? TIES : PARENTS, told.disability ? DISABILITY : 'null', condition);
  // The two texts that most callers send are kept prepared; a text for a row scope is not.
  const name = condition === 'true' ? { name: `registry-load-facts-${told.ties}` } : {};
  const { rows } = await db.query<FactsRow>({ ...name, text, values });
  return new Map(rows.map((row) => [row.id, row]));
}

async function loadIdentifiers(db: Queryable, ids: readonly string[]): Promise<Map<string, Identifier[]>> {
  const { rows } = await db.query<Identifier & { individual_id: string }>({
    name: 'registry_answer_identifiers',
    text: SELECT_IDENTIFIERS_OF_ANSWERS,
    values: [ids],
  });
  const lists = new Map<string, Identifier[]>(ids.map((id) => [id, []]));
  for (const { individual_id, type, value } of rows) lists.get(individual_id)?.push({ type, value });
  return lists;
}
