import { nextCronTime } from '../../dci/cron.js';

/** When a subscription is told of what happened. */
export interface Schedule {
  /** `null`: at once. UTC. */
  readonly cron: string | null;
  /** What happened before is not told. */
  readonly startsAt: Date | null;
  /** What happened after is not told. */
  readonly endsAt: Date | null;
}

/**
 * When a subscription is looked at next, after the instant: at the next time of its schedule, or, when none is left
 * before it ends, at its end, so that what was collected by then is told. `null`: only when something happens.
 */
export function nextLook({ cron, startsAt, endsAt }: Schedule, after: Date): Date | null {
  // The start itself is one of the times if the schedule says so.
  const from = startsAt !== null && startsAt > after ? new Date(startsAt.getTime() - 1) : after;
  const next = cron === null ? null : nextCronTime(cron, from);
  return next === null || (endsAt !== null && next > endsAt) ? endsAt : next;
}
