/** What can be heard of a record; our words for the event types of the standard. */
export const EVENT_WORDS = [
  'registered',
  'updated',
  'died',
  'married',
  'joined',
  'enrolled',
  'enrolment_status_changed',
] as const;
export type EventWord = (typeof EVENT_WORDS)[number];
