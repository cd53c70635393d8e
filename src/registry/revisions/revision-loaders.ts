import DataLoader from 'dataloader';
import type { Queryable } from '../../database/pool.js';
import type { FieldSet } from '../../record/fields.js';
import type { PartialDate, Sex } from '../../record/individual.js';
import type { MaritalStatus } from '../../record/registry-record.js';
import { isUuid } from '../../record/uuid.js';
import { nameFor } from '../answers/answer-rows.js';
import { forFields } from '../for-fields.js';
import { currentValues, shownValues } from './person-values.js';

/** Where a value that is held came from. */
export interface ValueProvenance {
  /** As changes name it. */
  readonly field: string;
  /** When it was written here. */
  readonly at: Date;
  /** What wrote it: `import`, `loader`, `mutation`, ... */
  readonly origin: string;
  /** Who it was, where it was somebody. */
  readonly actor: string | null;
  /** Code of the data source that told it; `null`: it was entered here. */
  readonly source: string | null;
  readonly importRunId: string | null;
  /** Place of the record in the run, from 1. */
  readonly page: number | null;
  readonly ordinal: number | null;
  /** JSON pointer into the answer of the source. */
  readonly pointer: string | null;
  /** When the source says that it was so. */
  readonly saidAt: Date | null;
}

/** A person's own values at a moment; what is not shown is absent. */
export interface PastValues {
  readonly givenName?: string | null;
  readonly middleName?: string | null;
  readonly familyName?: string | null;
  readonly sex?: Sex | null;
  readonly birthDate?: PartialDate | null;
  readonly deathDate?: PartialDate | null;
  readonly deceased?: boolean;
  readonly birthLocation?: string | null;
  readonly birthPlaceText?: string | null;
  readonly deathLocation?: string | null;
  readonly deathPlaceText?: string | null;
  readonly homeLocation?: string | null;
  readonly homePlaceText?: string | null;
  readonly maritalStatus?: MaritalStatus | null;
  readonly phoneNumbers?: readonly string[];
  readonly emails?: readonly string[];
}

/** Whom, and when. */
export interface PastMoment {
  readonly individualId: string;
  readonly at: Date;
}

/** Look-ups into the past of people whom the caller was shown, for the length of one request. */
export interface RevisionLoaders {
  /** By individual, of the values that the caller is shown, by field. */
  readonly provenanceByIndividual: DataLoader<string, readonly ValueProvenance[]>;
  /** `null`: the person was not held then. */
  readonly pastValues: DataLoader<PastMoment, PastValues | null, string>;
}

const SELECT_PROVENANCE = {
  name: 'revisions-load-provenance',
  text: `
    select t.individual_id as owner, t.field, t.changed_at as at, t.origin, t.actor, s.code as source,
      t.import_run_id as "importRunId", t.page, t.ordinal, t.pointer, t.said_at as "saidAt"
    from individual_values_told t left join data_sources s on s.id = t.data_source_id
    where t.individual_id = any ($1::uuid[]) and t.field = any ($2::text[])
    order by t.individual_id, t.field`,
};

/**
 * From what is held now back over every revision since, of which the first that names a value says what it was. Who has
 * no revision that made them was entered before there were any, on the day of the row.
 */
const selectPast = forFields(
  (fields) => `
    select asked.place, ${currentValues(fields)} || coalesce(past.values, '{}') as values
    from unnest($1::uuid[], $2::timestamptz[]) with ordinality as asked (id, at, place)
    join individuals i on i.id = asked.id
    left join individual_revisions made on made.individual_id = i.id and made.before is null
    cross join lateral (
      select jsonb_object_agg(e.key, e.value order by r.row_version desc) as values
      from individual_revisions r cross join lateral jsonb_each(r.before) as e
      where r.individual_id = i.id and e.key = any ($3::text[]) and r.row_version >= (
        select min(l.row_version) from individual_revisions l where l.individual_id = i.id and l.changed_at > asked.at)
    ) past
    where coalesce(made.changed_at, i.created_at) <= asked.at`,
);

/** `db` shows whom the caller may see; `fields`: what is not among them is not read. */
export function createRevisionLoaders(db: Queryable, fields: FieldSet): RevisionLoaders {
  const names = shownValues(fields)
    .filter(({ name }) => name !== 'attributes' || fields.isAll)
    .map(({ name }) => name);
  return {
    provenanceByIndividual: new DataLoader<string, readonly ValueProvenance[]>(async (ids) => {
      const { rows } = await db.query<ValueProvenance & { owner: string }>({
        ...SELECT_PROVENANCE,
        values: [ids.filter(isUuid), names],
      });
      const lists = new Map<string, ValueProvenance[]>(ids.map((id) => [id, []]));
      for (const { owner, ...value } of rows) lists.get(owner)?.push(value);
      return ids.map((id) => lists.get(id) ?? []);
    }),
    pastValues: new DataLoader<PastMoment, PastValues | null, string>(
      async (moments) => {
        const text = selectPast(fields);
        const { rows } = await db.query<{ place: number; values: PastValues }>({
          ...nameFor('revisions-load-past', text, fields),
          text,
          values: [moments.map(({ individualId }) => individualId), moments.map(({ at }) => at), names],
        });
        const found = new Map(rows.map(({ place, values }) => [Number(place), values]));
        return moments.map((_, index) => found.get(index + 1) ?? null);
      },
      { cacheKeyFn: ({ individualId, at }) => `${individualId} ${at.toISOString()}` },
    ),
  };
}
