import { randomUUID } from 'node:crypto';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import {
  type AnswerSettings,
  type ItemOutcome,
  writeErrorBody,
  writeRejectedMessage,
  writeSearchAnswer,
} from '../dci/answer.js';
import { dialect, type Dialect } from '../dci/dialects/dialect.js';
import { readSearchMessage } from '../dci/envelope.js';
import type { SearchItem } from '../dci/search-message.js';
import type { NumberedPage } from '../record/page.js';
import { loggableError } from '../record/loggable-error.js';
import { AccessProblem } from '../security/access-problem.js';
import type { BearerCheck, Caller } from '../security/bearer.js';
import { readAddressPage } from './address-page.js';
import { answerItem, type ItemSettings, tooMany } from './answer-item.js';
import { readJson, receiveJson } from './json-body.js';
import { SYNC_SEARCH_PATHS } from './paths.js';
import { asWireProblem, WireProblem } from './wire-problem.js';

/** What the search works with. */
export interface SyncSearchOptions {
  readonly pool: Pool;
  readonly bearer: BearerCheck;
  readonly config: { readonly maxPageSize: number; readonly maxBodyBytes: number };
  readonly log: Logger;
  /** `sender_id` of our messages. */
  readonly senderId: () => string;
}

/** Records in one answer, however many requests the message has. */
const MOST_RECORDS = 10_000;
/** How those are answered whose dialect is not known yet. */
const DEFAULT_DIALECT = dialect('spdci-1.0');

interface Locals {
  caller?: Caller;
  dialect?: Dialect;
  correlationId?: string;
}
type PartnerResponse = Response<unknown, Locals>;

/** The synchronous search of the standard, for partners with the scope `registry.search`. */
export function syncSearchRoutes(options: SyncSearchOptions): Router {
  const { bearer, config, log } = options;
  const router = express.Router();
  router.all([...SYNC_SEARCH_PATHS], async (request: Request, response: PartnerResponse, next: NextFunction) => {
    response.locals.correlationId = randomUUID();
    response.set('Cache-Control', 'no-store');
    if (request.method !== 'POST') {
      response.set('Allow', 'POST');
      throw new WireProblem('err.request.bad', 'Search with POST', 405);
    }
    // Before the body is read: a stranger has nothing parsed and learns nothing of what would be valid.
    const caller = await bearer(request, ['registry.search']);
    response.locals.caller = caller;
    response.locals.dialect = dialect(caller.dialect);
    next();
  });
  router.post(
    [...SYNC_SEARCH_PATHS],
    receiveJson(config.maxBodyBytes),
    async (request: Request<object, unknown, unknown>, response: PartnerResponse) => {
      const { caller } = response.locals;
      if (!caller) throw new Error('the caller is known before the body is read');
      const page = readAddressPage(request.query, config.maxPageSize);
      response.json(await answer(readJson(request), { caller, page }, answerSettings(response, options), options));
    },
  );
  router.use(
    [...SYNC_SEARCH_PATHS],
    (error: unknown, _request: Request, response: PartnerResponse, _next: NextFunction) => {
      refuse(error, response, answerSettings(response, options), log);
    },
  );
  return router;
}

function answerSettings({ locals }: PartnerResponse, { senderId }: SyncSearchOptions): AnswerSettings {
  return {
    dialect: locals.dialect ?? DEFAULT_DIALECT,
    senderId: senderId(),
    now: new Date(),
    messageId: randomUUID(),
    correlationId: locals.correlationId ?? randomUUID(),
  };
}

async function answer(
  body: unknown,
  { caller, page }: { caller: Caller; page: NumberedPage | null },
  settings: AnswerSettings,
  options: SyncSearchOptions,
) {
  const { pool, config, log } = options;
  const { maxPageSize } = config;
  const message = readSearchMessage(body, { maxPageSize });
  if (message.rejected) {
    log.info({ client: caller.name, code: message.code }, 'search message rejected');
    return writeRejectedMessage(message, settings);
  }
  const started = performance.now();
  const { dialect, correlationId } = settings;
  const outcomes = await answerItems(pool, message.items, {
    dialect,
    visible: caller.visible,
    maxPageSize,
    addressPage: page,
  });
  log.info(
    {
      client: caller.name,
      correlationId,
      items: outcomes.length,
      rejected: outcomes.filter((outcome) => !outcome.ok).length,
      records: countRecords(outcomes),
      ms: Math.round(performance.now() - started),
    },
    'search answered',
  );
  return writeSearchAnswer(message, outcomes, settings);
}

/** One outcome for each item, in order. One after the other: a message shall not take every connection of the pool. */
async function answerItems(pool: Pool, items: readonly SearchItem[], settings: ItemSettings): Promise<ItemOutcome[]> {
  const most = Math.max(MOST_RECORDS, settings.maxPageSize);
  const outcomes: ItemOutcome[] = [];
  let records = 0;
  for (const item of items) {
    const outcome = await answerItem(pool, item, settings);
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
  return outcomes.reduce((sum, outcome) => sum + (outcome.ok ? outcome.individuals.length : 0), 0);
}

function refuse(error: unknown, response: PartnerResponse, settings: AnswerSettings, log: Logger): void {
  const problem = asWireProblem(error);
  const { status, code, message } = problem;
  if (error instanceof AccessProblem) response.set('WWW-Authenticate', error.challenge);
  const { correlationId } = settings;
  if (status >= 500) log.error({ err: loggableError(problem.cause), correlationId }, 'a search failed');
  else log.info({ status, code, reason: message, correlationId }, 'a search was refused');
  response.status(status).json(writeErrorBody(code, message, status, settings));
}
