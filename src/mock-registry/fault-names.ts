import { type Fault } from './faults.js';

/** What each kind of fault is where nothing more is said of it; `each`: at each n-th request or record. */
const FAULTS = {
  hang: (each) => ({ kind: 'hang', each }),
  slow: (each) => ({ kind: 'slow', milliseconds: 2_000, each }),
  reset: (each) => ({ kind: 'reset', each }),
  'half-body': (each) => ({ kind: 'half-body', each }),
  html: (each) => ({ kind: 'html', each }),
  'not-json': (each) => ({ kind: 'not-json', each }),
  'too-many-requests': (each) => ({ kind: 'too-many-requests', retryAfterSeconds: 1, each }),
  'server-error': (each) => ({ kind: 'server-error', each }),
  'token-expired': (each) => ({ kind: 'token-expired', each }),
  'wrong-total': (each) => ({ kind: 'wrong-total', by: 7, each }),
  'changing-total': (each) => ({ kind: 'changing-total', each }),
  'no-pagination': (each) => ({ kind: 'no-pagination', each }),
  'sex-null': (each) => ({ kind: 'sex-null', every: each }),
  'birth-place-text': (each) => ({ kind: 'birth-place-text', every: each }),
  'impossible-date': (each) => ({ kind: 'impossible-date', every: each }),
  'year-only-date': (each) => ({ kind: 'year-only-date', every: each }),
  'locations-broken': (each) => ({ kind: 'locations-broken', how: 'cycle', each }),
} as const satisfies Readonly<Record<Fault['kind'], (each: number) => Fault>>;

/** The kinds of faults by name. */
export const FAULT_NAMES: readonly string[] = Object.keys(FAULTS);

const EACH_BY_DEFAULT = 3;

/** Reads `kind` or `kind:n`; `null` for anything else. */
export function readFault(text: string): Fault | null {
  const [name = '', count = String(EACH_BY_DEFAULT), ...rest] = text.split(':');
  if (rest.length > 0 || !/^[1-9]\d{0,5}$/u.test(count)) return null;
  const make = Object.entries(FAULTS).find(([known]) => known === name)?.[1];
  return make === undefined ? null : make(Number(count));
}
