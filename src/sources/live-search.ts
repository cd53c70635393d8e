import DataLoader from 'dataloader';
import { type Filter } from '../record/filter.js';
import { matches } from '../record/matches.js';
import { type NumberedPage } from '../record/page.js';
import { Problem } from '../record/problem.js';
import { type DataSource } from './data-source.js';
import { type Exchange } from './exchanges/exchange.js';
import { type QuestionOutcome, type RegistryClient, type SearchResult } from './registry-client.js';
import { mostItems } from './source-parameters.js';
import { writeSourceMessage } from './source-messages.js';

/** What live searches work with. */
export interface LiveSearchesOptions {
  readonly client: Pick<RegistryClient, 'searchEach'>;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  /** How long an answer may take from now on, in milliseconds. */
  readonly remainingMs: () => number;
  /** Is told of each message before its answers are given to anybody. */
  readonly note: (searched: LiveMessage) => Promise<void>;
}

/** A message that was sent to another registry. */
export interface LiveMessage {
  readonly source: DataSource;
  /** Questions in it. */
  readonly questions: number;
  /** People that the answers tell of. */
  readonly people: number;
}

/** What came of a question, and the message that asked it together with others; `null`: nothing was sent. */
export type LiveAnswer = { readonly exchange: Exchange | null } & (
  | { readonly ok: true; readonly result: SearchResult }
  /** A `Problem` where the other registry is at fault. */
  | { readonly ok: false; readonly error: unknown }
);

interface LiveQuestion {
  readonly filter: Filter;
  readonly page?: NumberedPage;
}

/** What is kept back of the time that is left, to answer in. */
const ANSWERING_MS = 500;
const SHORTEST_WAIT_MS = 100;

/**
 * Asks other registries now and stores nothing. What is asked of one source in one turn becomes one message, or as many
 * as its limit of items makes necessary; nothing is asked twice. Lives as long as one request.
 */
export class LiveSearches {
  readonly #options: LiveSearchesOptions;
  readonly #loaders = new Map<string, DataLoader<LiveQuestion, LiveAnswer, string>>();

  constructor(options: LiveSearchesOptions) {
    this.#options = options;
  }

  /**
   * Never rejects for anything that the source does. A filter that the source cannot express as a whole is refused
   * (`FILTER_NOT_EXPRESSIBLE`, naming the parts), because a page of a wider answer would look like the answer. Records
   * that the source found too widely (children of the holder of a number) are left out; `pagination` still counts them.
   */
  async ask(source: DataSource, question: LiveQuestion): Promise<LiveAnswer> {
    try {
      // Found out here, so that the others of its message do not fail with it.
      writeSourceMessage(source, [{ ...question, wholeFilterOnly: true }], '', new Date());
    } catch (error) {
      return { ok: false, error, exchange: null };
    }
    const loader = this.#loaders.get(source.id) ?? this.#loaderOf(source);
    return await loader.load(question);
  }

  #loaderOf(source: DataSource): DataLoader<LiveQuestion, LiveAnswer, string> {
    const loader = new DataLoader<LiveQuestion, LiveAnswer, string>((questions) => this.#send(source, questions), {
      cacheKeyFn: ({ filter, page }) => JSON.stringify([filter, page]),
      maxBatchSize: mostItems(source.parameters),
    });
    this.#loaders.set(source.id, loader);
    return loader;
  }

  async #send(source: DataSource, questions: readonly LiveQuestion[]): Promise<LiveAnswer[]> {
    let exchange: Exchange | null = null;
    const see = (seen: Exchange): void => void (exchange = seen);
    const told = (outcome: QuestionOutcome): LiveAnswer =>
      outcome.ok
        ? { ok: true, result: held(outcome.result), exchange }
        : { ok: false, error: outcome.problem, exchange };
    let answers: LiveAnswer[];
    try {
      const outcomes = await this.#inTime(source, (signal) =>
        this.#options.client.searchEach(source, questions, signal, see),
      );
      answers = outcomes.map(told);
    } catch (error) {
      answers = questions.map((): LiveAnswer => ({ ok: false, error, exchange }));
    }
    const people = answers.reduce((sum, answer) => sum + (answer.ok ? answer.result.records.length : 0), 0);
    await this.#options.note({ source, questions: questions.length, people });
    return answers;
  }

  /** A source that does not answer must not take the rest of the request with it. */
  async #inTime<T>({ code }: DataSource, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal, remainingMs } = this.#options;
    const ends = new AbortController();
    const giveUp = (): void => ends.abort(signal.reason);
    const waitMs = Math.max(SHORTEST_WAIT_MS, remainingMs() - ANSWERING_MS);
    const timer = Number.isFinite(waitMs)
      ? setTimeout(() => {
          const message = `"${code}" did not answer within the time that this request has: ask for less at once`;
          ends.abort(new Problem('SOURCE_TIMEOUT', message));
        }, waitMs)
      : undefined;
    signal.addEventListener('abort', giveUp);
    try {
      signal.throwIfAborted();
      return await work(ends.signal);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }
}

/** What is left of a whole filter speaks of the record alone: places cannot be asked for. */
function held({ residual, ...result }: SearchResult): SearchResult {
  if (residual === null) return { ...result, residual };
  const today = new Date().toISOString().slice(0, 10);
  const records = result.records.filter((record) => matches(residual, record, { isWithin: () => false, today }));
  return { ...result, records, residual: null };
}
