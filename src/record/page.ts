/** A page by number, as the DCI standard counts: the first is 1. */
export interface NumberedPage {
  readonly size: number;
  readonly number: number;
}
