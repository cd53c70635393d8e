import { EVERYBODY, type Filter, isEverybody } from '../../record/filter.js';
import { identifierKey } from '../../record/individual.js';
import type { RecordKind } from '../../record/registry-kind.js';
import { isUuid } from '../../record/uuid.js';
import { compileComparison, compileTogether, oneOf } from './compile-comparison.js';
import { readNameWords, wordsCondition } from './name-words.js';
import { ownerOf } from '../write-records/held-values.js';
import { type AddParameter, addingTo, storable } from './parameters.js';
import { isInScope, RECORD_TABLES, type Standing, standingWith } from './record-tables.js';

/** About what a condition is. */
export interface FilterSettings {
  /** The kind of record that is asked for; default: people. */
  readonly record?: RecordKind;
  /** Which people the caller may see: nobody else decides whether a group matches. Default: everybody. */
  readonly visible?: Filter;
  /** `YYYY-MM-DD`, the day on which ages are counted; default: the day in UTC. */
  readonly today?: string;
}

interface Compilation {
  readonly parameter: AddParameter;
  readonly today: string;
  readonly record: RecordKind;
  readonly visible: Filter;
}

/**
 * The condition, over the tables of RECORD_TABLES, that holds for the records the filter asks for. Values are pushed
 * onto `parameters` and appear as `$n`; the text holds nothing of the filter's values. Meant for a filter whose depth
 * and size were bounded where it was read.
 *
 * Unknown is neither yes nor no: who has no birth date matches neither `birth_date lt x` nor its negation. Each part is
 * therefore compiled as itself or as its negation, never as SQL `not`, and both hold only where the value is known.
 * What the registry itself keeps (identifiers, groups, sources, ids) is always known: `not identifier` is everybody who
 * does not hold it. A date known to the month or the year compares as the first day of it.
 *
 * An attribute of people asked of groups holds for those with a member for whom it does; its negation for those without.
 *
 * Throws `FILTER_VALUE_INVALID` for a value that its attribute cannot have.
 */
export function compileFilter(filter: Filter, parameters: unknown[], settings: FilterSettings = {}): string {
  return compile(filter, false, {
    parameter: addingTo(parameters),
    today: settings.today ?? new Date().toISOString().slice(0, 10),
    record: settings.record ?? 'individual',
    visible: settings.visible ?? EVERYBODY,
  });
}

/**
 * The condition that the caller may see the record: the person it is about, or a member of the group. Who may see
 * everybody also sees groups without members.
 */
export function compileVisible(visible: Filter, parameters: unknown[], record: RecordKind): string {
  const to: Compilation = {
    parameter: addingTo(parameters),
    today: new Date().toISOString().slice(0, 10),
    record: 'individual',
    visible: EVERYBODY,
  };
  if (isEverybody(visible)) return 'true';
  if (isInScope('individual', record) && record !== 'enrolment') return compile(visible, false, to);
  const members = `select m.group_id from memberships m join individuals i on i.id = m.individual_id
  where m.ended_on is null and ${compile(visible, false, to)}`;
  return record === 'group' ? `g.id in (${members})` : `(${compile(visible, false, to)} or e.group_id in (${members}))`;
}

function compile(filter: Filter, negated: boolean, to: Compilation): string {
  switch (filter.kind) {
    case 'and':
      return join(filter.filters, negated ? 'or' : 'and', negated, to);
    case 'or':
      return join(filter.filters, negated ? 'and' : 'or', negated, to);
    case 'not':
      return compile(filter.filter, !negated, to);
    case 'compare': {
      const of = ownerOf(filter.attribute, to.record);
      return isInScope(of, to.record)
        ? compileComparison(filter, negated, to)
        : throughOther(of, filter, negated, to, compileComparison);
    }
    case 'identifier':
      return compileIdentifier(filter, negated, to);
    case 'within':
      return compileWithin(filter, negated, to);
    case 'birth_place_type':
      return ofPerson(filter, negated, to, compileBirthPlaceType);
    case 'member_of':
      return compileMemberOf(filter, negated, to);
    case 'from_source':
      return compileFromSource(filter, negated, to);
    case 'is_mother':
      return ofPerson(filter, negated, to, compileIsMother);
    case 'in_programme':
      return compileInProgramme(filter, negated, to);
    case 'name_contains':
      return to.record === 'group'
        ? nameContains('g.name', filter, negated, to)
        : ofPerson(filter, negated, to, (part, not, inner) => nameContains('i.full_name', part, not, inner));
    case 'ids': {
      const ids = to.parameter(filter.ids.filter(isUuid), 'uuid[]');
      return oneOf(`${RECORD_TABLES[to.record].alias}.id`, ids, negated);
    }
  }
}

