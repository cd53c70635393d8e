import type { Pool } from 'pg';
import { inTransaction } from '../../database/transaction.js';
import { Problem } from '../../record/problem.js';
import { isUuid } from '../../record/uuid.js';
import { ErasedPeople } from '../../registry/erased-people.js';
import { deletePerson, findPersonTraces, lockPersonTraces } from '../../registry/erase-individual.js';
import type { Ledger } from '../audit/ledger.js';
import type { Keys } from '../keys.js';
import { Mentions } from './mentions.js';
import { eraseSealedMentions } from './sealed-messages.js';
import { deleteWaitingRecords } from './waiting-records.js';

/** What erasing works with. */
export interface ErasureContext {
  readonly pool: Pool;
  readonly keys: Pick<Keys, 'open' | 'seal' | 'hashSecret'>;
  readonly ledger: Ledger;
}

/** What was erased. */
export interface Erasure {
  /** Of the row that keeps backups from bringing the person back. */
  readonly id: string;
  readonly erasedAt: Date;
  /** Groups in which there was nobody else. */
  readonly groups: number;
  readonly renamedGroups: number;
  /** Messages of and to partners and registries that spoke of the person. */
  readonly messages: number;
  /** Consent and authorize objects. */
  readonly evidence: number;
}

const ADD_ERASURE = {
  name: 'erasure-add',
  text: `
    insert into erasures (actor, marks, child_marks) values ($1, $2, $3) returning id, erased_at as "erasedAt"`,
};
/** Frequent values of columns are kept in the statistics of the planner too. */
const FORGET_STATISTICS = { name: 'erasure-forget-statistics', text: 'select forget_erased_values()' };

/** Who was erased from this registry, asked under its own pepper. */
export function erasedPeople(keys: Pick<Keys, 'hashSecret'>): ErasedPeople {
  return new ErasedPeople((text) => keys.hashSecret(text));
}

/**
 * Erases a person: the record and all that is about the person in every registry, what is kept of messages that speak of
 * them, consents, and the key under which they stand in the ledger, so that what stays there leads to nobody. That it
 * was done, by whom, stays on record. Throws a `Problem` `INDIVIDUAL_UNKNOWN`.
 */
export async function eraseIndividual(
  { pool, keys, ledger }: ErasureContext,
  { individualId, actor }: { readonly individualId: string; readonly actor: string },
): Promise<Erasure> {
  const person = isUuid(individualId) ? await findPersonTraces(pool, individualId) : null;
  if (person === null) throw unknown();
  const search = { pool, keys, ledgerKey: person.ledgerKey, actor };
  // Before the person is gone: who is stopped here still knows whom to look for.
  const { rows } = await pool.query<{ now: Date }>({ name: 'erasure-now', text: 'select now()' });
  const before = await eraseSealedMentions({ ...search, mentions: new Mentions(person), since: null });
  const { last, ...erased } = await inTransaction(pool, async (client) => {
    // What was written of the person meanwhile goes as well, and is remembered.
    const last = await lockPersonTraces(client, individualId);
    if (last === null) throw unknown();
    const people = erasedPeople(keys);
    await deleteWaitingRecords(client, people, last);
    const gone = await deletePerson(client, last);
    const { marks, childMarks } = people.marksOf(last);
    const added = await client.query<{ id: string; erasedAt: Date }>({
      ...ADD_ERASURE,
      values: [actor, marks, childMarks],
    });
    const [row] = added.rows;
    if (row === undefined) throw new Error('the erasure was not written');
    await ledger.note({ action: 'individual.erased', actor, detail: { erasure: row.id, ...gone } }, client);
    return { last, ...row, ...gone };
  });
  // And what was said of the person meanwhile.
  const after = await eraseSealedMentions({ ...search, mentions: new Mentions(last), since: rows[0]?.now ?? null });
  await pool.query(FORGET_STATISTICS);
  return {
    ...erased,
    messages: before.messages + after.messages,
    evidence: before.evidence + after.evidence,
  };
}

function unknown(): Problem {
  return new Problem('INDIVIDUAL_UNKNOWN', 'There is nobody with this id: look the person up by an identifier first');
}
