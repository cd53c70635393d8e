import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { SearchQuestion } from '../../dci/search-message.js';
import type { Filter } from '../../record/filter.js';
import { loggableError } from '../../record/loggable-error.js';
import type { NumberedPage } from '../../record/page.js';
import type { Keys } from '../../security/keys.js';
import type { Marks, PageMark } from './answer-item.js';

/** Longer than somebody takes from page to page; the totals of older marks would be out of date. */
const FIND_MARK = {
  name: 'page-mark-find',
  text: `
    select cursor_sealed as sealed, total from search_page_marks
    where api_client_id = $1 and question_digest = $2 and page_number = $3 and marked_at > now() - interval '1 hour'`,
};

const WRITE_MARKS = {
  name: 'page-mark-write',
  text: `
    insert into search_page_marks (api_client_id, question_digest, page_number, cursor_sealed, cursor_digest, total)
    select * from unnest($1::uuid[], $2::bytea[], $3::integer[], $4::bytea[], $5::bytea[], $6::integer[])
    on conflict (api_client_id, question_digest, page_number) do update
    set cursor_sealed = excluded.cursor_sealed, cursor_digest = excluded.cursor_digest, total = excluded.total,
      marked_at = now()
    where search_page_marks.cursor_digest <> excluded.cursor_digest or search_page_marks.total <> excluded.total
      or search_page_marks.marked_at < now() - interval '10 minutes'`,
};

interface NewMark extends PageMark {
  readonly apiClientId: string;
  readonly digest: Buffer;
  readonly pageNumber: number;
}

/** The marks that one message writes. */
export interface MessageMarks extends Marks {
  /**
   * Resolves when they are written, or could not be. It takes a connection of the pool: nobody may wait for it who holds
   * one.
   */
  written(): Promise<void>;
}

/**
 * Remembers where pages end, so that page n goes on behind page n-1 whatever was added in between, on whichever gateway
 * it is asked for. The marks of messages that are answered at the same time go into one statement. The end of a page is
 * the name or the birth date of somebody, and the question may name somebody: the one is sealed, of the other a keyed
 * digest is kept.
 */
export class PageMarks {
  readonly #pool: Pool;
  readonly #keys: Pick<Keys, 'seal' | 'open' | 'hashSecret'>;
  readonly #log: Logger;
  #waiting = new Map<string, NewMark>();
  #written: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(pool: Pool, keys: Pick<Keys, 'seal' | 'open' | 'hashSecret'>, log: Logger) {
    this.#pool = pool;
    this.#keys = keys;
    this.#log = log;
  }

  /** For the questions of a client who may see that. Nothing is remembered once `signal` has fired. */
  ofMessage(apiClientId: string, visible: Filter, signal: AbortSignal): MessageMarks {
    let writing: Promise<void> = Promise.resolve();
    return {
      find: async (db, question, page) => {
        const values = [apiClientId, this.#digestOf(question, page, visible), page.number];
        const { rows } = await db.query<{ sealed: Buffer; total: number }>({ ...FIND_MARK, values });
        const [mark] = rows;
        return mark === undefined ? null : { cursor: this.#keys.open(mark.sealed), total: mark.total };
      },
      remember: (question, page, mark) => {
        if (signal.aborted) return;
        const digest = this.#digestOf(question, page, visible);
        writing = this.#remember({ apiClientId, digest, pageNumber: page.number, ...mark });
      },
      // Later marks are never written before earlier ones.
      written: () => writing,
    };
  }

  #remember(mark: NewMark): Promise<void> {
    const key = `${mark.apiClientId} ${mark.digest.toString('base64')} ${String(mark.pageNumber)}`;
    this.#waiting.set(key, mark);
    if (this.#written === null) return this.#write();
    this.#next ??= this.#written.then(() => this.#write());
    return this.#next;
  }

  #write(): Promise<void> {
    // In one order everywhere, so that two gateways with the same questions cannot wait for each other.
    const marks = [...this.#waiting].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, mark]) => mark);
    this.#waiting = new Map();
    this.#next = null;
    this.#written = this.#insert(marks).finally(() => {
      if (this.#next === null) this.#written = null;
    });
    return this.#written;
  }

  async #insert(marks: readonly NewMark[]): Promise<void> {
    const values = [
      marks.map(({ apiClientId }) => apiClientId),
      marks.map(({ digest }) => digest),
      marks.map(({ pageNumber }) => pageNumber),
      marks.map(({ cursor }) => this.#keys.seal(cursor)),
      marks.map(({ cursor }) => this.#keys.hashSecret(`page mark ${cursor}`)),
      marks.map(({ total }) => total),
    ];
    try {
      await this.#pool.query({ ...WRITE_MARKS, values });
    } catch (error) {
      // The next page is then found by counting.
      this.#log.warn({ err: loggableError(error) }, 'where pages end could not be remembered');
    }
  }

  /** The question without its page number. */
  #digestOf({ registryKind, record, query, sort }: SearchQuestion, { size }: NumberedPage, visible: Filter): Buffer {
    return this.#keys.hashSecret(JSON.stringify([registryKind, record, query.filter, sort, size, visible]));
  }
}
