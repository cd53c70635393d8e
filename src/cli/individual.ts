import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { Pool } from 'pg';
import { z } from 'zod';
import { Problem } from '../record/problem.js';
import type { Identifier } from '../record/individual.js';
import { isUuid } from '../record/uuid.js';
import { findIdByIdentifier } from '../registry/find-by-identifier.js';
import { disclosuresOf, type PersonDisclosure } from '../security/audit/disclosure-list.js';
import { eraseIndividual } from '../security/erasure/erase-individual.js';
import { addErasures, liftErasure, listErasures, reapplyErasures } from '../security/erasure/erasures.js';
import { columns, plain, print } from './output.js';
import { withSession } from './session.js';

const PAGE = 1_000;

interface Named {
  readonly identifier?: string[];
  readonly json?: boolean;
}

interface ErasuresOptions {
  readonly export?: string;
  readonly import?: string;
  readonly identifier?: string[];
  readonly lift?: string;
  readonly reapply?: boolean;
  readonly json?: boolean;
}

/** `individual disclosures|erase|erasures`: what a person may ask of those who hold their record. */
export function individualCommand(): Command {
  const individual = new Command('individual').description('who was told of a person, and erasing a person');

  named(individual.command('disclosures'))
    .description('who was told of a person: when, by whom asked, for what purpose, and of which fields')
    .option('--export <file>', 'write it into a file for the person, as JSON')
    .action(async (id: string | undefined, options: Named & { readonly export?: string }) => {
      await withSession(async ({ pool, ledger, actor }) => {
        const individualId = await idOf(pool, id, options.identifier);
        const disclosures = await allDisclosures(pool, individualId);
        if (options.export !== undefined) {
          const document = { individual: individualId, written_at: new Date().toISOString(), disclosures };
          await writeFile(options.export, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
        }
        await ledger.note({ action: 'disclosures.read', actor, detail: { disclosures: disclosures.length } });
        print(disclosures, options, () =>
          columns([
            ['AT', 'WHO', 'WHAT', 'PURPOSE', 'FIELDS'],
            ...disclosures.map((one) => [
              one.at.toISOString(),
              plain(one.clientName ?? one.actor),
              one.action,
              plain(one.purpose ?? ''),
              one.fields.join(' '),
            ]),
          ]),
        );
      });
    });

  named(individual.command('erase'))
    .description('erase a person: the record, everything about them, and what is kept of messages that speak of them')
    .option('--yes', 'it cannot be undone: without this nothing is erased')
    .action(async (id: string | undefined, options: Named & { readonly yes?: boolean }) => {
      await withSession(async ({ pool, keys, ledger, actor }) => {
        const individualId = await idOf(pool, id, options.identifier);
        if (options.yes !== true) {
          throw new Problem('NOT_CONFIRMED', 'Erasing a person cannot be undone: say --yes to do it');
        }
        const erased = await eraseIndividual({ pool, keys, ledger }, { individualId, actor });
        print(erased, options, () => [
          `The person was erased, with ${String(erased.messages)} messages and ${String(erased.evidence)} consents.`,
          'Backups still hold the person: keep individual erasures --export with them, and reapply it after a restore.',
        ]);
      });
    });

  individual
    .command('erasures')
    .description('the erasures so far, without a word of whom')
    .option('--export <file>', 'write them into a file, to be kept beside the backups')
    .option('--import <file>', 'take in those of a file: after a backup was restored')
    .option('--identifier <type-and-value...>', 'only those of who had it: --identifier UIN 1234567890')
    .option('--lift <erasure>', 'let who was erased come back, by the next import, load or save that tells of them')
    .option('--reapply', 'erase everybody again who was erased before and is back')
    .option('--json', 'print JSON')
    .action(async (options: ErasuresOptions) => {
      await withSession(async ({ pool, keys, ledger, actor }) => {
        if (options.import !== undefined) await addErasures(pool, await readErasures(options.import));
        const again = options.reapply === true ? await reapplyErasures({ pool, keys, ledger }, { actor }) : [];
        const lifted = options.lift === undefined ? [] : await liftErasure(pool, { id: options.lift, actor });
        const erasures = await listErasures(
          pool,
          options.identifier && { identifier: readIdentifier(options.identifier), keys },
        );
        if (options.export !== undefined) {
          await writeFile(options.export, `${JSON.stringify(erasures, null, 2)}\n`, { mode: 0o600 });
        }
        print({ erasures, lifted, erasedAgain: again.length }, options, () => [
          ...columns([
            ['ERASURE', 'AT', 'BY', 'LIFTED'],
            ...erasures.map((one) => [
              one.id,
              one.erasedAt.toISOString(),
              one.actor,
              one.liftedAt?.toISOString() ?? 'no',
            ]),
          ]),
          ...lifted.map((id) => `${id} was lifted: who was erased can come back.`),
          ...(options.reapply === true ? [`${String(again.length)} were back and are erased again.`] : []),
        ]);
      });
    });

  return individual;
}

function named(command: Command): Command {
  return command
    .argument('[id]', 'of the individual')
    .option('--identifier <type-and-value...>', 'instead of the id: --identifier UIN 1234567890')
    .option('--json', 'print JSON');
}

async function idOf(pool: Pool, id: string | undefined, identifier: string[] | undefined): Promise<string> {
  if ((id === undefined) === (identifier === undefined)) {
    throw new Problem('INDIVIDUAL_UNNAMED', 'Name the person by id, or by --identifier TYPE VALUE');
  }
  if (id !== undefined) {
    if (!isUuid(id)) throw new Problem('INDIVIDUAL_UNKNOWN', 'An id is a UUID; for others use --identifier TYPE VALUE');
    return id;
  }
  const found = await findIdByIdentifier(pool, readIdentifier(identifier ?? []));
  if (found === null) throw new Problem('INDIVIDUAL_UNKNOWN', 'Nobody in the registry has this identifier');
  return found;
}

function readIdentifier([type, ...values]: readonly string[]): Identifier {
  if (type === undefined || values.length === 0) {
    throw new Problem('INDIVIDUAL_UNNAMED', 'An identifier has a type and a value: --identifier UIN 1234567890');
  }
  return { type, value: values.join(' ') };
}

async function allDisclosures(pool: Pool, individualId: string): Promise<PersonDisclosure[]> {
  const all: PersonDisclosure[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await disclosuresOf(pool, individualId, { first: PAGE, after });
    all.push(...page.items);
    if (!page.hasNextPage) return all;
    after = page.cursorAt(page.items.length - 1);
  }
}

const MARKS = z.array(z.string().regex(/^[\w-]{43}$/u));
const ERASURES = z.array(
  z.object({
    id: z.uuid(),
    erasedAt: z.coerce.date(),
    actor: z.string(),
    liftedAt: z.coerce.date().nullable(),
    marks: MARKS,
    childMarks: MARKS,
  }),
);

async function readErasures(file: string): Promise<z.infer<typeof ERASURES>> {
  try {
    return ERASURES.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    throw new Problem('ERASURES_INVALID', `${file} holds no erasures: name a file of individual erasures --export`);
  }
}