function join(filters: readonly Filter[], word: 'and' | 'or', negated: boolean, to: Compilation): string {
  if (filters.length === 0) return word === 'and' ? 'true' : 'false';
  const parts =
    word === 'and' && !negated
      ? sameAttributes(filters).map((together) => compileConjuncts(together, to))
      : filters.map((filter) => compile(filter, negated, to));
  return parts.length === 1 ? parts.join('') : `(${parts.join(` ${word} `)})`;
}

/** The filters, those that compare one attribute brought together: both ends of a range are meant of one value. */
function sameAttributes(filters: readonly Filter[]): (readonly [Filter, ...Filter[]])[] {
  const groups = new Map<unknown, [Filter, ...Filter[]]>();
  for (const filter of filters) {
    const about = filter.kind === 'compare' ? JSON.stringify(filter.attribute) : filter;
    const group = groups.get(about);
    if (group) group.push(filter);
    else groups.set(about, [filter]);
  }
  return [...groups.values()];
}

function compileConjuncts(filters: readonly [Filter, ...Filter[]], to: Compilation): string {
  const [first] = filters;
  const comparisons = filters.filter((filter) => filter.kind === 'compare');
  if (first.kind !== 'compare' || comparisons.length < 2) return compile(first, false, to);
  const of = ownerOf(first.attribute, to.record);
  return isInScope(of, to.record)
    ? compileTogether(comparisons, to)
    : throughOther(of, first, false, to, (_first, _negated, inner) => compileTogether(comparisons, inner));
}

type CompilePart<Part extends Filter> = (filter: Part, negated: boolean, to: Compilation) => string;

/** A condition about people, on records that may be about something else. */
function ofPerson<Part extends Filter>(
  filter: Part,
  negated: boolean,
  to: Compilation,
  part: CompilePart<Part>,
): string {
  return isInScope('individual', to.record)
    ? part(filter, negated, to)
    : throughOther('individual', filter, negated, to, part);
}

/** A condition about records of another kind, with which these stand. */
function throughOther<Part extends Filter>(
  of: RecordKind,
  filter: Part,
  negated: boolean,
  to: Compilation,
  part: CompilePart<Part>,
): string {
  const { alias, from } = RECORD_TABLES[of];
  // A group has many members: that none of them is so is the opposite of one being so. A person has one household.
  const many = to.record === 'group';
  const inner = part(filter, negated && !many, { ...to, record: of });
  const guarded = many && !isEverybody(to.visible) ? `${inner} and ${guard(to)}` : inner;
  const standing = standingWith(to.record, of, `select ${alias}.id from ${from} where ${guarded}`);
  if (standing === null) return 'false';
  return among(standing, negated && many);
}

/** That the person under alias `i` may be seen. */
function guard(to: Compilation): string {
  return `(${compile(to.visible, false, { ...to, record: 'individual', visible: EVERYBODY })})`;
}

function among({ column, select }: Standing, negated: boolean): string {
  return `${column} ${negated ? 'not in' : 'in'} (${select})`;
}

type IdentifierFilter = Extract<Filter, { kind: 'identifier' }>;

/** Types under which callers look for what the registry keeps as contacts. */
const CONTACTS: ReadonlyMap<string, string> = new Map([
  ['MOBILE', 'phone_numbers'],
  ['PHONE', 'phone_numbers'],
  ['EMAIL', 'emails'],
]);

