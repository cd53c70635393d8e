import { registerEnumType } from 'type-graphql';
import DataLoader from 'dataloader';
import { inTransaction } from '../../database/transaction.js';
import { isEverybody } from '../../record/filter.js';
import { Problem } from '../../record/problem.js';
import type { RegistryRecord } from '../../record/registry-record.js';
import { writeRecords } from '../../registry/write-records/write-records.js';
import { erasedPeople } from '../../security/erasure/erase-individual.js';
import { note, requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { Refusal } from '../refusal.js';
import { checkWritten } from './check-written.js';

export const SaveOutcomeEnum = { CREATED: 'created', UPDATED: 'updated', UNCHANGED: 'unchanged' } as const;
export type SaveOutcome = (typeof SaveOutcomeEnum)[keyof typeof SaveOutcomeEnum];
registerEnumType(SaveOutcomeEnum, {
  name: 'SaveOutcome',
  description: 'What saving a record did.',
  valuesConfig: {
    CREATED: { description: 'It was made.' },
    UPDATED: { description: 'It was there, and something of it was changed.' },
    UNCHANGED: { description: 'It was there and is as it was.' },
  },
});

/** A record that was saved, by its row id. */
export interface SavedRecord {
  readonly id: string;
  readonly outcome: SaveOutcome;
}

/** Names of properties that the graph's inputs have under another name. */
const INPUT_NAMES: Readonly<Record<string, string>> = { groupKind: 'kind' };

/**
 * Writes one record in a transaction of its own and answers with its row id, or with why it was refused; whoever
 * subscribed to such records is told. Throws `FORBIDDEN` to callers without the scope `graph.write`, to those who see
 * only a part of the registry: what they do not see they would make a second time, and to those who are not shown what
 * they write.
 */
export async function saveRecord(context: GraphContext, record: RegistryRecord): Promise<SavedRecord | Refusal> {
  requireScopes(context, 'graph.write');
  const { pool, caller } = context;
  if (!isEverybody(caller.access.rows)) {
    throw new Problem('FORBIDDEN', 'A client that sees only a part of the registry cannot write into it');
  }
  await checkWritten(context, record);
  const origin = `mutation ${caller.clientId}`;
  const [written] = await inTransaction(pool, async (client) => {
    const results = await writeRecords(client, [record], {
      origin,
      actor: caller.clientId,
      unknownIds: 'refuse',
      erased: erasedPeople(context.keys),
    });
    const outcome = results[0]?.outcome ?? 'refused';
    if (outcome !== 'refused') await note(context, 'record.saved', { record: record.kind, outcome }, client);
    return results;
  });
  if (written === undefined) throw new Error('A record was left without a result');
  forgetWhatWasRead(context);
  const { outcome, id, refusal } = written;
  if (refusal !== null) {
    const [property = '', ...inner] = (refusal.field ?? '').split('.');
    const field = refusal.field === null ? null : ['input', INPUT_NAMES[property] ?? property, ...inner].join('.');
    return new Refusal(refusal.code, refusal.reason, field);
  }
  if (outcome === 'refused' || id === null) throw new Error('A record was refused without a reason');
  return { id, outcome };
}

/** Several mutations of one request share the look-ups: the second must not be shown what was before the first. */
function forgetWhatWasRead({ loaders, recordLoaders }: GraphContext): void {
  for (const loader of Object.values<unknown>({ ...loaders, ...recordLoaders })) {
    if (loader instanceof DataLoader) loader.clearAll();
  }
}
