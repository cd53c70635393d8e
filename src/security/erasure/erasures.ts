import type { Queryable } from '../../database/pool.js';
import { eraseIndividual, type Erasure, type ErasureContext, erasureMarks } from './erase-individual.js';

/** People whose marks are compared at once. */
const BATCH = 1_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** That somebody was erased, without a word of whom. */
export interface PastErasure {
  readonly id: string;
  readonly erasedAt: Date;
  readonly actor: string;
  /** Digests under the pepper, base64url. */
  readonly marks: readonly string[];
}

const SELECT_ERASURES = {
  name: 'erasures-list',
  text: `select id, erased_at as "erasedAt", actor, marks from erasures order by erased_at, id`,
};

/** Of a file: those that a restored backup does not know. */
const ADD_ERASURES = {
  name: 'erasures-add',
  text: `
    insert into erasures (id, erased_at, actor, marks)
    select e.id, e.erased_at, e.actor, array(select decode(m, 'hex') from json_array_elements_text(e.marks) m)
    from json_to_recordset($1) as e (id uuid, erased_at timestamptz, actor text, marks json)
    on conflict (id) do nothing`,
};

const SELECT_PEOPLE = {
  name: 'erasures-people',
  text: `
    select i.id, coalesce((select json_agg(json_build_object('type', n.type, 'value', n.value))
      from identifiers n where n.individual_id = i.id), '[]') as identifiers
    from individuals i where i.id > $1 order by i.id limit ${String(BATCH)}`,
};

const SELECT_MARKED = {
  name: 'erasures-marked',
  text: `
    select distinct m.mark from erasures e, unnest(e.marks) as m (mark)
    where e.marks && $1::bytea[] and m.mark = any ($1::bytea[])`,
};

/** All erasures, the oldest first. */
export async function listErasures(db: Queryable): Promise<PastErasure[]> {
  const { rows } = await db.query<{ id: string; erasedAt: Date; actor: string; marks: Buffer[] }>(SELECT_ERASURES);
  return rows.map(({ marks, ...row }) => ({ ...row, marks: marks.map((mark) => mark.toString('base64url')) }));
}

/** Takes in erasures of a file that this database does not know: those after the backup that it was restored from. */
export async function addErasures(db: Queryable, erasures: readonly PastErasure[]): Promise<void> {
  const rows = erasures.map(({ id, erasedAt, actor, marks }) => ({
    id,
    erased_at: erasedAt,
    actor,
    marks: marks.map((mark) => Buffer.from(mark, 'base64url').toString('hex')),
  }));
  await db.query({ ...ADD_ERASURES, values: [JSON.stringify(rows)] });
}

/** Erases everybody again who was erased before and is back: from a backup, or by an import. Answers what was erased. */
export async function reapplyErasures(
  context: ErasureContext,
  { actor }: { readonly actor: string },
): Promise<Erasure[]> {
  const { pool, keys } = context;
  const erased: Erasure[] = [];
  let after = FIRST_ID;
  for (;;) {
    const { rows } = await pool.query<{ id: string; identifiers: { type: string; value: string }[] }>({
      ...SELECT_PEOPLE,
      values: [after],
    });
    const people = rows.map(({ id, identifiers }) => ({
      id,
      marks: erasureMarks(keys, { individualId: id, identifiers }),
    }));
    const { rows: marked } = await pool.query<{ mark: Buffer }>({
      ...SELECT_MARKED,
      values: [people.flatMap(({ marks }) => marks)],
    });
    const known = new Set(marked.map(({ mark }) => mark.toString('hex')));
    for (const { id, marks } of people) {
      if (!marks.some((mark) => known.has(mark.toString('hex')))) continue;
      erased.push(await eraseIndividual(context, { individualId: id, actor }));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return erased;
    after = last.id;
  }
}
