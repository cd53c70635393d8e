import { Command, Option } from 'commander';
import { startJobs } from '../database/jobs.js';
import {
  type Delivery,
  DELIVERY_STATES,
  type DeliveryState,
  getDelivery,
  listDeliveries,
  readDeliveryBody,
} from '../partners/deliveries/delivery-list.js';
import { replayDelivery } from '../partners/deliveries/replay-delivery.js';
import { Problem } from '../record/problem.js';
import { columns, print } from './output.js';
import { type Session, withSession } from './session.js';

/** Of a list; more are on the pages behind it. */
const LISTED = 50;
const REPLAYED_AT_ONCE = 1_000;

interface ListOptions {
  readonly state?: DeliveryState;
  readonly after?: string;
  readonly json?: boolean;
}

/** `delivery list|show|replay`: messages to partners, and those of them that did not arrive. */
export function deliveryCommand(): Command {
  const command = new Command('delivery').description('messages to partners, and those that did not arrive');

  command
    .command('list')
    .description('the latest messages')
    .addOption(new Option('--state <state>', 'only those that are so').choices([...DELIVERY_STATES]))
    .option('--after <cursor>', 'go on behind an earlier list')
    .option('--json', 'print JSON')
    .action(async (options: ListOptions) => {
      await withSession(async ({ pool }) => {
        const { state, after } = options;
        const page = await listDeliveries(pool, { first: LISTED, state, after });
        const { items } = page;
        const next = page.hasNextPage ? page.cursorAt(items.length - 1) : null;
        print({ items, next }, options, () => [
          ...columns([
            ['DELIVERY', 'CLIENT', 'ACTION', 'STATE', 'ATTEMPTS', 'NEXT ATTEMPT', 'LAST ERROR'],
            ...items.map(row),
          ]),
          ...(next === null
            ? []
            : [
                `More with: dci-gateway delivery list ${state === undefined ? '' : `--state ${state} `}--after ${next}`,
              ]),
        ]);
      });
    });

  command
    .command('show')
    .description('one message and why it did not arrive')
    .argument('<delivery-id>')
    .option('--body', 'print its text too, which holds personal data')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { body?: boolean; json?: boolean }) => {
      await withSession(async ({ pool, keys }) => {
        const delivery = await getDelivery(pool, id);
        const body = options.body ? await readDeliveryBody(pool, keys, delivery.id) : undefined;
        print(body === undefined ? delivery : { ...delivery, body }, options, () => [
          ...columns(describe(delivery)),
          ...(body === undefined ? [] : ['', body ?? 'Its text was thrown away when it was delivered']),
        ]);
      });
    });

  command
    .command('replay')
    .description('post dead messages again, as if for the first time')
    .argument('[delivery-id]')
    .option('--all-dead', `all that are dead, the latest ${String(REPLAYED_AT_ONCE)} at once`)
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: { allDead?: boolean; json?: boolean }) => {
      if ((id === undefined) !== (options.allDead === true)) {
        throw new Problem('DELIVERY_UNKNOWN', 'Name one message, or say --all-dead');
      }
      await withSession(async (session) => {
        const replayed = id === undefined ? await replayDead(session) : [await replayOne(session, id)];
        print({ replayed }, options, () => [
          `${String(replayed.length)} ${replayed.length === 1 ? 'message is' : 'messages are'} posted again by the gateway that runs`,
        ]);
      });
    });

  return command;
}

async function replayOne({ pool, database, log }: Session, id: string): Promise<string> {
  const { id: known } = await getDelivery(pool, id);
  const jobs = await startJobs({ url: database.url, log });
  try {
    await replayDelivery(pool, jobs, known);
  } finally {
    await jobs.close();
  }
  return known;
}

async function replayDead({ pool, database, log }: Session): Promise<string[]> {
  const { items } = await listDeliveries(pool, { first: REPLAYED_AT_ONCE, state: 'dead' });
  const jobs = await startJobs({ url: database.url, log });
  const replayed: string[] = [];
  try {
    for (const { id } of items) {
      try {
        await replayDelivery(pool, jobs, id);
        replayed.push(id);
      } catch (error) {
        // Somebody else has just done so.
        if (!(error instanceof Problem)) throw error;
      }
    }
  } finally {
    await jobs.close();
  }
  return replayed;
}

function row(delivery: Delivery): string[] {
  return [
    delivery.id,
    delivery.clientName,
    delivery.action,
    delivery.state,
    String(delivery.attempts),
    delivery.nextAttemptAt?.toISOString() ?? '-',
    delivery.lastError ?? '-',
  ];
}

function describe(delivery: Delivery): string[][] {
  return [
    ['client', delivery.clientName],
    ['action', delivery.action],
    ['address', delivery.url ?? 'the address that is kept of the client'],
    ['transaction', delivery.transactionId ?? '-'],
    ['correlation', delivery.correlationId ?? '-'],
    ['message', String(delivery.ordinal)],
    ['state', delivery.state],
    ['attempts', String(delivery.attempts)],
    ['next attempt', delivery.nextAttemptAt?.toISOString() ?? '-'],
    ['last status', delivery.lastStatus === null ? '-' : String(delivery.lastStatus)],
    ['last error', delivery.lastError ?? '-'],
    ['made', delivery.createdAt.toISOString()],
    ['finished', delivery.finishedAt?.toISOString() ?? '-'],
  ];
}
