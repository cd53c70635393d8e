import { DatabaseError } from 'pg';

/** Rows of one statement at most. */
const LARGEST_GROUP = 200;

interface Waiting<Row> {
  readonly row: Row;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes rows of many callers together: those that come while a statement is under way are written by the next one. Each
 * caller still waits until its own row is committed.
 */
export class GroupCommit<Row> {
  readonly #writeRows: (rows: readonly Row[]) => Promise<void>;
  #waiting: Waiting<Row>[] = [];
  #isWriting = false;

  /** `writeRows` writes all of them or none. */
  constructor(writeRows: (rows: readonly Row[]) => Promise<void>) {
    this.#writeRows = writeRows;
  }

  /** Resolves when the row is committed; rejects where it could not be written, whatever became of the others. */
  write(row: Row): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ row, resolve, reject });
      // It tells everybody who waits how it went, and never fails itself.
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) await this.#writeGroup(this.#waiting.splice(0, LARGEST_GROUP));
    this.#isWriting = false;
  }

  async #writeGroup(group: readonly Waiting<Row>[]): Promise<void> {
    try {
      await this.#writeRows(group.map(({ row }) => row));
      for (const { resolve } of group) resolve();
    } catch (error) {
      // A row that the database does not take must not be the ruin of the others; without a database there is no use.
      if (group.length > 1 && error instanceof DatabaseError) for (const one of group) await this.#writeGroup([one]);
      else for (const { reject } of group) reject(error);
    }
  }
}
