import { wireObject } from '../../dci/wire-object.js';
import { type Queryable } from '../../database/pool.js';
import { type CursorPage, type ListPage, type OrderKey, readPage, totalOrder } from '../../registry/queries/keyset.js';
import { type DataSource } from '../data-source.js';
import { type CredentialSeal } from '../data-sources.js';
import { type Exchange, type ExchangeFacts, type ExchangeText, type SeeExchange } from './exchange.js';

/** What an exchange was for. */
export type ExchangeOwner =
  { readonly importRunId: string; readonly page: number } | { readonly sourceRequestId: string };

/** Where exchanges are kept, and of whom. */
export interface ExchangeKeeper {
  readonly db: Queryable;
  readonly keys: Pick<CredentialSeal, 'seal'>;
  readonly source: Pick<DataSource, 'id' | 'keepExchanges'>;
}

/** An exchange that is kept, without its words. */
export interface KeptExchange extends ExchangeFacts {
  readonly id: string;
  /** Of a run: the page that was asked for. */
  readonly page: number | null;
}

const INSERT_EXCHANGES = {
  name: 'sources-insert-exchanges',
  text: `
    insert into exchanges (data_source_id, import_run_id, page, source_request_id, purpose, sent_at, duration_ms, status,
      not_pushed_down, text_sealed)
    select $1, $2, $3, $4, n.purpose, n.sent_at, n.duration_ms, n.status,
      array(select jsonb_array_elements_text(n.not_pushed_down)), n.text_sealed
    from unnest($5::text[], $6::timestamptz[], $7::integer[], $8::integer[], $9::jsonb[], $10::bytea[])
      as n (purpose, sent_at, duration_ms, status, not_pushed_down, text_sealed)`,
};

const COLUMNS = `x.id, x.page, x.purpose, x.sent_at as "sentAt", x.duration_ms as "durationMs", x.status,
  x.not_pushed_down as "notPushedDown"`;

const SELECT_OF_REQUESTS = {
  name: 'sources-exchanges-of-requests',
  text: `
    select distinct on (x.source_request_id) x.source_request_id as "sourceRequestId", ${COLUMNS}
    from exchanges x where x.source_request_id = any ($1::uuid[])
    order by x.source_request_id, x.sent_at desc`,
};

const SELECT_TEXTS = {
  name: 'sources-exchange-texts',
  text: 'select x.id, x.text_sealed from exchanges x where x.id = any ($1::uuid[])',
};

/**
 * Does some work and keeps what it exchanged with the source, also where the work fails: what was sent, and what was
 * answered where the source is set up so.
 */
export async function keepingExchanges<T>(
  keeper: ExchangeKeeper,
  owner: ExchangeOwner,
  work: (see: SeeExchange) => Promise<T>,
): Promise<T> {
  const seen: Exchange[] = [];
  try {
    return await work((exchange) => seen.push(exchange));
  } finally {
    await keepExchanges(keeper, owner, seen);
  }
}

/** Keeps exchanges as far as the source is set up so. */
export async function keepExchanges(
  { db, keys, source: { id, keepExchanges: kept } }: ExchangeKeeper,
  owner: ExchangeOwner,
  exchanges: readonly Exchange[],
): Promise<void> {
  if (kept === 'none' || exchanges.length === 0) return;
  const sealed = ({ request, answer }: Exchange): Buffer => {
    const text: ExchangeText = { request, answer: kept === 'answers' && isReadable(answer) ? answer : null };
    return keys.seal(JSON.stringify(text));
  };
  await db.query({
    ...INSERT_EXCHANGES,
    values: [
      id,
      'importRunId' in owner ? owner.importRunId : null,
      'importRunId' in owner ? owner.page : null,
      'sourceRequestId' in owner ? owner.sourceRequestId : null,
      exchanges.map(({ purpose }) => purpose),
      exchanges.map(({ sentAt }) => sentAt),
      exchanges.map(({ durationMs }) => durationMs),
      exchanges.map(({ status }) => status),
      exchanges.map(({ notPushedDown }) => JSON.stringify(notPushedDown)),
      exchanges.map(sealed),
    ],
  });
}

/** Of what is encrypted nobody could say later whom it tells of, to erase it with them. */
function isReadable(answer: string | null): boolean {
  return answer === null || wireObject(wireObject(parsed(answer))?.message)?.ciphertext === undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const AS_SENT: readonly OrderKey[] = totalOrder(
  [
    { name: 'page', expression: 'x.page', type: 'integer', nullable: false, direction: 'asc' },
    { name: 'sent_at', expression: 'x.sent_at', type: 'timestamptz', nullable: false, direction: 'asc' },
  ],
  'x.id',
);

/** One page of the exchanges of a run, page by page of the source, each attempt as it came. */
export async function listRunExchanges(
  db: Queryable,
  query: CursorPage & { readonly importRunId: string },
): Promise<ListPage<KeptExchange>> {
  const read = {
    from: 'exchanges x',
    columns: COLUMNS,
    where: 'x.import_run_id = $1::uuid',
    parameters: [query.importRunId],
    onePlan: true,
    keys: AS_SENT,
  };
  return await readPage<KeptExchange & { keyset: unknown }, KeptExchange>(
    db,
    read,
    query,
    ({ keyset: _, ...row }) => row,
  );
}

/** The newest exchange of each request that has one. */
export async function findRequestExchanges(
  db: Queryable,
  sourceRequestIds: readonly string[],
): Promise<ReadonlyMap<string, KeptExchange>> {
  const { rows } = await db.query<KeptExchange & { sourceRequestId: string }>({
    ...SELECT_OF_REQUESTS,
    values: [sourceRequestIds],
  });
  return new Map(rows.map(({ sourceRequestId, ...row }) => [sourceRequestId, row]));
}

/** The words of kept exchanges, sealed, by id. */
export async function findExchangeTexts(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const { rows } = await db.query<{ id: string; text_sealed: Buffer }>({ ...SELECT_TEXTS, values: [ids] });
  return new Map(rows.map((row) => [row.id, row.text_sealed]));
}

/** What `keepExchanges` sealed; the seal tells of any change. */
export function openExchangeText(keys: Pick<CredentialSeal, 'open'>, sealed: Buffer): ExchangeText {
  return JSON.parse(keys.open(sealed)) as ExchangeText;
}
