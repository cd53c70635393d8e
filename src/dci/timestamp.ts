import { INSTANT_FORM } from './instant.js';
import { instant } from './schemas/fields.js';
import { field, textOf, type WireObject } from './wire-object.js';

/**
 * What is wrong with the `timestamp` of a request, which the examples of the standard misspell; a sentence, `null` where
 * nothing is.
 */
export function timestampProblem(request: WireObject): string | null {
  const written = textOf(field(request, 'timestamp', 'timesstamp', 'timesatmp'));
  return instant.safeParse(written).success ? null : `timestamp is not ${INSTANT_FORM}`;
}
