import type { Pool, QueryResultRow } from 'pg';
import type { Statement } from '../../database/pool.js';
import type { Keys } from '../keys.js';
import type { Mentions } from './mentions.js';

/** Sealed texts that are opened at once. */
const BATCH = 200;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
/** What is left of a message whose words were erased; it still reads as a message. */
const NOTHING_LEFT = '{"header":{},"message":{}}';

/** Where the sealed texts are, who is looked for, and in whose name. */
export interface SealedSearch {
  readonly pool: Pool;
  readonly keys: Pick<Keys, 'open' | 'seal'>;
  readonly mentions: Mentions;
  /** In which the ledger names the person. */
  readonly ledgerKey: string;
  readonly actor: string;
  /** What was written before this was looked through already; `null`: nothing was. */
  readonly since: Date | null;
}

interface SealedRow extends QueryResultRow {
  /** What the next batch begins behind. */
  readonly id: string;
  readonly sealed: Buffer;
  /**
   * Of a request: whether it was answered. Of a message to a partner: whether it shows records. Of evidence: whether the
   * answer told of this person alone.
   */
  readonly flag: boolean;
}

/** One kind of what is kept sealed. */
interface Kept {
  readonly firstId: string;
  /** How many `select` gives at once. Default `BATCH`. */
  readonly batch?: number;
  /** Values: behind which id, since when; `selectValues` are added. */
  readonly select: Statement;
  readonly selectValues?: (search: SealedSearch) => unknown[];
  readonly speaks: (mentions: Mentions, text: unknown, flag: boolean) => boolean;
  /** Values: the ids; `eraseValues` are added. */
  readonly erase: Statement;
  readonly eraseValues?: (search: SealedSearch) => unknown[];
}

const nothingLeft = ({ keys }: SealedSearch): unknown[] => [keys.seal(NOTHING_LEFT)];

const MESSAGES: readonly Kept[] = [
  {
    firstId: FIRST_ID,
    select: {
      name: 'erase-select-transactions',
      text: `
        select id, request_sealed as sealed, state in ('done', 'failed') as flag
        from transactions where id > $1 and received_at >= $2 order by id limit ${String(BATCH)}`,
    },
    // What was answered is of use to nobody: a name that may be somebody else's is reason enough.
    speaks: (mentions, text, isAnswered) => (isAnswered ? mentions.named(text) : mentions.inQuestion(text)),
    // One that is under way asks for somebody who is not there any more.
    erase: {
      name: 'erase-transactions',
      text: `
        update transactions set request_sealed = $2, cursor_sealed = null,
          finished_at = case when state in ('received', 'working') then now() else finished_at end,
          state = case when state in ('received', 'working') then 'failed' else state end
        where id = any ($1)`,
    },
    eraseValues: nothingLeft,
  },
  {
    firstId: FIRST_ID,
    select: {
      name: 'erase-select-deliveries',
      text: `
        select id, body_sealed as sealed, action in ('on-search', 'notify') as flag
        from deliveries where id > $1 and created_at >= $2 and body_sealed is not null
        order by id limit ${String(BATCH)}`,
    },
    // All but records repeat a question.
    speaks: (mentions, text, hasRecords) => (hasRecords ? mentions.inAnswer(text) : mentions.inQuestion(text)),
    erase: {
      name: 'erase-deliveries',
      text: `
        update deliveries
        set state = 'dead', body_sealed = null, claimed_until = null, next_attempt_at = null,
          finished_at = coalesce(finished_at, now()),
          last_error = 'it told of somebody who was erased: the partner has to ask again'
        where id = any ($1)`,
    },
  },
  {
    firstId: FIRST_ID,
    select: {
      name: 'erase-select-inbox-messages',
      text: `
        select id, body_sealed as sealed, false as flag
        from inbox_messages where id > $1 and received_at >= $2 order by id limit ${String(BATCH)}`,
    },
    speaks: (mentions, text) => mentions.inAnswer(text),
    erase: {
      name: 'erase-inbox-messages',
      text: 'update inbox_messages set body_sealed = $2 where id = any ($1)',
    },
    eraseValues: nothingLeft,
  },
  {
    firstId: FIRST_ID,
    select: {
      name: 'erase-select-subscriptions',
      text: `
        select id, criteria_sealed as sealed, false as flag
        from subscriptions where id > $1 and created_at >= $2 order by id limit ${String(BATCH)}`,
    },
    speaks: (mentions, text) => mentions.inQuestion(text),
    // Who was subscribed to this person alone hears no more. A digest of few words can be guessed.
    erase: {
      name: 'erase-subscriptions',
      text: `
        update subscriptions
        set criteria_sealed = $2, criteria_digest = sha256(gen_random_uuid()::text::bytea), state = 'ended', ended_at = coalesce(ended_at, now()), next_due_at = null
        where id = any ($1)`,
    },
    eraseValues: nothingLeft,
  },
  {
    firstId: JSON.stringify([FIRST_ID, '', '']),
    select: {
      name: 'erase-select-answered-messages',
      text: `
        select json_build_array(api_client_id, action, message_id)::text as id, answer_sealed as sealed, false as flag
        from answered_messages
        where (api_client_id, action, message_id) > (($1::json ->> 0)::uuid, $1::json ->> 1, $1::json ->> 2)
          and answered_at >= $2
        order by api_client_id, action, message_id limit ${String(BATCH)}`,
    },
    speaks: (mentions, text) => mentions.inAnswer(text),
    erase: {
      name: 'erase-answered-messages',
      text: `
        delete from answered_messages where (api_client_id, action, message_id) in (
          select (k ->> 0)::uuid, k ->> 1, k ->> 2 from unnest($1::json[]) k)`,
    },
  },
];

