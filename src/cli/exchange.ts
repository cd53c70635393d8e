import { Command } from 'commander';
import { Problem } from '../record/problem.js';
import { isUuid } from '../record/uuid.js';
import { curlOf } from '../sources/exchanges/curl.js';
import {
  findExchangeTexts,
  findRequestExchanges,
  type KeptExchange,
  listRunExchanges,
  openExchangeText,
} from '../sources/exchanges/kept-exchanges.js';
import { wholeNumber } from './number-arguments.js';
import { columns, plain, print } from './output.js';
import { type Session, withSession } from './session.js';

/** `exchange list|show`: what went over the wire between us and other registries, as far as it is kept. */
export function exchangeCommand(): Command {
  const command = new Command('exchange').description('what went over the wire between us and other registries');

  command
    .command('list')
    .description('of a run, page by page and each attempt, or of a request that is answered later; without the words')
    .argument('<id>', 'of a run (import list) or of a request (source requests)')
    .option('--limit <number>', 'most exchanges', wholeNumber, 100)
    .option('--json', 'print JSON')
    .action(async (id: string, options: { limit: number; json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const found = isUuid(id) ? await exchangesOf(pool, id, options.limit) : [];
        print(found, options, () =>
          found.length === 0
            ? ['Nothing is kept of this: see --keep-exchanges of dci-gateway source update.']
            : columns([
                ['ID', 'SENT', 'PURPOSE', 'PAGE', 'STATUS', 'MS', 'NOT ASKED'],
                ...found.map((one) => [
                  one.id,
                  one.sentAt.toISOString(),
                  one.purpose,
                  one.page === null ? '' : String(one.page),
                  one.status === null ? 'no answer' : String(one.status),
                  String(one.durationMs),
                  one.notPushedDown.join(', '),
                ]),
              ]),
        );
      });
    });

  command
    .command('show')
    .description('one exchange to the word, as a curl without the token; it may name people, and goes on record')
    .argument('<id>', 'as exchange list has it')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      await withSession(async ({ pool, keys, ledger, actor }) => {
        const sealed = isUuid(id) ? (await findExchangeTexts(pool, [id])).get(id) : undefined;
        if (sealed === undefined) {
          throw new Problem('EXCHANGE_GONE', 'No exchange with this id is kept: list those of the run or request');
        }
        const { request, answer } = openExchangeText(keys, sealed);
        await ledger.note({ action: 'exchange.shown', actor, detail: { exchange: id } });
        print({ id, request, answer }, options, () => [
          curlOf(request),
          answer === null ? 'No answer is kept.' : plain(answer),
        ]);
      });
    });

  return command;
}

async function exchangesOf(pool: Session['pool'], id: string, first: number): Promise<readonly KeptExchange[]> {
  const { items } = await listRunExchanges(pool, { importRunId: id, first });
  return items.length > 0 ? items : [...(await findRequestExchanges(pool, [id])).values()];
}
