import { createHash } from 'node:crypto';
import { type Queryable } from '../../database/pool.js';
import { type IndividualRecord } from '../../record/individual-record.js';

/**
 * What becomes of a value that a source tells otherwise than it is held. `fill_blank`: what is held stays;
 * `prefer_source`: the source is believed; `prefer_newer`: whoever says that it was so later; `ask`: somebody decides.
 * What is not known is taken under each of them, and a source that says nothing of a field changes nothing.
 */
export const FIELD_POLICIES = ['fill_blank', 'prefer_source', 'prefer_newer', 'ask'] as const;
export type FieldPolicy = (typeof FIELD_POLICIES)[number];

/** The values that sources tell of a person, as changes name them. */
export const TOLD_FIELDS = [
  'givenName',
  'middleName',
  'familyName',
  'sex',
  'birthDate',
  'deathDate',
  'deceased',
  'deathLocation',
  'deathPlaceText',
  'birthLocation',
  'birthPlaceText',
  'homeLocation',
  'homePlaceText',
] as const;

/** In place of a field: those that have no policy of their own. */
export const EVERY_FIELD = '*';

/** How much a source is believed unless an operator says otherwise, and what was entered here always. */
export const DEFAULT_RANK = 100;

/** Where a held value came from. */
export interface ValueOrigin {
  readonly rank: number;
  /** `null`: it was entered here. */
  readonly dataSourceId: string | null;
  /** When it was so, as far as that is known. */
  readonly at: Date | null;
}

/** Whom to believe when the source of a page tells something else than is held. */
export class FieldRules {
  /** The same as long as the rules are; '' where they are those of a source that nothing was said of. */
  readonly #mark: string;

  constructor(
    private readonly dataSourceId: string,
    private readonly rank: number,
    private readonly policies: Readonly<Partial<Record<string, FieldPolicy>>>,
    /** Whether anything is believed more than this source. */
    private readonly isOutranked: boolean,
  ) {
    const said = Object.entries(policies).sort(([one], [other]) => (one < other ? -1 : 1));
    const isPlain = rank === DEFAULT_RANK && said.length === 0;
    this.#mark = isPlain
      ? ''
      : createHash('sha256')
          .update(JSON.stringify([rank, said]))
          .digest('hex');
  }

  /**
   * What beside its words makes a record another: one that was heard under other rules is heard again, and so is one that
   * speaks of another moment where that counts.
   */
  markOf({ told }: IndividualRecord): string {
    return this.#preferNewer ? `${this.#mark} ${told?.saidAt ?? ''}` : this.#mark;
  }

  /** Whether it must be known where the values that are held came from. */
  get needOrigins(): boolean {
    return this.isOutranked || this.#preferNewer;
  }

  get #preferNewer(): boolean {
    return Object.values(this.policies).includes('prefer_newer');
  }

  /** Whether what is held gives way to what is said, which is something else; `origin`: see `needOrigins`. */
  decide(field: string, origin: ValueOrigin | undefined, said: Pick<ValueOrigin, 'at'>): 'take' | 'keep' | 'ask' {
    const policy = this.policies[field] ?? this.policies[EVERY_FIELD] ?? 'prefer_source';
    if (policy === 'ask') return 'ask';
    if (policy === 'fill_blank' || (origin?.rank ?? DEFAULT_RANK) > this.rank) return 'keep';
    return policy === 'prefer_newer' && !this.#isNewer(origin, said.at ?? new Date()) ? 'keep' : 'take';
  }

  /** What the source said last is what it says, whichever day stands on it. */
  #isNewer(origin: ValueOrigin | undefined, at: Date): boolean {
    if (origin === undefined || origin.at === null || origin.dataSourceId === this.dataSourceId) return true;
    return at > origin.at;
  }

  /** The origin of a value that the source has told. */
  originOf(at: Date | null): ValueOrigin {
    return { rank: this.rank, dataSourceId: this.dataSourceId, at: at ?? new Date() };
  }
}

const SELECT_RULES = {
  name: 'write-field-rules',
  text: `
    select s.trust_rank,
      s.trust_rank < $2 or exists (select from data_sources o where o.trust_rank > s.trust_rank) as is_outranked,
      coalesce((select json_object_agg(p.field, p.policy) from data_source_field_policies p
        where p.data_source_id = s.id), '{}') as policies
    from data_sources s where s.id = $1`,
};

const SELECT_ORIGINS = {
  name: 'write-value-origins',
  text: `
    select t.individual_id, t.field, coalesce(s.trust_rank, $2) as rank, t.data_source_id as "dataSourceId",
      coalesce(t.said_at, t.changed_at) as at
    from individual_values_told t left join data_sources s on s.id = t.data_source_id
    where t.individual_id = any ($1::uuid[])`,
};

/** The rules for what a source tells. */
export async function loadFieldRules(db: Queryable, dataSourceId: string): Promise<FieldRules> {
  const { rows } = await db.query<{
    trust_rank: number;
    is_outranked: boolean;
    policies: Readonly<Partial<Record<string, FieldPolicy>>>;
  }>({ ...SELECT_RULES, values: [dataSourceId, DEFAULT_RANK] });
  const [row] = rows;
  return row === undefined
    ? new FieldRules(dataSourceId, DEFAULT_RANK, {}, false)
    : new FieldRules(dataSourceId, row.trust_rank, row.policies, row.is_outranked);
}

/** Where the values of people came from, by their ids and by field. */
export async function loadOrigins(
  db: Queryable,
  individualIds: readonly string[],
): Promise<Map<string, Map<string, ValueOrigin>>> {
  const origins = new Map<string, Map<string, ValueOrigin>>();
  const { rows } = await db.query<ValueOrigin & { individual_id: string; field: string }>({
    ...SELECT_ORIGINS,
    values: [individualIds, DEFAULT_RANK],
  });
  for (const { individual_id, field, ...origin } of rows) {
    const ofPerson = origins.get(individual_id) ?? new Map<string, ValueOrigin>();
    origins.set(individual_id, ofPerson.set(field, origin));
  }
  return origins;
}
