import { type Pool } from 'pg';

/** The tables of the registry, without versions and times of change. */
export const REGISTRY: Readonly<Record<string, string>> = {
  individuals: `to_jsonb(t) - 'row_version' - 'updated_at'`,
  identifiers: 'to_jsonb(t)',
  individual_sources: 'to_jsonb(t)',
  source_records: 'to_jsonb(t)',
  groups: `to_jsonb(t) - 'row_version' - 'updated_at'`,
  group_sizes: 'to_jsonb(t)',
  group_identifiers: 'to_jsonb(t)',
  memberships: 'to_jsonb(t)',
  relationships: 'to_jsonb(t)',
  marriages: 'to_jsonb(t)',
  farmers: `to_jsonb(t) - 'row_version' - 'updated_at'`,
  disabilities: `to_jsonb(t) - 'row_version' - 'updated_at'`,
  enrolments: `to_jsonb(t) - 'row_version' - 'updated_at'`,
  programmes: `to_jsonb(t) - 'row_version' - 'updated_at'`,
  locations: 'to_jsonb(t)',
};

/** A checksum and the number of rows of each table of the registry, or of those given with what of a row is looked at. */
export async function registryState(pool: Pool, tables = REGISTRY): Promise<Record<string, string>> {
  const columns = Object.entries(tables).map(
    ([table, row]) => `(select md5(coalesce(string_agg(r::text, '' order by r::text), '')) || ' ' || count(*)
        from (select ${row} as r from ${table} t) x) as "${table}"`,
  );
  const { rows } = await pool.query<Record<string, string>>(`select ${columns.join(', ')}`);
  return rows[0] ?? {};
}