function compileIdentifier(filter: IdentifierFilter, negated: boolean, to: Compilation): string {
  const [type] = storable(filter.type === null ? [] : [filter.type]);
  if (filter.type !== null && type === undefined) return negated ? 'true' : 'false';
  const ofType = type === undefined ? '' : `h.type = ${to.parameter(type, 'text')} and `;
  const values = storable(filter.values);
  const condition = ofType + valueKeyIs(values.map(identifierKey), to);
  const contacts = type === undefined ? undefined : CONTACTS.get(type.toUpperCase());
  const { person } = RECORD_TABLES[to.record];
  if (filter.of !== 'group' && contacts === undefined && person !== null && to.record !== 'enrolment') {
    return held(person, 'identifiers h', condition, negated);
  }
  const people =
    `select h.individual_id from identifiers h where ${condition}` +
    (contacts === undefined
      ? ''
      : ` union all select c.id from individuals c where c.${contacts} <> '{}' and c.${contacts} && ${to.parameter(values, 'text[]')}`);
  const standings = [
    filter.of === 'group' ? null : standingWith(to.record, 'individual', seenAmong(people, to)),
    filter.of === 'individual' || (filter.of === undefined && person !== null && to.record !== 'enrolment')
      ? null
      : standingWith(to.record, 'group', `select h.group_id from group_identifiers h where ${condition}`),
  ].filter((standing) => standing !== null);
  const [first] = standings;
  if (first === undefined) return negated ? 'true' : 'false';
  const select = standings.map((standing) => standing.select).join('\n  union all ');
  return among({ column: first.column, select }, negated);
}

/**
 * A single value is no list of one: for a list of unknown length PostgreSQL reckons with ten, finds every plan made with
 * the list at hand cheaper than the kept one, and plans at every call (measured: three times the statement's own cost).
 */
function valueKeyIs(keys: readonly string[], to: Compilation): string {
  return keys.length === 1
    ? `h.value_key = ${to.parameter(keys[0], 'text')}`
    : `h.value_key = any(${to.parameter(keys, 'text[]')})`;
}

/** Those of the people who may decide whether a group matches. */
function seenAmong(people: string, to: Compilation): string {
  if (to.record !== 'group' || isEverybody(to.visible)) return people;
  return `select i.id from individuals i where i.id in (${people}) and ${guard(to)}`;
}

type WithinFilter = Extract<Filter, { kind: 'within' }>;

const PLACES = { birth: 'i.birth_location_id', home: 'i.home_location_id', death: 'i.death_location_id' } as const;

/** Somebody whose place is not in the tree is neither within a place nor outside it. */
function compileWithin(filter: WithinFilter, negated: boolean, to: Compilation): string {
  const below = placesBelow(filter, to);
  if (filter.place !== 'own') {
    const column = PLACES[filter.place];
    return ofPerson(filter, negated, to, () => within(column, below, negated && to.record !== 'group'));
  }
  switch (to.record) {
    case 'individual':
    case 'disability':
      return within(PLACES.home, below, negated);
    case 'group':
      return within('g.location_id', below, negated);
    case 'farmer':
      // Where nobody said where the farm is, it is where the farmer lives.
      return `f.id in (select x.id from farmers x where ${within('x.location_id', below, negated)}
  union all select x.id from farmers x join individuals h on h.id = x.individual_id
  where x.location_id is null and ${within('h.home_location_id', below, negated)})`;
    case 'enrolment':
      return `e.id in (select x.id from enrolments x join individuals h on h.id = x.individual_id
  where ${within('h.home_location_id', below, negated)}
  union all select x.id from enrolments x join groups h on h.id = x.group_id
  where ${within('h.location_id', below, negated)})`;
  }
}

function placesBelow({ locationIds, names }: WithinFilter, to: Compilation): string {
  const ids = to.parameter(locationIds.filter(isUuid), 'uuid[]');
  if (names === undefined) {
    return `(select a.location_id from location_ancestors a where a.ancestor_id = any(${ids}))`;
  }
  const called = to.parameter(storable(names), 'text[]');
  return `(select a.location_id from location_ancestors a where a.ancestor_id in (
  select l.id from locations l where l.id = any(${ids})
  union all select l.id from locations l where lower(l.name) = any(array(select lower(v) from unnest(${called}) v))))`;
}

