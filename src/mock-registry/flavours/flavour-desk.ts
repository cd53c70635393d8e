import { randomUUID } from 'node:crypto';
import { type BirthRegister } from '../births.js';
import { claimedTotal, type Fault, spoilAnyRecord } from '../faults.js';
import { jsonReply, type Reply } from '../replies.js';
import { type Asked, type Desk } from '../search-desk.js';
import { type Tokens } from '../tokens.js';
import { type Truth } from '../truth.js';
import { type ClientKeys, signatureFault } from './client-signatures.js';
import { type Entry, type Flavour, type Message, type Question, Refusal, type RejectedQuestion } from './flavour.js';

interface Answered {
  readonly item: object;
  readonly records: number;
  readonly isRejected: boolean;
}

/** The search door of any product but OpenCRVS 1.0: what it wants is its flavour's, how it goes on is the same. */
export class FlavourDesk implements Desk {
  readonly #flavour: Flavour;
  readonly #entries: readonly Entry[];
  readonly #tokens: Tokens;
  readonly #keys: ClientKeys;
  #answered = 0;

  constructor(flavour: Flavour, register: BirthRegister, tokens: Tokens, keys: ClientKeys) {
    this.#flavour = flavour;
    this.#entries = flavour.entries(register);
    this.#tokens = tokens;
    this.#keys = keys;
  }

  async answer({ authorization, content, faults }: Asked): Promise<Reply> {
    const { paths, signature, error, read } = this.#flavour;
    if (paths.token !== null && !(await this.#isLetIn(authorization))) {
      return jsonReply(
        401,
        error(401, authorization === undefined ? 'Missing Authorization header' : 'Invalid Access Token.'),
      );
    }
    try {
      const fault = signature === null ? null : signatureFault(content, signature, this.#keys);
      if (fault !== null) throw new Refusal(signature === 'cavage' ? 401 : 200, fault, 'err.signature.invalid');
      return jsonReply(200, this.#envelope(read(content), faults));
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return refusal.status === 200
        ? jsonReply(200, this.#rejection(content, refusal))
        : jsonReply(refusal.status, error(refusal.status, refusal.message));
    }
  }

  /** What an import of everything that is asked for as births must come to. */
  truth(births: Truth): Truth {
    const shown = this.#entries.filter(
      ({ event, isShown, isGroup }) => event === 'birth' && isShown !== false && !isGroup,
    );
    const skipped = shown.filter(({ numbers }) => numbers.length === 0).length;
    const unsaid = { families: 0, familiesOfUnidentifiedMothers: 0, unidentifiedMothers: 0, unidentifiedFathers: 0 };
    const told = {
      ...births,
      ...unsaid,
      unidentifiedParents: 0,
      records: shown.length,
      skipped,
      deaths: this.#entries.filter(({ event }) => event === 'death').length,
      marriages: this.#entries.filter(({ event }) => event === 'marriage').length / 2,
    };
    if (this.#flavour.holds === 'births') return told;
    const none = { conflicts: 0, mothers: 0, fathers: 0, mothersWhoAreChildren: 0, registeredTwice: 0 };
    return { ...told, ...none, children: shown.length - skipped };
  }

  async #isLetIn(authorization = ''): Promise<boolean> {
    return authorization.startsWith('Bearer ') && (await this.#tokens.isValid(authorization.slice(7)));
  }

  #envelope(message: Message, faults: readonly Fault[]): object {
    const { answer } = this.#flavour;
    const answered = message.questions.map((question) => this.#item(question, faults)).filter((one) => one !== null);
    this.#answered += 1;
    const rejected = answered.filter(({ isRejected }) => isRejected).length;
    const records = answered.reduce((sum, one) => sum + one.records, 0);
    return {
      ...(answer.unsigned === null ? {} : { signature: answer.unsigned }),
      header: {
        ...this.#header(message.header),
        status: rejected > 0 && rejected === answered.length ? 'rjct' : 'succ',
        ...(answer.counts === 'nothing'
          ? {}
          : { total_count: answer.counts === 'records' ? records : answered.length }),
      },
      message: {
        transaction_id: message.transactionId,
        correlation_id: randomUUID(),
        search_response: answered.map(({ item }) => item),
      },
    };
  }

  #header({ version, messageId, senderId, receiverId }: Message['header']): object {
    const { action, messageId: id, parties } = this.#flavour.answer;
    const [sender, receiver] = parties === 'swapped' ? [receiverId, senderId] : [senderId, receiverId];
    return {
      version,
      message_id: id === 'new' ? randomUUID() : messageId,
      message_ts: new Date().toISOString(),
      action,
      ...(parties === 'absent' ? {} : { sender_id: sender, receiver_id: receiver }),
    };
  }

  #item(question: Question | RejectedQuestion, faults: readonly Fault[]): Answered | null {
    const said = { reference_id: question.referenceId, timestamp: new Date().toISOString() };
    if ('rejected' in question) {
      const { code, message } = question.rejected;
      const item = { ...said, status: 'rjct', status_reason_code: code, status_reason_message: message };
      return { item, records: 0, isRejected: true };
    }
    const { answer } = this.#flavour;
    const { event, fits, page, repeated, locale } = question;
    const found = this.#entries.filter((entry) => entry.event === event && fits(entry));
    const skip = page === null ? 0 : (page.number - 1) * page.size;
    const chosen = page === null ? found : found.slice(skip, skip + page.size);
    if (chosen.length === 0 && answer.itemsWithoutMatch === 'left-out') return null;
    const records = chosen
      .filter(({ isShown = true }) => isShown)
      .map(({ record }, index) => spoilAnyRecord(record(), skip + index, faults));
    const total = claimedTotal(found.length, this.#answered, faults);
    const isPaged = page !== null && !faults.some(({ kind }) => kind === 'no-pagination');
    const item = {
      ...said,
      status: 'succ',
      data: {
        ...repeated,
        ...(answer.recordType === null ? {} : { reg_record_type: answer.recordType }),
        reg_records: records,
      },
      ...(isPaged ? { pagination: { page_size: page.size, page_number: page.number, total_count: total } } : {}),
      ...(locale === undefined ? {} : { locale }),
    };
    return { item, records: records.length, isRejected: false };
  }

  /** The words of a refusal in the header of an answer that has nothing else. */
  #rejection(content: unknown, { code, message }: Refusal): object {
    const header = fieldsOf(fieldsOf(content).header);
    return {
      signature: this.#flavour.answer.unsigned ?? '',
      header: {
        ...this.#header({
          version: '1.0.0',
          messageId: String(header.message_id),
          messageTs: '',
          senderId: String(header.sender_id),
          receiverId: String(header.receiver_id),
        }),
        status: 'rjct',
        status_reason_code: code,
        status_reason_message: message,
      },
      message: { transaction_id: '', correlation_id: randomUUID(), search_response: [] },
    };
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
