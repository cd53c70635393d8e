import { Problem } from '../../record/problem.js';
import { MAX_ID } from '../reason-codes.js';
import { shortId } from '../schemas/fields.js';
import { field, textOf, type WireObject } from '../wire-object.js';

/** `transaction_id` of a message. Throws a `Problem` (`err.request.bad`) where it is missing or too long. */
export function readTransactionId(message: WireObject): string {
  const id = textOf(field(message, 'transaction_id'));
  if (id === null) throw new Problem('err.request.bad', 'message.transaction_id is missing or not a text');
  if (!shortId.safeParse(id).success) {
    throw new Problem('err.request.bad', `message.transaction_id is longer than ${String(MAX_ID)} characters`);
  }
  return id;
}
