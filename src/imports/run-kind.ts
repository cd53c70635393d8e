import { type Pool, type PoolClient } from 'pg';
import { type Logger } from 'pino';
import { type Jobs } from '../database/jobs.js';
import { type Filter } from '../record/filter.js';
import { type ErasedPeople } from '../registry/erased-people.js';
import { type ConflictDesk } from '../registry/write-sources/decisions.js';
import { type WrittenPage } from '../registry/write-sources/write-page.js';
import { type CredentialSeal, type DataSource } from '../sources/data-sources.js';
import { type RegistryClient } from '../sources/registry-client.js';
import { type ItemOutcome } from './import-items.js';
import { type ImportRun } from './import-run.js';
import { type PageVerdict, type Progress } from './page-end.js';
import { type SearchCriteria } from './search-criteria.js';

/** What reading and writing the pages of a run works with. */
export interface ImportContext {
  readonly pool: Pool;
  readonly jobs: Pick<Jobs, 'send'>;
  readonly client: Pick<RegistryClient, 'search'>;
  readonly log: Logger;
  /** Who must not come back. */
  readonly erased: ErasedPeople;
  /** Under which the records that wait are kept. */
  readonly keys: CredentialSeal;
  /** Where it goes what only a person can decide. */
  readonly desk: ConflictDesk;
}

/** A run as it stands before one of its pages, while this worker has it. */
export interface Turn extends Progress {
  /** As it was when the worker took it up; how far it is since then is in the fields beside. */
  readonly run: ImportRun;
  readonly source: DataSource;
  /** What the criteria asks for, in this run. */
  readonly filter: Filter;
  readonly criteria: Pick<SearchCriteria, 'event' | 'makesPeople'>;
  /** The page that comes now, from 1 ... */
  readonly number: number;
  /** ... and how many records it is asked for. */
  readonly size: number;
  readonly erased: ErasedPeople;
  readonly keys: CredentialSeal;
  readonly desk: ConflictDesk;
}

/** A page that was read. A kind adds what it wants to write. */
export interface RunPage {
  /** `turn.number`, or a later one where the pages between have nothing to do. */
  readonly number: number;
  /** Records on it. */
  readonly count: number;
  /** How many records the whole run has to read; `null` where nobody says. */
  readonly total: number | null;
  /** SHA-256 of what was read; `null` where a page cannot be another's repetition. */
  readonly digest: Buffer | null;
}

/** What a page came to: added to the counts of the run. */
export interface PageResult extends Partial<Omit<WrittenPage, 'records'>> {
  /** One for each item. */
  readonly outcomes: readonly ItemOutcome[];
  /** Of the records read, those that the criteria does not ask for. */
  readonly recordsOutside?: number;
  readonly individualsRemoved?: number;
  readonly individualsRestored?: number;
  /** Sentences for the operator; said once, however many pages say them. */
  readonly warnings?: readonly string[];
}

/**
 * What a kind of run does with each of its pages. The loop, its lease, the cursor, the counts and the end of the run are
 * in run-pages.ts.
 */
export interface KindOfRun<Page extends RunPage> {
  /**
   * Reads the page `turn.number`, outside of any transaction; the page after it may be read while this one is written. A
   * `Problem` fails the run, which can be resumed there; any other error makes the job try again.
   */
  readonly read: (context: ImportContext, turn: Turn, signal: AbortSignal) => Promise<Page>;
  /** Whether the page is to be written, and whether there is a further one. */
  readonly judge: (turn: Turn, page: Page) => PageVerdict;
  /** Writes the page and its items. `client` is in the transaction that moves the cursor as well. */
  readonly write: (client: PoolClient, turn: Turn, page: Page) => Promise<PageResult>;
  /** What belongs into the transaction of the last page, when all is written and the run has succeeded. */
  readonly finish?: (client: PoolClient, turn: Turn) => Promise<void>;
}
