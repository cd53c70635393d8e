import { type Dialect } from '../../dci/dialects/dialect.js';
import { readIndividualRecord } from '../../dci/records/read-record.js';
import { readSearchAnswer, type SearchAnswerItem } from '../../dci/search-answer.js';
import { type SearchRequestMessage, writeSearchRequest } from '../../dci/search-request.js';
import { textOf, type WireObject, wireObject } from '../../dci/wire-object.js';
import { EVERYBODY, type Filter } from '../../record/filter.js';
import { type IndividualRecord } from '../../record/individual-record.js';
import { Problem } from '../../record/problem.js';
import { sealRequest, type SealOptions } from '../seal-exchange.js';
import { whatWasSaid } from '../what-was-said.js';
import { type ProbeLine } from './probe-line.js';

/** What a probe asks with. */
export interface ProbeContext {
  readonly line: ProbeLine;
  readonly sealing: SealOptions;
  readonly senderId: string;
  readonly authorization: string | null;
}

/** What came of one question. */
export type ProbeAnswer =
  | {
      readonly outcome: 'answered';
      /** `null`: the item was left out. */
      readonly item: SearchAnswerItem | null;
      readonly header: WireObject;
      readonly asked: SearchRequestMessage;
      /** As we read them. */
      readonly records: readonly IndividualRecord[];
      readonly written: readonly WireObject[];
    }
  /** `status`: of HTTP; `null`: in the words of an answer. */
  | { readonly outcome: 'refused'; readonly status: number | null; readonly said: string };

const RECEIVER = 'registry';

/** One question in a dialect. `change` alters its message before it is signed. Throws where the registry is not reached. */
export async function askInDialect(
  { line, sealing, senderId, authorization }: ProbeContext,
  { dialect, path }: { readonly dialect: Dialect; readonly path: string },
  filter: Filter = EVERYBODY,
  change: (criteria: WireObject) => WireObject = (criteria) => criteria,
): Promise<ProbeAnswer> {
  const { message: written } = writeSearchRequest({
    dialect,
    items: [{ filter, sort: [], page: { size: 1, number: 1 } }],
    senderId,
    receiverId: RECEIVER,
    now: new Date(),
  });
  const asked = withCriteria(written, change);
  const body = await sealRequest(
    { code: 'probe', sealing: { ...UNSEALED, signature: dialect.request.signature } },
    asked,
    sealing,
  );
  const outcome = await line.post(path, body, authorization);
  if (!outcome.ok) {
    if (outcome.status === null && outcome.problem.code !== 'SOURCE_ANSWER_TOO_LARGE') throw outcome.problem;
    return { outcome: 'refused', status: outcome.status, said: outcome.problem.message };
  }
  return readAnswer(outcome.value.body, dialect, asked);
}

const UNSEALED = { inboundSignature: 'off', encryptRequests: false, jwks: null, jwksUri: null } as const;

function withCriteria(
  message: SearchRequestMessage,
  change: (criteria: WireObject) => WireObject,
): SearchRequestMessage {
  const { search_request: items, ...rest } = message.message;
  return {
    ...message,
    message: {
      ...rest,
      search_request: items.map((item) => ({ ...item, search_criteria: change(item.search_criteria) })),
    },
  };
}

function readAnswer(body: unknown, dialect: Dialect, asked: SearchRequestMessage): ProbeAnswer {
  try {
    const answer = readSearchAnswer(body, dialect);
    const reference = asked.message.search_request[0]?.reference_id;
    const item = answer.items.find(({ referenceId }) => referenceId === reference) ?? null;
    const told = item?.status === 'rjct' ? item : answer;
    if (told.status === 'rjct') {
      const said = whatWasSaid({ message: [told.reasonCode, told.reasonMessage].filter(Boolean).join(': ') }, []);
      return { outcome: 'refused', status: null, said: said ?? 'It rejected the question without a reason' };
    }
    const today = new Date().toISOString().slice(0, 10);
    const written = item?.records ?? [];
    return {
      outcome: 'answered',
      item,
      header: wireObject(wireObject(body)?.header) ?? {},
      asked,
      records: written.map((record) => readIndividualRecord(record, dialect, today)),
      written: written.map(wireObject).filter((record) => record !== null),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { outcome: 'refused', status: null, said: error.message };
  }
}

/** The id of the message that was asked, and the name it was asked under. */
export function ownWords({ header }: SearchRequestMessage): {
  readonly messageId: string | null;
  readonly senderId: string | null;
} {
  return { messageId: textOf(header.message_id), senderId: textOf(header.sender_id) };
}
