import { type Queryable } from '../database/pool.js';
import { Problem } from '../record/problem.js';
import { EVERY_FIELD, FIELD_POLICIES, type FieldPolicy, TOLD_FIELDS } from '../registry/write-sources/field-rules.js';

/** Whether a source is believed where it tells something else than is held. */
export interface SourceTrust {
  /** From 0 to 1000; it overwrites what came from sources of its own rank and below. What was entered here has 100. */
  readonly trustRank: number;
  /** Name of a value as changes name it, or `*` -> what becomes of it; `prefer_source` where nothing is said. */
  readonly fieldPolicies: Readonly<Record<string, FieldPolicy>>;
}

/** What an operator says of it; absent stays, and policies take the place of all that are held. */
export interface SourceTrustInput {
  readonly trustRank?: number | undefined;
  readonly fieldPolicies?: Readonly<Record<string, string>> | undefined;
}

const HIGHEST_RANK = 1000;
const FIELDS: readonly string[] = [...TOLD_FIELDS, EVERY_FIELD];

/** Throws `DATA_SOURCE_INVALID` for a rank, a value or a policy that there is not. */
export function checkSourceTrust({ trustRank, fieldPolicies = {} }: SourceTrustInput): void {
  if (trustRank !== undefined && !(Number.isInteger(trustRank) && trustRank >= 0 && trustRank <= HIGHEST_RANK)) {
    throw invalid('trustRank', `The trust rank must be a whole number from 0 to ${String(HIGHEST_RANK)}`);
  }
  for (const [field, policy] of Object.entries(fieldPolicies)) {
    if (!FIELDS.includes(field)) {
      throw invalid('fieldPolicies', `There is no policy for this field: the fields are ${FIELDS.join(', ')}`);
    }
    if (!isPolicy(policy)) throw invalid('fieldPolicies', `A policy must be one of ${FIELD_POLICIES.join(', ')}`);
  }
}

function isPolicy(policy: string): policy is FieldPolicy {
  return FIELD_POLICIES.some((one) => one === policy);
}

function invalid(field: keyof SourceTrustInput, message: string): Problem {
  return new Problem('DATA_SOURCE_INVALID', message, { field });
}

/** Of `data_sources s`, as one JSON object of this shape. */
export const TRUST_COLUMN = `
  jsonb_build_object('trustRank', s.trust_rank, 'fieldPolicies', coalesce((
    select jsonb_object_agg(p.field, p.policy) from data_source_field_policies p where p.data_source_id = s.id), '{}'))
    as trust`;

const WRITE_RANK = {
  name: 'sources-write-trust-rank',
  text: 'update data_sources set trust_rank = $2 where id = $1',
};

const DELETE_POLICIES = {
  name: 'sources-delete-field-policies',
  text: 'delete from data_source_field_policies where data_source_id = $1',
};

const INSERT_POLICIES = {
  name: 'sources-insert-field-policies',
  text: `
    insert into data_source_field_policies (data_source_id, field, policy)
    select $1, n.field, n.policy from unnest($2::text[], $3::text[]) as n (field, policy)`,
};

/** Writes what was said of it and was checked. */
export async function writeSourceTrust(
  db: Queryable,
  id: string,
  { trustRank, fieldPolicies }: SourceTrustInput,
): Promise<void> {
  if (trustRank !== undefined) await db.query({ ...WRITE_RANK, values: [id, trustRank] });
  if (fieldPolicies === undefined) return;
  await db.query({ ...DELETE_POLICIES, values: [id] });
  await db.query({ ...INSERT_POLICIES, values: [id, Object.keys(fieldPolicies), Object.values(fieldPolicies)] });
}
