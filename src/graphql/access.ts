import type { Queryable } from '../database/pool.js';
import { type Filter, isEverybody } from '../record/filter.js';
import { Problem } from '../record/problem.js';
import type { RecordKind } from '../record/registry-kind.js';
import type { Sort } from '../record/sort.js';
import { checkFilter } from '../record/withheld.js';
import type { Administrator } from '../security/administrator.js';
import type { Deed } from '../security/audit/ledger.js';
import type { InternalScope } from '../security/scopes.js';
import type { GraphContext } from './context.js';
import { LimitProblem } from './limit-problem.js';
import { withheldPart } from './sight/field-table.js';
import { limitOf, reasonOf } from './sight/withheld-values.js';

/** Throws `FORBIDDEN`, naming the scope, unless the caller has every one of the scopes. */
export function requireScopes({ caller }: Pick<GraphContext, 'caller'>, ...scopes: readonly InternalScope[]): void {
  const missing = scopes.find((scope) => !caller.scopes.includes(scope));
  if (missing !== undefined) {
    const message = `This needs a client with the scope ${missing}, which yours does not have`;
    throw new LimitProblem('scopes', 'FORBIDDEN', message);
  }
}

/** What everything that shows a person or a family needs. */
export function requirePersonal(context: Pick<GraphContext, 'caller'>): void {
  requireScopes(context, 'graph.read', 'graph.personal');
}

/**
 * What everything needs that looks for records of a kind: already that somebody has one tells of the person. Throws
 * `FORBIDDEN`, naming the scope or the limit.
 */
export function requireRecords(context: Pick<GraphContext, 'caller'>, kind: RecordKind): void {
  requirePersonal(context);
  const { caller } = context;
  const withheld = withheldPart([`${kind}.*`], caller.access.fields);
  if (withheld !== null) throw new LimitProblem(limitOf(withheld, caller), 'FORBIDDEN', reasonOf(withheld, caller));
}

/** Throws `FORBIDDEN` for a caller whose rows are limited; `what` says what such a one cannot do. */
export function requireEverybody({ caller }: Pick<GraphContext, 'caller'>, what: string): void {
  if (isEverybody(caller.access.rows)) return;
  throw new LimitProblem('rows', 'FORBIDDEN', `A client that sees only a part of the registry cannot ${what}`);
}

/** In whose name the caller's acts are written down by those who do them. */
export function administrator({ ledger, caller }: Pick<GraphContext, 'ledger' | 'caller'>): Administrator {
  return { ledger, actor: caller.actor };
}

/** Writes down an act of the caller, about which the detail says nothing of people. */
export async function note(
  { ledger, caller }: Pick<GraphContext, 'ledger' | 'caller'>,
  action: string,
  detail: NonNullable<Deed['detail']>,
  db?: Queryable,
): Promise<void> {
  await ledger.note({ action, actor: caller.actor, detail }, db);
}

const WITHHELD = /_WITHHELD$/u;

/** Throws `BAD_USER_INPUT` where a filter or an order would tell the caller of a field that it is not shown. */
export function checkQuestion(
  { caller }: Pick<GraphContext, 'caller'>,
  kind: RecordKind,
  filter: Filter,
  sort: readonly Sort[] = [],
): void {
  try {
    checkFilter(filter, sort, kind, caller.access);
  } catch (error) {
    if (!(error instanceof Problem) || !WITHHELD.test(String(error.code))) throw error;
    const limit = error.code === 'FILTER_OPERATOR_WITHHELD' ? 'operators' : 'fields';
    throw new LimitProblem(limit, 'BAD_USER_INPUT', error.message, { cause: error });
  }
}
