import { setTimeout as delay } from 'node:timers/promises';
import { listen } from '../../database/listen.js';
import { loggableError } from '../../record/loggable-error.js';
import { followChanges } from './change-feed.js';
import { type NotifyContext, tellDue } from './notify.js';
import { IS_BEHIND } from './read-changes.js';

/** What nobody announced (a lost notification, a time that has come, a slow transaction that ended) is found so soon. */
const POLL_MS = 1000;
/** News comes in crowds: each is not worth a look of its own. */
const GATHER_MS = 25;

const LOOK = {
  name: 'events-look',
  text: `
    select f.id, ${IS_BEHIND} as behind,
      exists (select from subscriptions s where s.state = 'active' and s.next_due_at <= now()) as due
    from change_feed f`,
};

/**
 * Follows the changes and tells subscribers of them, in this process from now until `close()`; any number of processes
 * may. Close it before the job queue.
 */
export function startEventWorkers(context: NotifyContext & { readonly url: string }): { close(): Promise<void> } {
  const { jobs, pool, url, log } = context;
  jobs.work('change-feed', ({ id }) => followChanges(context, id), { concurrency: 1 });
  jobs.work('notify', (_job, signal) => tellDue(context, signal));

  const closing = new AbortController();
  let waiting = new AbortController();
  let hasNews = false;
  const wake = (): void => {
    hasNews = true;
    waiting.abort();
  };
  const ear = listen({ url, channel: 'dci_changes', onMessage: wake });

  async function look(): Promise<void> {
    const { rows } = await pool.query<{ id: string; behind: boolean; due: boolean }>(LOOK);
    for (const { id, behind, due } of rows) {
      if (behind) await jobs.send('change-feed', { id });
      if (due) await jobs.send('notify', { id });
    }
  }

  async function watch(): Promise<void> {
    while (!closing.signal.aborted) {
      hasNews = false;
      try {
        await look();
      } catch (error) {
        log.warn({ err: loggableError(error) }, 'could not look for changes; it is tried again');
      }
      if (hasNews) await pause(GATHER_MS, closing.signal);
      else {
        waiting = new AbortController();
        await pause(POLL_MS, AbortSignal.any([waiting.signal, closing.signal]));
      }
    }
  }

  const done = watch();
  return {
    async close() {
      closing.abort();
      await ear.close();
      await done;
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
