import { Command, Option } from 'commander';
import { Problem } from '../record/problem.js';
import { type InboxMessage, listInboxMessages, openInboxMessage } from '../sources/inbox-messages.js';
import { wholeNumber } from './number-arguments.js';
import { columns, plain, print } from './output.js';
import { withSession } from './session.js';

interface ListOptions {
  readonly state?: InboxMessage['state'];
  readonly limit: number;
  readonly json?: boolean;
}

/** `inbox list|show`: what other registries sent us. */
export function inboxCommand(): Command {
  const inbox = new Command('inbox').description('what other registries sent: answers, confirmations, notifications');

  inbox
    .command('list')
    .description('the newest first, without what the messages say')
    .addOption(
      new Option('--state <state>', 'quarantined: what belongs to nothing that was asked').choices([
        'matched',
        'quarantined',
      ]),
    )
    .option('--limit <number>', 'most messages', wholeNumber, 50)
    .option('--json', 'print JSON')
    .action(async (options: ListOptions) => {
      await withSession(async ({ pool }) => {
        const { items } = await listInboxMessages(pool, { first: options.limit, state: options.state });
        print(items, options, () =>
          columns([
            ['ID', 'RECEIVED', 'ACTION', 'STATE', 'FROM', 'TRANSACTION ID', 'REASON'],
            ...items.map((one) => [
              one.id,
              one.receivedAt.toISOString(),
              one.action,
              one.state,
              plain(one.senderId),
              plain(one.transactionId ?? ''),
              one.reason ?? '',
            ]),
          ]),
        );
      });
    });

  inbox
    .command('show')
    .description('one message with all that it says; it may name people')
    .argument('<id>')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      await withSession(async ({ pool, keys }) => {
        const message = await openInboxMessage(pool, keys, id);
        if (message === null) {
          throw new Problem(
            'INBOX_MESSAGE_UNKNOWN',
            'There is no message with this id: list them to see which there are',
          );
        }
        const { body, ...about } = message;
        const parsed: unknown = JSON.parse(body);
        print({ ...about, body: parsed }, options, () => [
          `${about.action} from ${plain(about.senderId)}, ${about.state}, at ${about.receivedAt.toISOString()}`,
          ...(about.reason === null ? [] : [about.reason]),
          JSON.stringify(parsed, null, 2),
        ]);
      });
    });

  return inbox;
}
