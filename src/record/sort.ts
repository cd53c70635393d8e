import type { AttributeReference } from './attributes.js';

/** Order of an answer. The registry adds the id as the last key, so that pages are stable. */
export interface Sort {
  readonly attribute: AttributeReference;
  readonly direction: 'asc' | 'desc';
}
