import { DatabaseError, type QueryResultRow } from 'pg';
import { type Queryable } from '../database/pool.js';
import { allOf, type Filter } from '../record/filter.js';
import { addDays, readPartialDate } from '../record/partial-date.js';
import { Problem } from '../record/problem.js';
import { isUuid } from '../record/uuid.js';
import { type VitalEvent } from '../record/vital-event.js';
import { type CursorPage, type ListPage, readPage } from '../registry/queries/keyset.js';
import { getDataSource } from '../sources/data-sources.js';

/** One end of a range of dates. */
export interface BirthDateBound {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Whether the day itself belongs to the range. */
  readonly inclusive: boolean;
}

/**
 * What an operator asks another registry for: births, deaths or marriages; in a range of dates, of people born in some
 * place, or both.
 */
export interface SearchCriteria {
  readonly id: string;
  readonly dataSourceId: string;
  readonly name: string;
  readonly event: VitalEvent;
  /** Whether a record of somebody who is unknown here makes a person; else it is skipped, and says so. */
  readonly makesPeople: boolean;
  /** Born in this location of our own tree or below it. */
  readonly locationId: string | null;
  /** Born in a place of this type, as the records of the source call it: `HEALTH_FACILITY`, `PRIVATE_HOME`, ... */
  readonly locationType: string | null;
  readonly bornFrom: BirthDateBound | null;
  readonly bornUntil: BirthDateBound | null;
  /** First and last day of the death or the marriage, `YYYY-MM-DD`; of births see `bornFrom`. */
  readonly eventFrom: string | null;
  readonly eventUntil: string | null;
  /** In place of a range: the event lies within so many days before the day of the run. */
  readonly withinDays: number | null;
  /** Since when a fetch has succeeded; fetching again must be enabled first. */
  readonly lockedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What an operator says of new search criteria. */
export interface SearchCriteriaInput {
  readonly name: string;
  /** Code or id. */
  readonly dataSource: string;
  /** Default: births. */
  readonly event?: VitalEvent | null;
  /** Default: yes, except for deaths. */
  readonly makesPeople?: boolean | null;
  readonly locationId?: string | null;
  readonly locationType?: string | null;
  readonly bornFrom?: BirthDateBound | null;
  readonly bornUntil?: BirthDateBound | null;
  readonly eventFrom?: string | null;
  readonly eventUntil?: string | null;
  readonly withinDays?: number | null;
}

const COLUMNS = `c.id, c.data_source_id, c.name, c.event, c.makes_people, c.location_id, c.location_type, c.born_from,
  c.born_from_inclusive, c.born_until, c.born_until_inclusive, c.event_from, c.event_until, c.within_days, c.locked_at,
  c.created_at, c.updated_at`;

const INSERT = {
  name: 'insert-search-criteria',
  text: `
    insert into search_criteria as c (data_source_id, name, location_id, location_type, born_from, born_from_inclusive,
      born_until, born_until_inclusive, event, makes_people, event_from, event_until, within_days)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    returning ${COLUMNS}`,
};

const SELECT = { name: 'select-search-criteria', text: `select ${COLUMNS} from search_criteria c where c.id = $1` };

const SELECT_BY_NAME = {
  name: 'search-criteria-by-name',
  text: `select ${COLUMNS} from search_criteria c where c.name = $1`,
};

const SELECT_SOME = {
  name: 'select-some-search-criteria',
  text: `select ${COLUMNS} from search_criteria c where c.id = any($1::uuid[])`,
};

const UNLOCK = {
  name: 'unlock-search-criteria',
  text: `
    update search_criteria c
    set locked_at = null, updated_at = case when c.locked_at is null then c.updated_at else now() end
    where c.id = $1
    returning ${COLUMNS}`,
};

interface CriteriaRow extends QueryResultRow {
  id: string;
  data_source_id: string;
  name: string;
  event: VitalEvent;
  makes_people: boolean;
  location_id: string | null;
  location_type: string | null;
  event_from: string | null;
  event_until: string | null;
  within_days: number | null;
  born_from: string | null;
  born_from_inclusive: boolean;
  born_until: string | null;
  born_until_inclusive: boolean;
  locked_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

/**
 * Keeps a new search criteria. Throws `CRITERIA_NAME_REQUIRED`, `CRITERIA_NAME_TAKEN`, `DATA_SOURCE_UNKNOWN`,
 * `LOCATION_UNKNOWN`, `LOCATION_TYPE_INVALID`, or what `checkAsked` throws.
 */
export async function createSearchCriteria(db: Queryable, input: SearchCriteriaInput): Promise<SearchCriteria> {
  const name = input.name.trim();
  if (name === '' || name.length > 200 || /\p{Cc}/u.test(name)) {
    throw new Problem('CRITERIA_NAME_REQUIRED', 'Give the search criteria a name of 1 to 200 characters');
  }
  const event = input.event ?? 'birth';
  const asked = {
    event,
    eventFrom: input.eventFrom ?? null,
    eventUntil: input.eventUntil ?? null,
    withinDays: input.withinDays ?? null,
    locationId: input.locationId ?? null,
    locationType: input.locationType?.trim() || null,
    bornFrom: input.bornFrom ?? null,
    bornUntil: input.bornUntil ?? null,
  };
  if (asked.locationType !== null && (asked.locationType.length > 200 || /\p{Cc}/u.test(asked.locationType))) {
    throw new Problem('LOCATION_TYPE_INVALID', 'A location type has at most 200 characters and no control characters');
  }
  checkAsked(asked);
  const source = await getDataSource(db, input.dataSource);
  if (asked.locationId !== null && !isUuid(asked.locationId)) throw locationUnknown();
  try {
    const { rows } = await db.query<CriteriaRow>({
      ...INSERT,
      values: [
        source.id,
        name,
        asked.locationId,
        asked.locationType,
        asked.bornFrom?.date ?? null,
        asked.bornFrom?.inclusive ?? true,
        asked.bornUntil?.date ?? null,
        asked.bornUntil?.inclusive ?? true,
        event,
        input.makesPeople ?? event !== 'death',
        asked.eventFrom,
        asked.eventUntil,
        asked.withinDays,
      ],
    });
    const [row] = rows;
    if (row === undefined) throw new Error('insert returned no row');
    return readCriteria(row);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (error.constraint === 'search_criteria_name_key') {
      throw new Problem('CRITERIA_NAME_TAKEN', 'Another search criteria has this name: choose a different one');
    }
    if (error.constraint === 'search_criteria_location_id_fkey') throw locationUnknown();
    throw error;
  }
}

/** The search criteria with this id; `null` when there is none. */
export async function findSearchCriteria(db: Queryable, id: string): Promise<SearchCriteria | null> {
  if (!isUuid(id)) return null;
  const { rows } = await db.query<CriteriaRow>({ ...SELECT, values: [id] });
  return rows[0] === undefined ? null : readCriteria(rows[0]);
}

/** The search criteria of exactly this name, `null` when there is none. */
export async function findSearchCriteriaByName(db: Queryable, name: string): Promise<SearchCriteria | null> {
  const { rows } = await db.query<CriteriaRow>({ ...SELECT_BY_NAME, values: [name.trim()] });
  return rows[0] === undefined ? null : readCriteria(rows[0]);
}

/** The search criteria with these ids, in any order; an id that there is none of is left out. */
export async function findSearchCriteriaByIds(db: Queryable, ids: readonly string[]): Promise<SearchCriteria[]> {
  const { rows } = await db.query<CriteriaRow>({ ...SELECT_SOME, values: [ids.filter(isUuid)] });
  return rows.map(readCriteria);
}

/** Every search criteria, the newest first. Throws `PAGE_INVALID` or `CURSOR_INVALID`. */
export async function listSearchCriteria(db: Queryable, page: CursorPage): Promise<ListPage<SearchCriteria>> {
  return await readPage<CriteriaRow, SearchCriteria>(
    db,
    {
      from: 'search_criteria c',
      columns: COLUMNS,
      where: 'true',
      parameters: [],
      onePlan: true,
      keys: [
        { name: 'createdAt', expression: 'c.created_at', type: 'timestamptz', nullable: false, direction: 'desc' },
        { name: 'id', expression: 'c.id', type: 'uuid', nullable: false, direction: 'desc' },
      ],
    },
    page,
    readCriteria,
  );
}

/**
 * Lets a criteria whose fetch has succeeded be fetched again; nothing happens to one that is not locked.
 * Throws `SEARCH_CRITERIA_UNKNOWN`.
 */
export async function enableFetching(db: Queryable, id: string): Promise<SearchCriteria> {
  if (!isUuid(id)) throw criteriaUnknown();
  const { rows } = await db.query<CriteriaRow>({ ...UNLOCK, values: [id] });
  if (rows[0] === undefined) throw criteriaUnknown();
  return readCriteria(rows[0]);
}

/** The refusal of an id that no search criteria has. */
export function criteriaUnknown(): Problem {
  return new Problem('SEARCH_CRITERIA_UNKNOWN', 'There is no search criteria with this id: list them to see which are');
}

type Asked = Pick<
  SearchCriteria,
  'event' | 'locationId' | 'locationType' | 'bornFrom' | 'bornUntil' | 'eventFrom' | 'eventUntil' | 'withinDays'
>;

/**
 * Refuses a criteria that no import can be made of: `BIRTH_DATE_INVALID`, `BIRTH_DATE_LOWER_BOUND_REQUIRED`,
 * `BIRTH_DATE_UPPER_BOUND_REQUIRED`, `BIRTH_DATE_RANGE_EMPTY`, the same of `EVENT_DATE`, `EVENT_DATE_OF_BIRTH`,
 * `WITHIN_DAYS_INVALID`, `WITHIN_DAYS_AND_RANGE`, `CRITERIA_FILTER_REQUIRED`.
 */
export function checkAsked(asked: Asked): void {
  const { event, locationId, locationType, bornFrom, bornUntil, eventFrom, eventUntil, withinDays } = asked;
  checkRange('birth date', 'BIRTH_DATE', bornFrom, bornUntil);
  checkRange('date of the event', 'EVENT_DATE', wholeDay(eventFrom), wholeDay(eventUntil));
  if (event === 'birth' && (eventFrom !== null || eventUntil !== null)) {
    throw new Problem(
      'EVENT_DATE_OF_BIRTH',
      'The date of a birth is the birth date: give its range in place of this one',
    );
  }
  if (withinDays !== null) checkWindow(withinDays, event === 'birth' ? bornFrom : wholeDay(eventFrom));
  const isNarrow = [locationId, locationType, bornFrom, withinDays].some((part) => part !== null);
  // Registers of deaths and marriages are small, and may not be told apart by any date that can be asked for.
  if (event === 'birth' && !isNarrow) {
    throw new Problem(
      'CRITERIA_FILTER_REQUIRED',
      'The criteria asks for nothing: give a first and a last birth date, a number of days before today, a location, or a location type',
    );
  }
}

function wholeDay(date: string | null): BirthDateBound | null {
  return date === null ? null : { date, inclusive: true };
}

function checkRange(
  what: string,
  code: 'BIRTH_DATE' | 'EVENT_DATE',
  from: BirthDateBound | null,
  until: BirthDateBound | null,
): void {
  for (const bound of [from, until]) {
    if (bound !== null && (bound.date.length !== 10 || readPartialDate(bound.date)?.precision !== 'day')) {
      throw new Problem(`${code}_INVALID`, `A bound of the ${what} must be a calendar day such as 2024-01-31`);
    }
  }
  if (from === null && until !== null) {
    throw new Problem(
      `${code}_LOWER_BOUND_REQUIRED`,
      `The ${what} has an upper bound only: add the first day, as some registries answer half a range with everybody`,
    );
  }
  if (until === null && from !== null) {
    throw new Problem(
      `${code}_UPPER_BOUND_REQUIRED`,
      `The ${what} has a lower bound only: add the last day, as some registries answer half a range with everybody`,
    );
  }
  if (from === null || until === null) return;
  const first = from.inclusive ? from.date : addDays(from.date, 1);
  const last = until.inclusive ? until.date : addDays(until.date, -1);
  if (first > last) {
    throw new Problem(
      `${code}_RANGE_EMPTY`,
      'No day lies between the two dates: put the earlier one first, or let the bounds belong to the range',
    );
  }
}

function checkWindow(withinDays: number, range: BirthDateBound | null): void {
  if (!Number.isInteger(withinDays) || withinDays < 1 || withinDays > MAX_WITHIN_DAYS) {
    throw new Problem(
      'WITHIN_DAYS_INVALID',
      `The days before today must be a whole number from 1 to ${MAX_WITHIN_DAYS}`,
    );
  }
  if (range !== null) {
    throw new Problem(
      'WITHIN_DAYS_AND_RANGE',
      'The criteria has a range of dates and a number of days before today: leave one of them out',
    );
  }
}

/** A century. */
const MAX_WITHIN_DAYS = 36_600;

/** What of a criteria is not the same at each run. */
export interface AskedNow {
  /** The day from which `withinDays` is counted back, `YYYY-MM-DD`. Default: today, in UTC. */
  readonly askedOn?: string;
  /** Only what the source has since then. */
  readonly since?: Since | null;
}

/** From which day on a run asks for what is new, and by which date. */
export interface Since {
  readonly attribute: 'registration_date' | EventDate;
  /** `YYYY-MM-DD`. */
  readonly from: string;
}

type EventDate = (typeof EVENT_DATES)[VitalEvent];

/** The date of each event. */
export const EVENT_DATES = { birth: 'birth_date', death: 'death_date', marriage: 'marriage_date' } as const;

/** The criteria in the form that everything that asks takes. */
export function criteriaFilter(asked: Asked, now: AskedNow = {}): Filter {
  const { event, locationId, locationType, bornFrom, bornUntil, eventFrom, eventUntil, withinDays } = asked;
  const { askedOn = new Date().toISOString().slice(0, 10), since = null } = now;
  const date = EVENT_DATES[event];
  const filters: Filter[] = [];
  if (bornFrom !== null) filters.push(compare('birth_date', bornFrom.inclusive ? 'ge' : 'gt', bornFrom.date));
  if (bornUntil !== null) filters.push(compare('birth_date', bornUntil.inclusive ? 'le' : 'lt', bornUntil.date));
  if (eventFrom !== null) filters.push(compare(date, 'ge', eventFrom));
  if (eventUntil !== null) filters.push(compare(date, 'le', eventUntil));
  if (withinDays !== null) {
    filters.push(compare(date, 'ge', addDays(askedOn, -withinDays)), compare(date, 'le', askedOn));
  }
  if (since !== null) filters.push(...sinceFilters(since));
  if (locationId !== null) filters.push({ kind: 'within', place: 'birth', locationIds: [locationId] });
  if (locationType !== null) filters.push({ kind: 'birth_place_type', types: [locationType] });
  // Not every source keeps its registers apart: who is not told to have died, or married, is none of those asked for.
  if (event === 'death') filters.push({ kind: 'compare', attribute: 'deceased', operator: 'eq', values: [true] });
  if (event === 'marriage' && eventFrom === null && withinDays === null) filters.push(compare(date, 'ge', FIRST_DAY));
  return allOf(filters);
}

const FIRST_DAY = '0001-01-01';
const LAST_DAY = '9999-12-31';

/** Some registries read half a range as everybody; the moment of a registration has no end. */
function sinceFilters({ attribute, from }: Since): Filter[] {
  return attribute === 'registration_date'
    ? [compare(attribute, 'ge', `${from}T00:00:00Z`)]
    : [compare(attribute, 'ge', from), compare(attribute, 'le', LAST_DAY)];
}

function compare(attribute: Since['attribute'], operator: 'ge' | 'gt' | 'le' | 'lt', value: string): Filter {
  return { kind: 'compare', attribute, operator, values: [value] };
}

function locationUnknown(): Problem {
  return new Problem('LOCATION_UNKNOWN', 'There is no location with this id: list the locations to choose one');
}

function readCriteria(row: CriteriaRow): SearchCriteria {
  const bound = (date: string | null, inclusive: boolean) => (date === null ? null : { date, inclusive });
  return {
    id: row.id,
    dataSourceId: row.data_source_id,
    name: row.name,
    event: row.event,
    makesPeople: row.makes_people,
    locationId: row.location_id,
    locationType: row.location_type,
    bornFrom: bound(row.born_from, row.born_from_inclusive),
    bornUntil: bound(row.born_until, row.born_until_inclusive),
    eventFrom: row.event_from,
    eventUntil: row.event_until,
    withinDays: row.within_days,
    lockedAt: row.locked_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
