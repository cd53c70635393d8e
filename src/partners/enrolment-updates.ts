import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { inTransaction } from '../database/transaction.js';
import { type AnswerSettings, writeRejectedAnswer } from '../dci/answer.js';
import {
  type AskedEnrolmentUpdates,
  type EnrolmentUpdateOutcome,
  readEnrolmentUpdates,
  writeEnrolmentUpdatesAnswer,
} from '../dci/messages/enrolment.js';
import { type ReadRegistryRecords, readRegistryRecords } from '../dci/records/read-registry-records.js';
import { field, type WireObject, wireObject } from '../dci/wire-object.js';
import type { RegistryRecord } from '../record/registry-record.js';
import type { WriteRefusal } from '../registry/write-records/write-result.js';
import { writeTogether } from '../registry/write-records/write-together.js';
import { erasedPeople } from '../security/erasure/erase-individual.js';
import type { Keys } from '../security/keys.js';
import { type AnswerContext, answerSettings } from './search/answer-context.js';
import { checkWriting } from './reception/caller-limits.js';
import type { Handler, ReceivedMessage } from './reception/endpoint.js';

/** Keeps the place of the message until its answer is known; a second one under its id waits for the first. */
const CLAIM_MESSAGE = {
  name: 'answered-message-claim',
  text: `
    insert into answered_messages (api_client_id, action, message_id, body_digest, answer_sealed)
    values ($1, $2, $3, $4, '')
    on conflict (api_client_id, action, message_id) do nothing
    returning message_id`,
};
const KEEP_ANSWER = {
  name: 'answered-message-keep',
  text: `
    update answered_messages set answer_sealed = $4
    where api_client_id = $1 and action = $2 and message_id = $3`,
};
const ANSWERED_BEFORE = {
  name: 'answered-message-find',
  text: `
    select body_digest, answer_sealed from answered_messages
    where api_client_id = $1 and action = $2 and message_id = $3`,
};
const ACTION = 'enrollment-updates';

/**
 * `sync/enrollment/updates`: writes what a partner says of its beneficiaries, each of whom is written whole or refused
 * whole. It may enrol whom nobody knew yet; what is held of people, groups and programmes is not its to change. The same
 * message again writes nothing and is answered as before; another one under its `message_id` is rejected.
 */
export function enrolmentUpdates(context: AnswerContext & { readonly keys: Keys }): Handler {
  const { pool, keys, log, ledger, senderId } = context;
  return async (received) => {
    checkWriting(received.caller.access);
    const asked = readEnrolmentUpdates(received.message);
    const settings = answerSettings(received, senderId);
    const { caller, correlationId, signal } = received;
    const message = [caller.apiClientId, ACTION, received.header.messageId];
    const body = await inTransaction(pool, async (client) => {
      const claim = await client.query({ ...CLAIM_MESSAGE, values: [...message, received.bodyDigest] });
      if (claim.rowCount === 0) return answerBefore(client, message, received, settings, keys);
      const outcomes = await write(client, asked, received, keys);
      const answer = writeEnrolmentUpdatesAnswer({ header: received.header, ...asked }, outcomes, settings);
      await client.query({ ...KEEP_ANSWER, values: [...message, keys.seal(JSON.stringify(answer))] });
      const refused = outcomes.filter(({ ok }) => !ok).length;
      const detail = { correlationId, items: outcomes.length, refused };
      await ledger.note({ action: 'enrolment.written', actor: caller.actor, detail }, client);
      // Who was told that it took too long sends the message again: nothing of it was written.
      signal.throwIfAborted();
      log.info({ client: caller.name, correlationId, items: outcomes.length, refused }, 'enrolments were updated');
      return answer;
    });
    return { status: 200, body };
  };
}

async function answerBefore(
  client: PoolClient,
  message: readonly string[],
  { header, bodyDigest }: ReceivedMessage,
  settings: AnswerSettings,
  keys: Keys,
): Promise<WireObject> {
  const { rows } = await client.query<{ body_digest: Buffer; answer_sealed: Buffer }>({
    ...ANSWERED_BEFORE,
    values: [...message],
  });
  const [before] = rows;
  const answer: unknown = before?.body_digest.equals(bodyDigest) ? JSON.parse(keys.open(before.answer_sealed)) : null;
  return (
    wireObject(answer) ??
    writeRejectedAnswer(
      header,
      {
        code: 'rjct.message_id.duplicate',
        message: 'Another message came under this message_id: give each its own',
      },
      settings,
      'notify',
    )
  );
}

async function write(
  client: PoolClient,
  { beneficiaries }: AskedEnrolmentUpdates,
  { caller, now }: ReceivedMessage,
  keys: Keys,
): Promise<EnrolmentUpdateOutcome[]> {
  const today = now.toISOString().slice(0, 10);
  const read = beneficiaries.map((beneficiary) => readBeneficiary(beneficiary, today));
  const records = read.map((one) => (one.ok ? one.records : []));
  const refusals = await writeTogether(client, records, {
    origin: caller.clientId,
    actor: caller.clientId,
    unknownIds: 'refuse',
    heldFacts: 'keep',
    erased: erasedPeople(keys),
  });
  return read.map((one, index) => outcomeOf(one, refusals[index] ?? null));
}

/** What a beneficiary says, which need not say that it is one. */
function readBeneficiary(written: unknown, today: string): ReadRegistryRecords {
  const beneficiary = wireObject(written);
  const typed = beneficiary && field(beneficiary, '@type') === undefined ? { ...beneficiary, '@type': TYPE } : written;
  const read = readRegistryRecords(typed, { today });
  if (!read.ok || read.records.some(isEnrolment)) return read;
  return { ok: false, problems: [{ field: '@type', message: 'It tells of no enrolment in a programme' }] };
}

const TYPE = 'Beneficiary';

function isEnrolment({ kind }: RegistryRecord): boolean {
  return kind === 'enrolment';
}

function outcomeOf(read: ReadRegistryRecords, refusal: WriteRefusal | null): EnrolmentUpdateOutcome {
  const referenceId = randomUUID();
  if (read.ok) return refusal === null ? { ok: true, referenceId } : { ok: false, referenceId, message: told(refusal) };
  const message = read.problems.map((problem) => `${problem.field}: ${problem.message}`).join('. ');
  return { ok: false, referenceId, message };
}

/** That somebody was erased is told to nobody outside. */
function told({ code, reason }: WriteRefusal): string {
  return code === 'PERSON_ERASED' ? 'The person cannot be registered here: ask the operator of this registry' : reason;
}
