import { Problem } from '../../record/problem.js';
import { field, textOf, wireObject, type WireObject } from '../wire-object.js';

/** A request that cannot be told from others: it has no `reference_id`, or that of another. */
export interface UnnamedRequest {
  readonly ok: false;
  /** Empty where the request had none. */
  readonly referenceId: string;
  readonly code: 'rjct.reference_id.invalid' | 'rjct.reference_id.duplicate';
  readonly message: string;
}

/**
 * Reads each request of the list that a message has under `name`, in order; one object stands for a list of one. Throws a
 * `Problem` (`err.request.bad`) where there is none.
 */
export function readRequestList<Item>(
  written: unknown,
  name: string,
  read: (request: WireObject, referenceId: string) => Item,
): (Item | UnnamedRequest)[] {
  const requests: unknown = wireObject(written) === null ? written : [written];
  if (!Array.isArray(requests)) throw new Problem('err.request.bad', `message.${name} is missing or not a list`);
  if (requests.length === 0) throw new Problem('err.request.bad', `message.${name} is empty`);
  const seen = new Set<string>();
  return requests.map((one) => {
    const request = wireObject(one);
    if (request === null) return unnamed('The request is not an object');
    const referenceId = textOf(field(request, 'reference_id'));
    if (referenceId === null) return unnamed('reference_id is missing');
    // Errors of the whole message are found also in what is repeated.
    const item = read(request, referenceId);
    if (seen.has(referenceId)) return repeated(referenceId);
    seen.add(referenceId);
    return item;
  });
}

function unnamed(message: string): UnnamedRequest {
  return { ok: false, referenceId: '', code: 'rjct.reference_id.invalid', message };
}

function repeated(referenceId: string): UnnamedRequest {
  const message = 'Another request of this message has the same reference_id';
  return { ok: false, referenceId, code: 'rjct.reference_id.duplicate', message };
}
