import { Problem } from '../../record/problem.js';
import { readCron } from '../cron.js';
import { readInstant } from '../instant.js';
import { field, textOf, wireObject, type WireObject } from '../wire-object.js';

/** When a subscriber wants to be told. */
export interface Frequency {
  /** `null`: at once. UTC; as `nextCronTime` reads it. */
  readonly cron: string | null;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
}

/**
 * Reads `frequency`: start, end and cron expression, any of which may be absent, or the bare expression. Throws a
 * `Problem` (`FREQUENCY_INVALID`, `CRON_INVALID`) that says what is wrong.
 */
export function readFrequency(written: unknown): Frequency {
  const object = wireObject(written);
  if (object === null) return { cron: readExpression(written), startsAt: null, endsAt: null };
  const startsAt = readTime(object, 'start_time');
  const endsAt = readTime(object, 'end_time');
  if (startsAt !== null && endsAt !== null && endsAt <= startsAt) {
    throw new Problem('FREQUENCY_INVALID', 'end_time of frequency is not after its start_time');
  }
  return { cron: readExpression(field(object, 'frequency', 'cron')), startsAt, endsAt };
}

function readExpression(written: unknown): string | null {
  if (written === undefined || written === null || written === '') return null;
  const text = textOf(written);
  if (text === null) throw new Problem('FREQUENCY_INVALID', 'frequency is no cron expression such as 0 6 * * *');
  return readCron(text);
}

function readTime(frequency: WireObject, name: 'start_time' | 'end_time'): Date | null {
  const written = field(frequency, name);
  if (written === undefined) return null;
  const text = textOf(written);
  const time = text === null ? null : readInstant(text);
  if (time === null) {
    throw new Problem('FREQUENCY_INVALID', `${name} of frequency is not a date-time with its zone`);
  }
  return time;
}
