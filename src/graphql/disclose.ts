import type { ExecutionResult } from 'graphql';
import { peopleOfGroups } from '../registry/people-of-groups.js';
import type { Purpose } from './asked-purpose.js';
import type { GraphContext } from './context.js';
import type { SightedOperation } from './sight/sighted-operation.js';

/**
 * Writes down of whom an answer tells, and what; also that somebody asked and was told of nobody. The answer leaves when
 * this has resolved. Throws a `Problem` `RECORD_BUDGET_SPENT`; rejects where nothing could be written.
 */
export async function disclose(
  { shown, caller, ledger, records, requestId }: GraphContext,
  { told, key }: SightedOperation,
  { purpose, evidence }: Purpose,
  { data, errors }: ExecutionResult,
): Promise<void> {
  if (data === undefined || data === null) return;
  const { groupIds } = shown;
  const members = groupIds.length === 0 ? [] : await peopleOfGroups(records, groupIds, caller.access.rows);
  const people = shown.records(told, members);
  // Refused before anything was read; a part that was answered may be a number that tells of somebody.
  if (people.length === 0 && errors && Object.values(data).every((part) => part === null)) return;
  await ledger.disclose({
    caller,
    action: 'graph.answered',
    registry: null,
    correlationId: requestId,
    purpose,
    evidence,
    shown: people,
    detail: { document: key.slice(0, 64) },
  });
}