/** A page of an answer may be megabytes long. */
const EXCHANGES_AT_ONCE = 10;

/** Messages to other registries and their answers, each within a text. */
const EXCHANGES: Kept = {
  firstId: FIRST_ID,
  batch: EXCHANGES_AT_ONCE,
  select: {
    name: 'erase-select-exchanges',
    text: `
      select id, text_sealed as sealed, false as flag
      from exchanges where id > $1 and sent_at >= $2 order by id limit ${String(EXCHANGES_AT_ONCE)}`,
  },
  speaks: (mentions, text) =>
    mentions.inQuestion(wordsOf(valueAt(valueAt(text, 'request'), 'body'))) ||
    mentions.inAnswer(wordsOf(valueAt(text, 'answer'))),
  erase: { name: 'erase-exchanges', text: 'delete from exchanges where id = any ($1)' },
};

/** What waits to be decided, and what takes merges back: who was erased is given back by nobody. */
const WAITING: readonly Kept[] = [
  {
    firstId: FIRST_ID,
    select: {
      name: 'erase-select-conflicts',
      text: `
        select id, record_sealed as sealed, false as flag
        from conflict_cases where id > $1 and raised_at >= $2 and record_sealed is not null
        order by id limit ${String(BATCH)}`,
    },
    speaks: (mentions, text) => mentions.inQuestion(text),
    erase: { name: 'erase-conflicts', text: 'delete from conflict_cases where id = any ($1)' },
  },
  {
    firstId: FIRST_ID,
    select: {
      name: 'erase-select-merge-snapshots',
      text: `
        select merge_id as id, snapshot_sealed as sealed, false as flag
        from individual_merge_snapshots where merge_id > $1 and created_at >= $2
        order by merge_id limit ${String(BATCH)}`,
    },
    speaks: (mentions, text) => mentions.inQuestion(text),
    erase: {
      name: 'erase-merge-snapshots',
      text: 'delete from individual_merge_snapshots where merge_id = any ($1)',
    },
  },
];

const EVIDENCE: Kept = {
  firstId: '0',
  select: {
    name: 'erase-select-evidence',
    text: `
      select v.audit_entry_id::text as id, v.evidence_sealed as sealed,
        d.people is not distinct from array[$3::uuid] as flag
      from disclosure_evidence v join audit_entries e on e.id = v.audit_entry_id
      left join disclosures d on d.audit_entry_id = v.audit_entry_id
      where v.audit_entry_id > $1 and e.at >= $2 order by v.audit_entry_id limit ${String(BATCH)}`,
  },
  selectValues: ({ ledgerKey }) => [ledgerKey],
  speaks: (mentions, text, isAlone) => isAlone || mentions.inQuestion(text),
  erase: { name: 'erase-evidence', text: 'select erase_disclosure_evidence($1, $2)' },
  eraseValues: ({ actor }) => [actor],
};

/**
 * Opens what is kept sealed of messages and consents, a batch at a time, and erases what speaks of the person. Answers
 * how much that was. Whoever is stopped half way begins again.
 */
export async function eraseSealedMentions(search: SealedSearch): Promise<{ messages: number; evidence: number }> {
  let messages = 0;
  for (const kept of [...MESSAGES, EXCHANGES, ...WAITING]) messages += await eraseKept(search, kept);
  return { messages, evidence: await eraseKept(search, EVIDENCE) };
}

async function eraseKept(search: SealedSearch, kept: Kept): Promise<number> {
  const { pool, keys, mentions, since } = search;
  let erased = 0;
  let after = kept.firstId;
  for (;;) {
    const { rows } = await pool.query<SealedRow>({
      ...kept.select,
      values: [after, since ?? '-infinity', ...(kept.selectValues?.(search) ?? [])],
    });
    const found = rows
      .filter(({ sealed, flag }) => kept.speaks(mentions, readSealed(keys, sealed), flag))
      .map(({ id }) => id);
    if (found.length > 0) await pool.query({ ...kept.erase, values: [found, ...(kept.eraseValues?.(search) ?? [])] });
    erased += found.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < (kept.batch ?? BATCH)) return erased;
    after = last.id;
  }
}

/** What cannot be opened, or is no JSON, says nothing to anybody: `null`. */
function readSealed(keys: Pick<Keys, 'open'>, sealed: Buffer): unknown {
  try {
    return JSON.parse(keys.open(sealed));
  } catch {
    return null;
  }
}

function valueAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : null;
}

/** What a text says, which is JSON unless something went wrong on the way. */
function wordsOf(text: unknown): unknown {
  if (typeof text !== 'string') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
