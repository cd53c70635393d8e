import { Problem } from '../record/problem.js';

/** Deepest nesting of conditions, so that no query can exhaust the stack. */
const MAX_DEPTH = 16;
const MAX_COMPARISONS = 200;
const MAX_VALUES = 1000;

/** What a query may still use up, and what was found on the way. */
export class QueryReading {
  private comparisons = 0;
  private values = 0;

  /** Attributes and values that nobody here can have. One of them makes the whole query match nobody. */
  readonly unanswerable: string[] = [];
  readonly warnings: string[] = [];

  constructor(
    /** The attribute that `dateOfEvent` means. */
    readonly eventDate: 'birth_date' | 'death_date',
  ) {}

  enter(depth: number): void {
    if (depth > MAX_DEPTH) throw refusedQuery(`The query is nested deeper than ${MAX_DEPTH} levels`);
  }

  countComparison(): void {
    this.comparisons += 1;
    if (this.comparisons > MAX_COMPARISONS) {
      throw refusedQuery(`The query has more than ${MAX_COMPARISONS} comparisons: send several requests`);
    }
  }

  countValues(count: number): void {
    this.values += count;
    if (this.values > MAX_VALUES) {
      throw refusedQuery(`The query lists more than ${MAX_VALUES} values: send several requests`);
    }
  }
}

/** The refusal of one item because of its query. */
export function refusedQuery(message: string): Problem<'rjct.search_criteria.invalid'> {
  return new Problem('rjct.search_criteria.invalid', message);
}
