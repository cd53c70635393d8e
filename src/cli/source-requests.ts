import { type Command } from 'commander';
import { readInstant } from '../dci/instant.js';
import { allOf, type Filter } from '../record/filter.js';
import { readPartialDate } from '../record/partial-date.js';
import { Problem } from '../record/problem.js';
import { getDataSource } from '../sources/data-sources.js';
import { type LaterQuestion, type SubscriptionWish } from '../sources/later-messages.js';
import { askLater, requestAt } from '../sources/later-requests.js';
import { type LaterRequest, listSourceRequests } from '../sources/source-requests.js';
import { columns, print } from './output.js';
import { type Session, withSession } from './session.js';

interface FilterOptions {
  readonly identifier?: string;
  readonly bornFrom?: string;
  readonly bornUntil?: string;
}

interface SubscribeOptions extends FilterOptions {
  readonly event: string;
  readonly regType?: string;
  readonly recordType?: string;
  readonly cron?: string;
  readonly from?: string;
  readonly until?: string;
  readonly json?: boolean;
}

/** Newest first; enough to find what was asked a moment ago. */
const LISTED = 50;

/** `source search|subscribe|unsubscribe|ask-status|requests`: what other registries answer later. */
export function addRequestCommands(source: Command): void {
  withFilter(source.command('search').description('ask for people; the source answers later, into the inbox'))
    .argument('<code>')
    .option('--json', 'print the request as JSON')
    .action(async (code: string, options: FilterOptions & { json?: boolean }) => {
      const filter = readFilter(options);
      await ask(code, options, () => Promise.resolve({ action: 'search', questions: [{ filter }] }));
    });

  withFilter(source.command('subscribe').description('ask to be told of events; notifications come into the inbox'))
    .argument('<code>')
    .requiredOption('--event <type>', "reg_event_type in the source's words: REGISTER, ...")
    .option('--reg-type <type>', 'reg_type, such as ns:org:RegistryType:Social; by default that of the source')
    .option('--record-type <type>', 'notify_record_type; by default that of the source')
    .option('--cron <expression>', 'when to be told, in UTC; by default at each event')
    .option('--from <instant>', 'with --cron: from when, such as 2026-01-01T00:00:00Z; by default now')
    .option('--until <instant>', 'with --cron: until when')
    .option('--json', 'print the request as JSON')
    .action(async (code: string, options: SubscribeOptions) => {
      const wish = readWish(options);
      await ask(code, options, () => Promise.resolve({ action: 'subscribe', ...wish }));
    });

  source
    .command('unsubscribe')
    .description('ask to be told no longer')
    .argument('<code>')
    .argument('<subscription-codes...>', 'codes that the source gave the subscriptions')
    .option('--json', 'print the request as JSON')
    .action(async (code: string, codes: string[], options: { json?: boolean }) => {
      await ask(code, options, () => Promise.resolve({ action: 'unsubscribe', codes }));
    });

  source
    .command('ask-status')
    .description('ask what became of an earlier request')
    .argument('<code>')
    .argument('<transaction-id>', 'of the earlier request: dci-gateway source requests')
    .option('--json', 'print the request as JSON')
    .action(async (code: string, transactionId: string, options: { json?: boolean }) => {
      await ask(code, options, async ({ pool }) => {
        const asked = await requestAt(pool, await getDataSource(pool, code), transactionId);
        return { action: 'txn-status', of: asked };
      });
    });

  source
    .command('requests')
    .description('what was asked to be answered later, the newest first')
    .argument('[code]', 'of this source alone')
    .option('--json', 'print JSON')
    .action(async (code: string | undefined, options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const dataSourceId = code === undefined ? undefined : (await getDataSource(pool, code)).id;
        const { items } = await listSourceRequests(pool, { first: LISTED, dataSourceId });
        print(items, options, () =>
          columns([
            ['TRANSACTION ID', 'ACTION', 'STATE', 'ASKED', 'SUBSCRIPTIONS', 'PROBLEM'],
            ...items.map((one) => [
              one.transactionId,
              one.action,
              one.state,
              one.createdAt.toISOString(),
              one.subscriptionCodes.join(' '),
              one.problem ?? '',
            ]),
          ]),
        );
      });
    });
}

async function ask(
  code: string,
  options: { json?: boolean },
  question: (session: Session) => Promise<LaterQuestion>,
): Promise<void> {
  await withSession(async (session) => {
    const source = await getDataSource(session.pool, code);
    const request = await askLater(session, source, await question(session));
    print(request, options, () => accepted(request));
  });
}

function accepted({ action, transactionId }: LaterRequest): string[] {
  return [
    `The source took the request to ${action}; its transaction id is ${transactionId}.`,
    'See: dci-gateway inbox list',
  ];
}

function withFilter(command: Command): Command {
  return command
    .option('--identifier <type:value>', 'the holder of an identifier, such as UIN:8267411571')
    .option('--born-from <date>', 'earliest day of birth, YYYY-MM-DD')
    .option('--born-until <date>', 'last day of birth, YYYY-MM-DD');
}

function readFilter({ identifier, bornFrom, bornUntil }: FilterOptions): Filter {
  const filters: Filter[] = [];
  if (identifier !== undefined) {
    const [, type, value] = /^([^:]+):(.+)$/u.exec(identifier) ?? [];
    if (type === undefined || value === undefined) {
      throw new Problem('FILTER_INVALID', 'Write the identifier as TYPE:VALUE, such as UIN:8267411571');
    }
    filters.push({ kind: 'identifier', type, values: [value] });
  }
  for (const [operator, day] of [['ge', bornFrom] as const, ['le', bornUntil] as const]) {
    if (day === undefined) continue;
    if (readPartialDate(day)?.precision !== 'day' || day.length !== 10) {
      throw new Problem('FILTER_INVALID', 'Write days as YYYY-MM-DD, such as 2024-02-29');
    }
    filters.push({ kind: 'compare', attribute: 'birth_date', operator, values: [day] });
  }
  return allOf(filters);
}

function readWish(options: SubscribeOptions): SubscriptionWish {
  const { event: eventType, regType, recordType, cron, from, until } = options;
  const wish = { eventType, regType, recordType, filter: readFilter(options) };
  if (cron === undefined) {
    if (from === undefined && until === undefined) return wish;
    throw new Problem('SUBSCRIPTION_INVALID', '--from and --until belong to --cron: give it as well');
  }
  const endsAt = until === undefined ? null : readInstant(until);
  const startsAt = from === undefined ? new Date() : readInstant(from);
  if (startsAt === null || endsAt === null) {
    throw new Problem('SUBSCRIPTION_INVALID', 'With --cron give --until, as an instant such as 2026-12-31T00:00:00Z');
  }
  return { ...wish, frequency: { cron, startsAt, endsAt } };
}
