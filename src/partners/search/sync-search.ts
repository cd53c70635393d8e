import { untilAborted } from '../../database/abortable.js';
import type { Connections } from '../../database/limited.js';
import { type ItemOutcome, writeRejectedMessage, writeSearchAnswer } from '../../dci/answer.js';
import { judgeItems } from '../../dci/header.js';
import { readSearchRequest } from '../../dci/messages/search.js';
import type { SearchItem } from '../../dci/search-message.js';
import type { Keys } from '../../security/keys.js';
import { disclose } from '../disclosures/disclose.js';
import { largestPageFor } from '../reception/caller-limits.js';
import type { Handler } from '../reception/endpoint.js';
import { type AnswerContext, answerSettings, readingContext } from './answer-context.js';
import { answerItem, type ItemSettings, tooMany } from './answer-item.js';
import { toldByOutcomes } from './told-by-outcomes.js';
import { PageMarks } from './page-marks.js';

/** Records in one answer, however many requests the message has. */
const MOST_RECORDS = 10_000;

/** The synchronous search of the standard. */
export function syncSearch(context: AnswerContext & { readonly keys: Keys }): Handler {
  const { pool, keys, config, log, ledger, places } = context;
  const pageMarks = new PageMarks(pool, keys, log);
  return async (received) => {
    const { caller, dialect, header, message, correlationId, signal, addressPage } = received;
    const asked = readSearchRequest(message, await readingContext(received, context));
    const settings = answerSettings(received, context.senderId);
    const rejection = judgeItems(asked.items);
    if (rejection !== null) {
      log.info({ client: caller.name, code: rejection.code, correlationId }, 'a message was rejected');
      return { status: 200, body: writeRejectedMessage({ header, ...asked, ...rejection }, settings) };
    }
    const started = performance.now();
    const { access } = caller;
    const maxPageSize = largestPageFor(access, config);
    const marks = pageMarks.ofMessage(caller.apiClientId, access.rows, signal);
    const outcomes = await untilAborted(pool, signal, (db) =>
      answerItems(db, asked.items, {
        pool,
        dialect,
        access,
        maxPageSize,
        addressPage,
        reading: { by: 'number', marks },
        places,
      }),
    );
    signal.throwIfAborted();
    const records = countRecords(outcomes);
    const rejected = outcomes.filter((outcome) => !outcome.ok).length;
    const counts = { items: outcomes.length, rejected, records };
    const told = toldByOutcomes(outcomes, dialect);
    await Promise.all([
      disclose(ledger, { caller, action: 'search.answered', correlationId, told, detail: counts }),
      marks.written(),
    ]);
    const ms = Math.round(performance.now() - started);
    log.info({ client: caller.name, correlationId, ...counts, ms }, 'search answered');
    return { status: 200, body: writeSearchAnswer({ header, ...asked }, outcomes, settings) };
  };
}

/** One outcome for each item, in order. One after the other: a message shall not take every connection of the pool. */
async function answerItems(
  db: Connections,
  items: readonly SearchItem[],
  settings: ItemSettings,
): Promise<ItemOutcome[]> {
  const most = Math.max(MOST_RECORDS, settings.maxPageSize);
  const outcomes: ItemOutcome[] = [];
  let records = 0;
  for (const item of items) {
    const outcome = await answerItem(db, item, settings);
    const found = countRecords([outcome]);
    const fits = records + found <= most;
    if (fits) records += found;
    outcomes.push(
      fits ? outcome : tooMany(item, `One answer holds at most ${String(most)} records: send several messages`),
    );
  }
  return outcomes;
}

function countRecords(outcomes: readonly ItemOutcome[]): number {
  return outcomes.reduce((sum, outcome) => sum + (outcome.ok ? outcome.records.length : 0), 0);
}
