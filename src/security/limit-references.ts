import type { Queryable } from '../database/pool.js';
import { fieldKey, RECORD_FIELDS } from '../record/fields.js';
import { Problem } from '../record/problem.js';
import type { AccessDocument } from './access-document.js';

const UNKNOWN_REFERENCES = {
  name: 'limits-unknown-references',
  text: `
    select array(select id from unnest($1::uuid[]) id where not exists (select from locations l where l.id = id.id))
        as locations,
      array(select code from unnest($2::text[]) code where not exists (select from data_sources s where s.code = code.code))
        as sources,
      array(select field from unnest($3::text[]) field where not exists (
        select from attributes a where a.record || '.' || a.name = field.field)) as fields`,
};

interface UnknownReferences {
  readonly locations: readonly string[];
  readonly sources: readonly string[];
  readonly fields: readonly string[];
}

/**
 * Refuses limits that name what does not exist: a misspelt field to be withheld would be shown. Throws a `Problem`
 * `ACCESS_INVALID`.
 */
export async function checkLimits(db: Queryable, { rows = {}, only = [], never = [] }: AccessDocument): Promise<void> {
  const locations = [...(rows.within ?? []), ...(rows.bornWithin ?? [])];
  const fields = [...only, ...never].filter((field) => !isOurs(field));
  const sources = rows.sources ?? [];
  if (locations.length + fields.length + sources.length === 0) return;
  const { rows: found } = await db.query<UnknownReferences & Record<string, unknown>>({
    ...UNKNOWN_REFERENCES,
    values: [locations, sources, fields],
  });
  const [unknown] = found;
  const wrong = [
    ...(unknown?.locations ?? []).map((id) => `there is no location ${id}`),
    ...(unknown?.sources ?? []).map((code) => `there is no data source ${JSON.stringify(code)}`),
    ...(unknown?.fields ?? []).map((field) => `there is no field ${field}`),
  ];
  if (wrong.length > 0) throw new Problem('ACCESS_INVALID', `These limits cannot be used: ${wrong.join('; ')}`);
}

function isOurs(name: string): boolean {
  return name.endsWith('.*') || RECORD_FIELDS.some((field) => fieldKey(field) === name);
}