function within(column: string, below: string, negated: boolean): string {
  return negated ? `(${column} is not null and ${column} not in ${below})` : `${column} in ${below}`;
}

function compileBirthPlaceType(
  filter: Extract<Filter, { kind: 'birth_place_type' }>,
  negated: boolean,
  to: Compilation,
): string {
  const types = to.parameter(storable(filter.types), 'text[]');
  return `exists (select from locations l where l.id = i.birth_location_id and ${oneOf('l.type', types, negated)})`;
}

function compileMemberOf(filter: Extract<Filter, { kind: 'member_of' }>, negated: boolean, to: Compilation): string {
  const groups = to.parameter(filter.groupIds.filter(isUuid), 'uuid[]');
  if (to.record === 'group') return oneOf('g.id', groups, negated);
  if (to.record === 'enrolment') {
    const standing = standingWith('enrolment', 'group', `select v from unnest(${groups}) v`);
    return standing === null ? 'false' : among(standing, negated);
  }
  return held(
    RECORD_TABLES[to.record].person ?? '',
    'memberships h',
    `h.group_id = any(${groups}) and h.ended_on is null`,
    negated,
  );
}

function compileFromSource(
  filter: Extract<Filter, { kind: 'from_source' }>,
  negated: boolean,
  to: Compilation,
): string {
  const codes = to.parameter(storable(filter.codes), 'text[]');
  const sources = `any(array(select s.id from data_sources s where s.code = any(${codes})))`;
  const { person } = RECORD_TABLES[to.record];
  if (person !== null) return held(person, 'individual_sources h', `h.data_source_id = ${sources}`, negated);
  return negated ? `(g.data_source_id = ${sources}) is not true` : `g.data_source_id = ${sources}`;
}

/** Of a child whom the caller may not see it is told nothing. */
function compileIsMother(_filter: Filter, negated: boolean, to: Compilation): string {
  const { person } = RECORD_TABLES[to.record];
  const seen = isEverybody(to.visible) ? '' : ` and r.target_id in (select i.id from individuals i where ${guard(to)})`;
  return `${negated ? 'not exists' : 'exists'} (select from relationships r
  where r.source_id = ${person ?? 'i.id'} and r.type = 'mother_of'${seen})`;
}

function compileInProgramme(
  filter: Extract<Filter, { kind: 'in_programme' }>,
  negated: boolean,
  to: Compilation,
): string {
  const keys = to.parameter(storable(filter.identifiers).map(identifierKey), 'text[]');
  const enrolled = (who: string): string =>
    `select x.${who} from enrolments x join programmes y on y.id = x.programme_id
  where y.identifier_key = any(${keys}) and x.${who} is not null`;
  const { person } = RECORD_TABLES[to.record];
  if (person === null) return among({ column: 'g.id', select: enrolled('group_id') }, negated);
  const select = `${enrolled('individual_id')}
  union all select m.individual_id from memberships m where m.ended_on is null and m.group_id in (${enrolled('group_id')})`;
  if (to.record !== 'enrolment') return among({ column: person, select }, negated);
  return oneOf('p.identifier_key', keys, negated);
}

function nameContains(
  column: string,
  { text }: Extract<Filter, { kind: 'name_contains' }>,
  negated: boolean,
  to: Compilation,
): string {
  const words = readNameWords(text);
  if (words === null) return negated ? `${column} is not null` : 'false';
  return wordsCondition(column, words, negated, (pattern) => to.parameter(pattern, 'text'));
}

/** Whether a row of the person's stands in another table; known either way, since that table is ours. */
function held(person: string, table: string, condition: string, negated: boolean): string {
  // `in` lets the planner start from the few rows found; `not exists` from the many people that are left.
  return negated
    ? `not exists (select from ${table} where h.individual_id = ${person} and ${condition})`
    : `${person} in (select h.individual_id from ${table} where ${condition})`;
}
