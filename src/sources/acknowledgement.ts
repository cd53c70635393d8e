import { readAck } from '../dci/ack.js';
import { MAX_ID } from '../dci/reason-codes.js';
import { refusalLine } from './what-was-said.js';

/** What a source said at once to a request that it answers later. */
export interface Acknowledgement {
  /** Whether an answer will follow. */
  readonly accepted: boolean;
  /** Minted by the source; the same in everything that it sends about the request. `null` where it minted none. */
  readonly correlationId: string | null;
  /** Code and reason of a refusal on one line; `null` where there is none. */
  readonly problem: string | null;
}

/**
 * Reads what came with a status of success. Peers acknowledge in shapes of their own: what does not refuse the request
 * accepts it, and the callback tells.
 */
export function readAcknowledgement(body: unknown): Acknowledgement {
  const ack = readAck(body);
  if (ack === null) return { accepted: true, correlationId: null, problem: null };
  const { status, error } = ack;
  const correlationId = ack.correlationId !== null && ack.correlationId.length <= MAX_ID ? ack.correlationId : null;
  if (status === 'ACK') return { accepted: true, correlationId, problem: null };
  const problem = error === null ? null : refusalLine(error);
  return { accepted: false, correlationId, problem: problem ?? `${status} without a reason` };
}
