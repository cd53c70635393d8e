import { DatabaseError, type QueryResultRow } from 'pg';
import { type Queryable } from '../database/pool.js';
import { allOf, type Filter } from '../record/filter.js';
import { addDays, readPartialDate } from '../record/partial-date.js';
import { Problem } from '../record/problem.js';
import { isUuid } from '../record/uuid.js';
import { type CursorPage, type ListPage, readPage } from '../registry/queries/keyset.js';
import { getDataSource } from '../sources/data-sources.js';

/** One end of a range of birth dates. */
export interface BirthDateBound {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Whether the day itself belongs to the range. */
  readonly inclusive: boolean;
}

/** What an operator asks another registry for: a range of birth dates, a place of birth, or both. */
export interface SearchCriteria {
  readonly id: string;
  readonly dataSourceId: string;
  readonly name: string;
  /** Born in this location of our own tree or below it. */
  readonly locationId: string | null;
  /** Born in a place of this type, as the records of the source call it: `HEALTH_FACILITY`, `PRIVATE_HOME`, ... */
  readonly locationType: string | null;
  readonly bornFrom: BirthDateBound | null;
  readonly bornUntil: BirthDateBound | null;
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
  readonly locationId?: string | null;
  readonly locationType?: string | null;
  readonly bornFrom?: BirthDateBound | null;
  readonly bornUntil?: BirthDateBound | null;
}

const COLUMNS = `c.id, c.data_source_id, c.name, c.location_id, c.location_type, c.born_from, c.born_from_inclusive,
  c.born_until, c.born_until_inclusive, c.locked_at, c.created_at, c.updated_at`;

const INSERT = {
  name: 'insert-search-criteria',
  text: `
    insert into search_criteria as c (data_source_id, name, location_id, location_type, born_from, born_from_inclusive,
      born_until, born_until_inclusive)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
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
  location_id: string | null;
  location_type: string | null;
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
  const asked = {
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

type Asked = Pick<SearchCriteria, 'locationId' | 'locationType' | 'bornFrom' | 'bornUntil'>;

/**
 * Refuses a criteria that no import can be made of: `BIRTH_DATE_INVALID`, `BIRTH_DATE_LOWER_BOUND_REQUIRED`,
 * `BIRTH_DATE_UPPER_BOUND_REQUIRED`, `BIRTH_DATE_RANGE_EMPTY`, `CRITERIA_FILTER_REQUIRED`.
 */
export function checkAsked({ locationId, locationType, bornFrom, bornUntil }: Asked): void {
  for (const bound of [bornFrom, bornUntil]) {
    if (bound !== null && (bound.date.length !== 10 || readPartialDate(bound.date)?.precision !== 'day')) {
      throw new Problem('BIRTH_DATE_INVALID', 'A bound of the birth date must be a calendar day such as 2024-01-31');
    }
  }
  if (bornFrom === null && bornUntil !== null) {
    throw new Problem(
      'BIRTH_DATE_LOWER_BOUND_REQUIRED',
      'The birth date has an upper bound only: add the first day, as some registries answer half a range with everybody',
    );
  }
  if (bornUntil === null && bornFrom !== null) {
    throw new Problem(
      'BIRTH_DATE_UPPER_BOUND_REQUIRED',
      'The birth date has a lower bound only: add the last day, as some registries answer half a range with everybody',
    );
  }
  if (bornFrom === null || bornUntil === null) {
    if (locationId === null && locationType === null) {
      throw new Problem(
        'CRITERIA_FILTER_REQUIRED',
        'The criteria asks for nothing: give a first and a last birth date, a location, or a location type',
      );
    }
    return;
  }
  const first = bornFrom.inclusive ? bornFrom.date : addDays(bornFrom.date, 1);
  const last = bornUntil.inclusive ? bornUntil.date : addDays(bornUntil.date, -1);
  if (first > last) {
    throw new Problem(
      'BIRTH_DATE_RANGE_EMPTY',
      'No day lies between the two birth dates: put the earlier one first, or let the bounds belong to the range',
    );
  }
}

/** The criteria in the form that everything that asks takes. */
export function criteriaFilter({ locationId, locationType, bornFrom, bornUntil }: Asked): Filter {
  const filters: Filter[] = [];
  if (bornFrom !== null) filters.push(birthDate(bornFrom.inclusive ? 'ge' : 'gt', bornFrom.date));
  if (bornUntil !== null) filters.push(birthDate(bornUntil.inclusive ? 'le' : 'lt', bornUntil.date));
  if (locationId !== null) filters.push({ kind: 'within', place: 'birth', locationIds: [locationId] });
  if (locationType !== null) filters.push({ kind: 'birth_place_type', types: [locationType] });
  return allOf(filters);
}

function birthDate(operator: 'ge' | 'gt' | 'le' | 'lt', date: string): Filter {
  return { kind: 'compare', attribute: 'birth_date', operator, values: [date] };
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
    locationId: row.location_id,
    locationType: row.location_type,
    bornFrom: bound(row.born_from, row.born_from_inclusive),
    bornUntil: bound(row.born_until, row.born_until_inclusive),
    lockedAt: row.locked_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
