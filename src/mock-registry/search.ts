import { randomUUID } from 'node:crypto';
import { writeBirthRecord } from './birth-record.js';
import { type BirthChoice, type BirthRegister } from './births.js';
import { readDay } from './calendar.js';
import { drawDeaths, drawMarriages, type OtherRecord } from './deaths-and-marriages.js';
import { claimedTotal, type Fault, spoilRecord } from './faults.js';
import { type Query, type SearchMessage, type SearchRequest } from './search-message.js';

/** Something the real server answers with status 500 and no reason: a date that is none, half a range, an unknown sort. */
export class SearchFailure extends Error {
  override readonly name = 'SearchFailure';
}

interface Page {
  readonly records: readonly object[];
  readonly total: number;
}

interface Bounds {
  readonly first: number | null;
  readonly last: number | null;
}

/** The three registers behind the search, and how it answers. */
export class Search {
  readonly deaths: readonly OtherRecord[];
  readonly marriages: readonly OtherRecord[];
  readonly #births: BirthRegister;
  readonly #window: number;
  #answered = 0;

  /** `window`: how far into a result pages may reach; beyond it the search fails. */
  constructor(births: BirthRegister, window: number) {
    this.#births = births;
    this.#window = window;
    this.deaths = drawDeaths(births);
    this.marriages = drawMarriages(births);
  }

