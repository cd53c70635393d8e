import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { listen } from '../database/listen.js';
import { loggableError } from '../record/loggable-error.js';
import { findImportRun, type ImportRun } from './import-run.js';
import { type Pace, PaceMeter } from './run-pace.js';

/** A run at a moment, and how fast it goes. */
export interface RunMoment {
  readonly run: ImportRun;
  readonly pace: Pace;
}

/** Between two looks at a run, however many pages it writes meanwhile. */
const LEAST_MS = 250;
/** A run that nothing is heard of is looked at all the same: what is sent while a connection is broken is lost. */
const MOST_MS = 2_000;

/** Where a run stays until somebody resumes it. */
const ENDS: ReadonlySet<ImportRun['state']> = new Set(['succeeded', 'failed', 'cancelled']);

/** What following runs works with. */
export interface RunProgressOptions {
  readonly pool: Pool;
  /** Of the database, as the serving role. */
  readonly url: string;
  readonly log: Logger;
}

/** Tells of runs as they go on, whichever gateway works on them; who opened it closes it. */
export class RunProgress {
  readonly #options: RunProgressOptions;
  readonly #watched = new Map<string, WatchedRun>();
  readonly #closing = new AbortController();
  readonly #listener: { close(): Promise<void> };

  constructor(options: RunProgressOptions) {
    this.#options = options;
    this.#listener = listen({
      url: options.url,
      channel: 'dci_import_runs',
      onMessage: (runId) => this.#watched.get(runId)?.wake(),
    });
  }

  /**
   * The run as it is now, then whenever it has changed, four times a second at most, and last as it ended. One that does
   * not exist ends at once. However many follow a run, it is read once; who reads slowly gets the newest only.
   */
  follow(runId: string): AsyncGenerator<RunMoment, void, undefined> {
    return new RunFollower(this.#watch(runId));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#listener.close(), ...[...this.#watched.values()].map((run) => run.done)]);
  }

  #watch(runId: string): WatchedRun {
    const known = this.#watched.get(runId);
    if (known?.isOpen === true) return known;
    const made = new WatchedRun(this.#options, runId, this.#closing.signal);
    this.#watched.set(runId, made);
    void made.done.then(() => {
      if (this.#watched.get(runId) === made) this.#watched.delete(runId);
    });
    return made;
  }
}

/** One run that at least one follower looks at. */
class WatchedRun {
  /** Resolves when it is not looked at any more; never rejects. */
  readonly done: Promise<void>;
  /** Counts what was seen; 0: nothing yet. */
  version = 0;
  moment: RunMoment | null = null;
  isOver = false;
  readonly #stop = new AbortController();
  #followers = 0;
  #wake: () => void = () => undefined;
  #isWoken = false;
  #tell: () => void = () => undefined;
  #told: Promise<void>;

  constructor(
    private readonly options: RunProgressOptions,
    private readonly runId: string,
    closing: AbortSignal,
  ) {
    this.#told = this.#next();
    this.done = this.#watch(AbortSignal.any([closing, this.#stop.signal]));
  }

  get isOpen(): boolean {
    return !this.isOver && !this.#stop.signal.aborted;
  }

  /** Resolves at the next change. */
  get told(): Promise<void> {
    return this.#told;
  }

  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  join(): void {
    this.#followers += 1;
  }

  leave(): void {
    this.#followers -= 1;
    if (this.#followers === 0) this.#stop.abort();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const meter = new PaceMeter();
    let seen = '';
    while (!signal.aborted) {
      this.#isWoken = false;
      const run = await this.#read();
      if (run === null) break;
      const found = run === undefined ? seen : JSON.stringify(run);
      if (run !== undefined && found !== seen) {
        seen = found;
        this.moment = { run, pace: meter.measure(run) };
        if (ENDS.has(run.state)) break;
        this.#announce();
      }
      await delay(LEAST_MS, undefined, { signal }).catch(() => undefined);
      await this.#woken(signal);
    }
    this.isOver = true;
    this.#announce();
  }

  /** `undefined`: it could not be read now. */
  async #read(): Promise<ImportRun | null | undefined> {
    try {
      return await findImportRun(this.options.pool, this.runId);
    } catch (error) {
      this.options.log.warn({ run: this.runId, err: loggableError(error) }, 'a run that is followed could not be read');
      return undefined;
    }
  }

  async #woken(signal: AbortSignal): Promise<void> {
    if (this.#isWoken || signal.aborted) return;
    const heard = new AbortController();
    this.#wake = () => heard.abort();
    await delay(MOST_MS - LEAST_MS, undefined, { signal: AbortSignal.any([signal, heard.signal]) }).catch(
      () => undefined,
    );
    this.#wake = () => undefined;
  }

  #announce(): void {
    this.version += 1;
    const tell = this.#tell;
    this.#told = this.#next();
    tell();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#tell = resolve;
    });
  }
}

/** Not an async function with `yield`: that could not be ended while it waits for the next change. */
class RunFollower implements AsyncGenerator<RunMoment, void, undefined> {
  #seen: RunMoment | null = null;
  #isLeft = false;
  #leave: () => void = () => undefined;
  readonly #left: Promise<void>;

  constructor(private readonly run: WatchedRun) {
    run.join();
    this.#left = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  async next(): Promise<IteratorResult<RunMoment, void>> {
    while (!this.#isLeft) {
      const { moment, isOver, told } = this.run;
      if (moment !== null && moment !== this.#seen) {
        this.#seen = moment;
        return { done: false, value: moment };
      }
      if (isOver) break;
      await Promise.race([told, this.#left]);
    }
    return await this.return();
  }

  return(): Promise<IteratorResult<RunMoment, void>> {
    if (!this.#isLeft) {
      this.#isLeft = true;
      this.run.leave();
      this.#leave();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  async throw(error: unknown): Promise<IteratorResult<RunMoment, void>> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
