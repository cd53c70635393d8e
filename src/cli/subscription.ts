import { Command, Option } from 'commander';
import { inTransaction } from '../database/transaction.js';
import {
  endSubscription,
  type ListedSubscription,
  listSubscriptions,
  SUBSCRIPTION_STATES,
  type SubscriptionState,
} from '../partners/subscriptions/subscription-list.js';
import { EVENT_WORDS } from '../record/event-word.js';
import { columns, print } from './output.js';
import { withSession } from './session.js';

/** Of a list; more are on the pages behind it. */
const LISTED = 50;

interface ListOptions {
  readonly state?: SubscriptionState;
  readonly after?: string;
  readonly json?: boolean;
}

/** `subscription list|end`: who is told of what the registry changes. */
export function subscriptionCommand(): Command {
  const command = new Command('subscription').description('partners who are told of what the registry changes');

  command
    .command('list')
    .description('who hears of what, the newest first')
    .addOption(new Option('--state <state>', 'only those that are so').choices([...SUBSCRIPTION_STATES]))
    .option('--after <cursor>', 'go on behind an earlier list')
    .option('--json', 'print JSON')
    .action(async (options: ListOptions) => {
      await withSession(async ({ pool }) => {
        const { state, after } = options;
        const page = await listSubscriptions(pool, { first: LISTED, state, after });
        const { items } = page;
        const next = page.hasNextPage ? page.cursorAt(items.length - 1) : null;
        print({ items, next }, options, () => [
          ...columns([['CODE', 'CLIENT', 'REGISTRY', 'RECORD', 'EVENTS', 'WHEN', 'UNTIL', 'STATE'], ...items.map(row)]),
          ...(next === null
            ? []
            : [
                `More with: dci-gateway subscription list ${state === undefined ? '' : `--state ${state} `}--after ${next}`,
              ]),
        ]);
      });
    });

  command
    .command('end')
    .description('tell a partner no more; it is not informed of that')
    .argument('<code>')
    .option('--json', 'print JSON')
    .action(async (code: string, options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        await inTransaction(pool, (db) => endSubscription(db, code));
        print({ code, state: 'ended' }, options, () => [
          'The subscription has ended; nothing is told under it any more.',
        ]);
      });
    });

  return command;
}

function row(subscription: ListedSubscription): string[] {
  const { code, clientName, registry, record, events, cron, endsAt, state } = subscription;
  return [code, clientName, registry, record, written(events), cron ?? 'at once', endsAt?.toISOString() ?? '-', state];
}

/** All of them would be wider than a screen. */
function written(events: ListedSubscription['events']): string {
  return events.length === EVENT_WORDS.length ? 'all' : events.join(',');
}
