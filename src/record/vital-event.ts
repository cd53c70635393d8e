/** What a civil register registers, and can be asked for. */
export const VITAL_EVENTS = ['birth', 'death', 'marriage'] as const;
export type VitalEvent = (typeof VITAL_EVENTS)[number];
