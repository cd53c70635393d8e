import type { AttributeName } from './attributes.js';

/** Order of an answer. The registry adds the id as the last key, so that pages are stable. */
export interface Sort {
  readonly attribute: AttributeName;
  readonly direction: 'asc' | 'desc';
}
