import type { Pool } from 'pg';
import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import type { Identifier } from '../../record/individual.js';
import { Problem } from '../../record/problem.js';
import { isUuid } from '../../record/uuid.js';
import { erasedPeople, eraseIndividual, type Erasure, type ErasureContext } from './erase-individual.js';

/** People who are looked at at once. */
const BATCH = 1_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** That somebody was erased, without a word of whom. */
export interface PastErasure {
  readonly id: string;
  readonly erasedAt: Date;
  readonly actor: string;
  /** `null`: it holds. */
  readonly liftedAt: Date | null;
  /** Digests under the pepper, base64url: of the person's id and identifiers, and of the place at each child. */
  readonly marks: readonly string[];
  readonly childMarks: readonly string[];
}

const SELECT_ERASURES = {
  name: 'erasures-list',
  text: `
    select id, erased_at as "erasedAt", actor, lifted_at as "liftedAt", marks, child_marks as "childMarks"
    from erasures where $1::bytea[] is null or marks && $1 order by erased_at, id`,
};

/** Of a file: those that a restored backup does not know. */
const ADD_ERASURES = {
  name: 'erasures-add',
  text: `
    insert into erasures (id, erased_at, actor, lifted_at, marks, child_marks)
    select e.id, e.erased_at, e.actor, e.lifted_at,
      array(select decode(m, 'hex') from json_array_elements_text(e.marks) m),
      array(select decode(m, 'hex') from json_array_elements_text(e.child_marks) m)
    from json_to_recordset($1)
      as e (id uuid, erased_at timestamptz, actor text, lifted_at timestamptz, marks json, child_marks json)
    on conflict (id) do nothing`,
};
/** And those that were lifted after the backup. */
const LIFT_AGAIN = { name: 'erasures-lift-again', text: 'select take_in_lifted_erasures($1, $2)' };
const LIFT = { name: 'erasure-lift', text: 'select lift_erasure($1, $2) as lifted' };

const SELECT_PEOPLE = {
  name: 'erasures-people',
  text: `
    select i.id, coalesce((select json_agg(json_build_object('type', n.type, 'value', n.value))
      from identifiers n where n.individual_id = i.id), '[]') as identifiers
    from individuals i where i.id > $1 order by i.id limit ${String(BATCH)}`,
};

interface ErasureRow extends Omit<PastErasure, 'marks' | 'childMarks'> {
  readonly marks: readonly Buffer[];
  readonly childMarks: readonly Buffer[];
}

/** All erasures, or those of who had the identifier, the oldest first. */
export async function listErasures(
  db: Queryable,
  of?: { readonly identifier: Identifier; readonly keys: ErasureContext['keys'] },
): Promise<PastErasure[]> {
  const marks = of && erasedPeople(of.keys).identifierMarks([of.identifier]);
  const { rows } = await db.query<ErasureRow>({ ...SELECT_ERASURES, values: [marks ?? null] });
  const text = (mark: Buffer): string => mark.toString('base64url');
  return rows.map((row) => ({ ...row, marks: row.marks.map(text), childMarks: row.childMarks.map(text) }));
}

/** Takes in what a file knows and this database does not: what happened after the backup that it was restored from. */
export async function addErasures(pool: Pool, erasures: readonly PastErasure[]): Promise<void> {
  const hex = (mark: string): string => Buffer.from(mark, 'base64url').toString('hex');
  const rows = erasures.map(({ id, erasedAt, actor, liftedAt, marks, childMarks }) => ({
    id,
    erased_at: erasedAt,
    actor,
    lifted_at: liftedAt,
    marks: marks.map(hex),
    child_marks: childMarks.map(hex),
  }));
  const lifted = erasures.filter(({ liftedAt }) => liftedAt !== null);
  await inTransaction(pool, async (client) => {
    await client.query({ ...ADD_ERASURES, values: [JSON.stringify(rows)] });
    await client.query({
      ...LIFT_AGAIN,
      values: [lifted.map(({ id }) => id), lifted.map(({ liftedAt }) => liftedAt)],
    });
  });
}

/**
 * Lets who was erased come back: by the next import, load or save that tells of them. The other erasures of the same
 * person are lifted too. It goes on record by itself. Answers the ids of those that were lifted. Throws a `Problem`
 * `ERASURE_UNKNOWN` where there is no such erasure, or it was lifted before.
 */
export async function liftErasure(
  db: Queryable,
  { id, actor }: { readonly id: string; readonly actor: string },
): Promise<string[]> {
  const { rows } = isUuid(id) ? await db.query<{ lifted: string[] }>({ ...LIFT, values: [id, actor] }) : { rows: [] };
  const lifted = rows[0]?.lifted ?? [];
  if (lifted.length > 0) return lifted;
  throw new Problem(
    'ERASURE_UNKNOWN',
    'No erasure that still holds has this id: dci-gateway individual erasures lists them',
  );
}

/** Erases everybody again who was erased before and is back, as from a backup. Answers what was erased. */
export async function reapplyErasures(
  context: ErasureContext,
  { actor }: { readonly actor: string },
): Promise<Erasure[]> {
  const { pool, keys } = context;
  const people = erasedPeople(keys);
  const again: Erasure[] = [];
  let after = FIRST_ID;
  for (;;) {
    const { rows } = await pool.query<{ id: string; identifiers: Identifier[] }>({
      ...SELECT_PEOPLE,
      values: [after],
    });
    const erased = await people.among(pool, {
      ids: rows.map(({ id }) => id),
      identifiers: rows.flatMap(({ identifiers }) => identifiers),
    });
    for (const person of rows) {
      if (!erased.hasPerson(person)) continue;
      again.push(await eraseIndividual(context, { individualId: person.id, actor }));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return again;
    after = last.id;
  }
}