  /** The body of the answer, without signature. Requests without a match are left out of it. Throws `SearchFailure`. */
  answer(message: SearchMessage, faults: readonly Fault[]): object {
    const moment = new Date().toISOString();
    const found = message.requests
      .map((request) => ({ request, page: this.#find(request, faults) }))
      .filter(({ page }) => page.records.length > 0);
    this.#answered += 1;
    return {
      header: {
        version: message.version,
        message_id: message.messageId,
        message_ts: moment,
        action: 'search',
        status: 'succ',
        total_count: found.reduce((sum, { page }) => sum + page.records.length, 0),
        sender_id: message.senderId,
        ...(message.receiverId === undefined ? {} : { receiver_id: message.receiverId }),
      },
      message: {
        transaction_id: message.transactionId,
        correlation_id: randomUUID(),
        search_response: found.map(({ request, page }) => ({
          reference_id: request.referenceId,
          timestamp: moment,
          status: 'succ',
          data: {
            reg_record_type: 'person',
            reg_type: `ocrvs:registry_type:${request.regType}`,
            reg_records: page.records,
          },
          ...this.#pagination(request, page, faults),
          locale: request.locale,
        })),
      },
    };
  }

  #pagination(request: SearchRequest, page: Page, faults: readonly Fault[]): object {
    if (faults.some((fault) => fault.kind === 'no-pagination')) return {};
    return {
      pagination: {
        page_number: request.pageNumber,
        page_size: request.pageSize,
        total_count: claimedTotal(page.total, this.#answered, faults),
      },
    };
  }

  #find(request: SearchRequest, faults: readonly Fault[]): Page {
    const skip = (request.pageNumber - 1) * request.pageSize;
    if (skip + request.pageSize > this.#window) throw new SearchFailure('The page reaches beyond the window');
    if (request.sort.some(({ attribute }) => attribute !== 'dateOfDeclaration')) {
      throw new SearchFailure('No such column to sort by');
    }
    const ascending = request.sort[0]?.order === 'asc';
    switch (request.regType) {
      case 'birth':
        return this.#findBirths(request, skip, ascending, faults);
      case 'death':
        return pageOf(chooseDeaths(this.deaths, request.query), skip, request.pageSize, ascending);
      case 'marriage':
        return pageOf(chooseMarriages(this.marriages, request.query), skip, request.pageSize, ascending);
    }
  }

  #findBirths(request: SearchRequest, skip: number, ascending: boolean, faults: readonly Fault[]): Page {
    const { positions, total } = this.#choosePositions(request, skip, ascending);
    const records = positions.map((position, number) =>
      spoilRecord(writeBirthRecord(this.#births, position), skip + number, faults),
    );
    return { records, total };
  }

  #choosePositions(
    { query, pageSize }: SearchRequest,
    skip: number,
    ascending: boolean,
  ): { positions: number[]; total: number } {
    // An empty number is dropped by the server, and with it the whole question.
    if (query.type === 'predicate' || query.value === '') {
      const predicates = query.type === 'predicate' ? query.predicates : [];
      return this.#births.choose(chooseBirths({ type: 'predicate', predicates }), skip, pageSize, ascending);
    }
    const { idType, value } = query;
    const found = idType === 'DRN' || idType === 'MRN' ? [] : this.#births.find(idType, value);
    if (ascending) found.reverse();
    return { positions: found.slice(skip, skip + pageSize), total: found.length };
  }
}

/** The last criterion on an attribute wins; the operator on a birth place is not looked at. */
function chooseBirths(query: Extract<Query, { type: 'predicate' }>): BirthChoice {
  let bounds: Bounds = { first: null, last: null };
  let jurisdiction: string | null = null;
  for (const { first, second } of query.predicates) {
    if (first.attribute === 'birthplace') jurisdiction = first.value;
    // A lone bound is dropped without a word, so that everything matches.
    else if (second !== null) bounds = readBounds(first, second) ?? bounds;
  }
  return { firstDay: bounds.first, lastDay: bounds.last, jurisdiction };
}

type Bound = Extract<Query, { type: 'predicate' }>['predicates'][number]['first'];

/** A range as the server understands it: lower bound first, upper bound second; the other way round it is dropped. */
function readBounds(first: Bound, second: Bound): Bounds | null {
  const [from, to] = [dayOf(first), dayOf(second)];
  if (first.operator === 'eq') return { first: from, last: from };
  const lower = first.operator === 'gt' ? from + 1 : first.operator === 'ge' ? from : null;
  const upper = second.operator === 'lt' ? to - 1 : second.operator === 'le' ? to : null;
  if (lower === null && upper === null) return null;
  if (lower === null || upper === null) throw new SearchFailure('Half a range');
  return { first: lower, last: upper };
}

function dayOf(bound: Bound): number {
  const day = readDay(bound.value);
  if (day === null) throw new SearchFailure('Not a date');
  return day;
}

function chooseDeaths(deaths: readonly OtherRecord[], query: Query): readonly OtherRecord[] {
  if (query.type === 'idtype-value') return withIdentifier(deaths, query);
  let chosen = deaths;
  for (const { first, second } of query.predicates) {
    if (first.attribute === 'birthplace') continue;
    if (second === null) throw new SearchFailure('Half a range');
    const bounds = readBounds(first, second);
    if (bounds === null) continue;
    chosen = deaths.filter(({ bornOn }) => isWithin(bornOn, bounds));
  }
  return chosen;
}

function isWithin(day: number | null, { first, last }: Bounds): boolean {
  return day !== null && (first === null || day >= first) && (last === null || day <= last);
}

function chooseMarriages(marriages: readonly OtherRecord[], query: Query): readonly OtherRecord[] {
  return query.type === 'idtype-value' ? withIdentifier(marriages, query) : marriages;
}

function withIdentifier(
  records: readonly OtherRecord[],
  { idType, value }: Extract<Query, { type: 'idtype-value' }>,
): readonly OtherRecord[] {
  if (value === '') return records;
  return records.filter(({ identifiers }) =>
    identifiers.some(({ name, identifier }) => name === idType && identifier === value.toUpperCase()),
  );
}

function pageOf(records: readonly OtherRecord[], skip: number, size: number, ascending: boolean): Page {
  const ordered = ascending ? [...records].reverse() : records;
  return { records: ordered.slice(skip, skip + size).map(({ record }) => record), total: records.length };
}
