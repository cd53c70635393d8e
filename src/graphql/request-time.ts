import { Problem } from '../record/problem.js';

/** What ends with a request that takes too long, or that nobody waits for any more. */
interface Endable {
  /** Never rejects. */
  cancel(): Promise<void>;
}

/** What somebody waits for: an answer over HTTP, or one event of a subscription. */
export interface AwaitedAnswer {
  /** Whether it was given whole. */
  readonly writableFinished: boolean;
  /** Whether nobody waits for it any more. */
  readonly destroyed: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** The time of a request: it ends with the answer, when the caller hangs up, or at the latest after so many seconds. */
export class RequestTime {
  /** Rejects when it is over, with a `Problem`: `DEADLINE_EXCEEDED`, or `REQUEST_ABANDONED` where nobody reads it. */
  readonly ended: Promise<never>;
  readonly #statements: Endable;
  readonly #timer: NodeJS.Timeout;
  readonly #reject: (problem: Problem) => void;
  readonly #endsAt: number;
  #runsToTheEnd = false;

  constructor(answer: AwaitedAnswer, statements: Endable, seconds: number) {
    this.#statements = statements;
    let rejectEnded: (problem: Problem) => void = () => undefined;
    this.ended = new Promise<never>((_resolve, reject) => {
      rejectEnded = reject;
    });
    this.#reject = rejectEnded;
    this.#endsAt = performance.now() + seconds * 1000;
    // Nobody listens where nothing runs, nor after the answer.
    this.ended.catch(() => undefined);
    this.#timer = setTimeout(() => {
      const what = `This took longer than ${String(seconds)} seconds: ask for less at once, or for what has an index`;
      this.#end(new Problem('DEADLINE_EXCEEDED', what));
    }, seconds * 1000);
    answer.once('close', () => {
      // Nobody waits for the end of what was answered, and an error that nobody sees is made with its stack.
      if (answer.writableFinished) this.#stop();
      else this.#end(new Problem('REQUEST_ABANDONED', 'The caller hung up'));
    });
    // Who hung up while the request still waited for its turn is told of by no event any more.
    if (answer.destroyed) this.#end(new Problem('REQUEST_ABANDONED', 'The caller hung up'));
  }

  /** How much of it is left, in milliseconds. */
  get remainingMs(): number {
    return this.#runsToTheEnd ? Number.POSITIVE_INFINITY : this.#endsAt - performance.now();
  }

  /** For what writes: it is not broken off half way. */
  runToTheEnd(): void {
    this.#runsToTheEnd = true;
    clearTimeout(this.#timer);
  }

  #end(problem: Problem): void {
    if (!this.#runsToTheEnd) this.#reject(problem);
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    if (!this.#runsToTheEnd) void this.#statements.cancel();
  }
}
