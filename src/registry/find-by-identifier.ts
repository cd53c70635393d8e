import type { Queryable } from '../database/pool.js';
import { type Identifier, identifierKey } from '../record/individual.js';

const FIND = {
  name: 'registry-find-by-identifier',
  text: 'select individual_id as id from identifiers where value_key = $1 and type = $2',
};

/** The id of the person who has the identifier; `null` where nobody has. For operators: nothing is withheld. */
export async function findIdByIdentifier(db: Queryable, { type, value }: Identifier): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>({ ...FIND, values: [identifierKey(value), type] });
  return rows[0]?.id ?? null;
}
