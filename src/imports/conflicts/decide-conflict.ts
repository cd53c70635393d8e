import { type Pool, type PoolClient } from 'pg';
import { type Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import { identifierKey } from '../../record/individual.js';
import { peopleNamed } from '../../record/individual-record.js';
import { Problem } from '../../record/problem.js';
import { type ErasedPeople } from '../../registry/erased-people.js';
import { mergePeople } from '../../registry/merge/merge-people.js';
import { findWinner } from '../../registry/merge/merges.js';
import { type ConflictDesk, type Decided, type Decision } from '../../registry/write-sources/decisions.js';
import { type WrittenRecord } from '../../registry/write-sources/write-outcome.js';
import { lockIdentifiers } from '../../registry/write-sources/write-held.js';
import { writePage } from '../../registry/write-sources/write-page.js';
import { type CredentialSeal } from '../../sources/data-sources.js';
import { type ConflictCase, findConflict, lockConflict, openRecord } from './conflict-cases.js';
import { replaceParent } from './replace-parent.js';

/** What deciding works with. */
export interface DecisionContext {
  readonly pool: Pool;
  readonly keys: CredentialSeal;
  readonly erased: ErasedPeople;
  readonly desk: ConflictDesk;
}

/** A decision as somebody gives it. */
export interface DecisionGiven {
  readonly caseId: string;
  readonly decision: Decision;
  /** Of whom the record, or the parent in it, tells; who stays when two are merged. */
  readonly individualId?: string | null;
  readonly actor: string;
}

/** A case that was decided, and what became of the record that waited. */
export interface DecidedCase {
  readonly case: ConflictCase;
  /** `null`: the record is not taken. `conflict`: it raises a further question, which waits now. */
  readonly outcome: WrittenRecord['outcome'] | null;
  /** Whom the record was written to. */
  readonly individualId: string | null;
  /** Of the people who were merged. */
  readonly mergeIds: readonly string[];
}

const OF_WHOM = 'of whom the record tells';
const WHO_STAYS = 'who stays of the people who are merged';

/** `INDIVIDUAL_REQUIRED`: a decision that could be of any of several people. */
export class IndividualRequired extends Problem<'INDIVIDUAL_REQUIRED'> {
  constructor(
    /** What naming one of them says. */
    readonly what: string,
    /** Who can be named. */
    readonly individualIds: readonly string[],
    /** How whoever decides knows them. */
    shownId: (individualId: string) => string = (id) => id,
  ) {
    super('INDIVIDUAL_REQUIRED', `Say ${what}, and name one of these people: ${individualIds.map(shownId).join(', ')}`);
  }
}

const SELECT_PARENTS = {
  name: 'conflicts-select-parents',
  text: `
    select source_id as id from relationships
    where target_id = $1 and type in ('mother_of', 'father_of', 'parent_of')`,
};

const DECIDE = {
  name: 'conflicts-decide',
  text: `
    update conflict_cases
    set state = 'decided', decision = $2, decided_individual_id = $3, decided_by = $4, decided_at = now()
    where id = $1`,
};

const FORGET_RECORD = {
  name: 'conflicts-forget-record',
  text: 'update conflict_cases set record_sealed = null where id = $1',
};

/**
 * Decides a case and does at once with the record that waits as was decided; what the source says later is dealt with
 * alike. Throws `CONFLICT_UNKNOWN`, `CONFLICT_ALREADY_DECIDED`, `INDIVIDUAL_REQUIRED`, `INDIVIDUAL_NOT_IN_CONFLICT`,
 * `DECISION_NOT_POSSIBLE`, or what `mergePeople` throws; then nothing is written. `note` writes down that it was done,
 * in the same transaction.
 */
export async function decideConflict(
  context: DecisionContext,
  given: DecisionGiven,
  note?: (decided: DecidedCase, db: Queryable) => Promise<void>,
): Promise<DecidedCase> {
  return inTransaction(context.pool, async (client) => {
    const decided = await decide(context, client, given);
    await note?.(decided, client);
    return decided;
  });
}

async function decide(context: DecisionContext, client: PoolClient, given: DecisionGiven): Promise<DecidedCase> {
  await lockIdentifiersOf(context, client, given.caseId);
  const held = await lockConflict(client, given.caseId);
  if (held === null)
    throw new Problem('CONFLICT_UNKNOWN', 'There is no conflict with this id: list those that are open');
  if (held.state === 'decided') {
    throw new Problem(
      'CONFLICT_ALREADY_DECIDED',
      'This conflict was decided before: a decision holds until it is contradicted',
    );
  }
  const individualId = await personOf(client, held, given.individualId ?? null);
  const { decided, mergeIds } = await carryOut(context, client, held, { ...given, individualId });
  await client.query({ ...DECIDE, values: [held.id, decided.decision, decided.individualId, given.actor] });
  const written = decided.decision === 'reject' ? null : await takeRecord(context, client, held);
  await client.query({ ...FORGET_RECORD, values: [held.id] });
  const after = await lockConflict(client, held.id);
  return {
    case: after ?? held,
    outcome: written?.outcome ?? null,
    individualId: written?.individualId ?? null,
    mergeIds,
  };
}

/** As imports do: first the identifiers, then the case. */
async function lockIdentifiersOf({ keys }: DecisionContext, client: PoolClient, caseId: string): Promise<void> {
  const waiting = await findConflict(client, caseId);
  const record = waiting && openRecord(keys, waiting);
  if (record === null) return;
  const identifiers = peopleNamed(record).flatMap((one) => one.identifiers);
  await lockIdentifiers(
    client,
    identifiers.map(({ type, value }) => ({ type, valueKey: identifierKey(value) })),
  );
}

/** Who was named, also by an id that was merged away; must be one of those whom the case is between. */
async function personOf(client: PoolClient, held: ConflictCase, named: string | null): Promise<string | null> {
  if (named === null || held.individualIds.includes(named)) return named;
  const winner = await findWinner(client, named);
  if (winner !== null && held.individualIds.includes(winner)) return winner;
  throw new Problem(
    'INDIVIDUAL_NOT_IN_CONFLICT',
    'The person is none of those whom the conflict is between: name one of them',
  );
}

type Given = DecisionGiven & { readonly individualId: string | null };
interface CarriedOut {
  readonly decided: Decided;
  readonly mergeIds: readonly string[];
}

async function carryOut(
  context: DecisionContext,
  client: PoolClient,
  held: ConflictCase,
  given: Given,
): Promise<CarriedOut> {
  const { decision, individualId } = given;
  if (decision === 'reject') return { decided: { decision, individualId: null }, mergeIds: [] };
  switch (held.kind) {
    case 'identifiers_of_two_people':
      if (decision === 'merge') return mergeAll(context, client, held.individualIds, given);
      // A parent can be left out of a record, its subject cannot.
      if (individualId === null && (decision === 'link' || held.about === 'subject')) {
        throw new IndividualRequired(OF_WHOM, held.individualIds);
      }
      return { decided: { decision, individualId }, mergeIds: [] };
    case 'identifier_differs':
    case 'field_differs':
      if (decision === 'merge') throw notPossible('There is one person here and nobody to merge with');
      return { decided: { decision, individualId: held.individualIds[0] ?? null }, mergeIds: [] };
    case 'parent_differs':
      return decideParent(context, client, held, given);
  }
}

async function decideParent(
  context: DecisionContext,
  client: PoolClient,
  held: ConflictCase,
  given: Given,
): Promise<CarriedOut> {
  const { decision, individualId } = given;
  if (decision === 'keep_apart') return { decided: { decision, individualId: null }, mergeIds: [] };
  const [childId, ...others] = held.individualIds;
  if (childId === undefined) throw notPossible('Whom the conflict was between is gone: reject it, or fetch again');
  const parents = await client.query<{ id: string }>({ ...SELECT_PARENTS, values: [childId] });
  const isParent = (id: string): boolean => parents.rows.some((row) => row.id === id);
  const heldParents = others.filter(isParent);
  const said = others.find((id) => !isParent(id)) ?? null;
  if (decision === 'link') {
    if (individualId === null) throw new IndividualRequired(OF_WHOM, held.individualIds);
    if (isParent(individualId)) return { decided: { decision, individualId }, mergeIds: [] };
    const record = openRecord(context.keys, held);
    if (record === null) throw new Error('an open case has no record');
    await replaceParent(client, childId, held.about, record, said);
    return { decided: { decision, individualId: said }, mergeIds: [] };
  }
  if (individualId === childId) throw notPossible('The child is none of the parents: name the parent who stays');
  const chosen = individualId !== null && individualId !== said ? individualId : undefined;
  const known = chosen ?? (heldParents.length === 1 ? heldParents[0] : undefined);
  if (known === undefined) throw new IndividualRequired(WHO_STAYS, heldParents);
  // Whom the record names is not held yet: it is the parent whom the child has.
  if (said === null) return { decided: { decision, individualId: known }, mergeIds: [] };
  return mergeAll(context, client, [known, said], given);
}

/** All of them are one: who was named stays. */
async function mergeAll(
  { keys }: DecisionContext,
  client: PoolClient,
  people: readonly string[],
  { decision, individualId, actor }: Given,
): Promise<CarriedOut> {
  if (people.length < 2) {
    throw notPossible('There is one person here and nobody to merge with: link the record to them instead');
  }
  if (individualId === null || !people.includes(individualId)) throw new IndividualRequired(WHO_STAYS, people);
  const mergeIds: string[] = [];
  for (const losingId of people.filter((id) => id !== individualId)) {
    const { id } = await mergePeople(client, keys, { winnerId: individualId, losingId, actor });
    mergeIds.push(id);
  }
  return { decided: { decision, individualId }, mergeIds };
}

async function takeRecord(
  { keys, erased, desk }: DecisionContext,
  client: PoolClient,
  held: ConflictCase,
): Promise<WrittenRecord> {
  const record = openRecord(keys, held);
  if (record === null) throw new Error('an open case has no record');
  const { records } = await writePage(client, {
    dataSourceId: held.dataSourceId,
    origin: 'conflict',
    importRunId: null,
    page: null,
    erased,
    desk,
    again: true,
    records: [{ ordinal: held.ordinal ?? 1, record }],
  });
  const [written] = records;
  if (written === undefined) throw new Error('a record came to nothing');
  const isSame = written.questions.some(
    ({ kind, about, field }) => kind === held.kind && about === held.about && field === held.field,
  );
  if (isSame) {
    throw notPossible('What is held has changed, and the decision does not answer the question any more: fetch again');
  }
  // Else the case would be closed, and nothing of the record written or waiting any more.
  if (written.outcome === 'conflict' && written.questions.length === 0) {
    const reason = written.refusal?.reason ?? 'It is a conflict still';
    throw notPossible(`The record cannot be written so: ${reason}. Name somebody else, or reject it`);
  }
  return written;
}

function notPossible(message: string): Problem {
  return new Problem('DECISION_NOT_POSSIBLE', message);
}
