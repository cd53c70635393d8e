import { Command, Option } from 'commander';
import { inTransaction } from '../database/transaction.js';
import {
  CONFLICT_KINDS,
  CONFLICT_STATES,
  type ConflictCase,
  type ConflictState,
  findConflict,
  listConflicts,
  openRecord,
} from '../imports/conflicts/conflict-cases.js';
import { type DecidedCase, decideConflict } from '../imports/conflicts/decide-conflict.js';
import { Problem } from '../record/problem.js';
import { listMerges } from '../registry/merge/merges.js';
import { undoMerge } from '../registry/merge/undo-merge.js';
import { ConflictDesk, type Decision, DECISIONS } from '../registry/write-sources/decisions.js';
import { erasedPeople } from '../security/erasure/erase-individual.js';
import { getDataSource } from '../sources/data-sources.js';
import { describeSides, heldSides } from './conflict-sides.js';
import { wholeNumber } from './number-arguments.js';
import { columns, print } from './output.js';
import { withSession } from './session.js';

interface JsonOption {
  readonly json?: boolean;
}

interface ListOptions extends JsonOption {
  readonly state: ConflictState;
  readonly kind?: ConflictCase['kind'];
  readonly source?: string;
  readonly limit: number;
}

interface DecideOptions extends JsonOption {
  readonly individual?: string;
}

/** `conflict list|show|decide|merges|undo-merge`: what imports leave for a person to decide. */
export function conflictCommand(): Command {
  const command = new Command('conflict').description('what imports leave for a person to decide');
  addLists(command);

  command
    .command('decide')
    .description(
      'link: the record tells of the person named; merge: the people are one, the one named stays; keep_apart: what is ' +
        'contested is left out, the rest is written; reject: the record is never taken',
    )
    .argument('<id>')
    .argument('<decision>', DECISIONS.join(', '), readDecision)
    .option('--individual <id>', 'of whom the record tells, or who stays; as `conflict show` lists them')
    .option('--json', 'print JSON')
    .action(async (id: string, decision: Decision, options: DecideOptions) => {
      await withSession(async ({ pool, keys, config, ledger, actor }) => {
        const desk = new ConflictDesk(keys, config.singleIdentifiers);
        const decided = await decideConflict(
          { pool, keys, erased: erasedPeople(keys), desk },
          { caseId: id, decision, individualId: options.individual ?? null, actor },
          async ({ mergeIds }, db) => {
            const detail = { conflict: id, decision, merges: [...mergeIds] };
            await ledger.note({ action: 'conflict.decided', actor, detail }, db);
          },
        );
        const { outcome, individualId, mergeIds } = decided;
        print({ id, decision, outcome, individualId, mergeIds }, options, () => [
          describeOutcome(outcome),
          ...(individualId === null ? [] : [`It tells of the person ${individualId}.`]),
          ...mergeIds.map((merge) => `Take the merge back with: dci-gateway conflict undo-merge ${merge}`),
        ]);
      });
    });

  command
    .command('undo-merge')
    .description('make two people of one again, as they were; what came since stays with the winner')
    .argument('<merge-id>')
    .option('--json', 'print JSON')
    .action(async (mergeId: string, options: JsonOption) => {
      await withSession(async ({ pool, keys, ledger, actor }) => {
        const undone = await inTransaction(pool, async (client) => {
          const done = await undoMerge(client, keys, { mergeId, actor });
          const detail = { merge: mergeId, refusals: done.refusals.length };
          await ledger.note({ action: 'individual.merge.undone', actor, detail }, client);
          return done;
        });
        print(undone, options, () => [
          `The person ${undone.losingId} is there again beside ${undone.winnerId}.`,
          ...undone.refusals.map(({ reason }) => reason),
        ]);
      });
    });

  return command;
}

function addLists(command: Command): void {
  command
    .command('list')
    .description('the oldest first, without what the records say')
    .addOption(new Option('--state <state>', 'which of them').choices(CONFLICT_STATES).default('open'))
    .addOption(new Option('--kind <kind>', 'which of them').choices(CONFLICT_KINDS))
    .option('--source <code>', 'only those of this data source')
    .option('--limit <number>', 'most conflicts', wholeNumber, 50)
    .option('--json', 'print JSON')
    .action(async ({ state, kind, source, limit, json }: ListOptions) => {
      await withSession(async ({ pool }) => {
        const dataSourceId = source === undefined ? undefined : (await getDataSource(pool, source)).id;
        const { items } = await listConflicts(pool, { first: limit, state, kind, dataSourceId });
        print(items.map(withoutRecord), { json }, () =>
          columns([
            ['ID', 'RAISED', 'KIND', 'ABOUT', 'FIELD', 'PEOPLE', 'DECISION'],
            ...items.map((one) => [
              one.id,
              one.raisedAt.toISOString(),
              one.kind,
              one.about,
              one.field ?? '',
              String(one.individualIds.length),
              one.decision ?? '',
            ]),
          ]),
        );
      });
    });

  command
    .command('show')
    .description('one conflict with both sides: whom we hold, and what the source says; it names people')
    .argument('<id>')
    .option('--json', 'print JSON')
    .action(async (id: string, options: JsonOption) => {
      await withSession(async ({ pool, keys, ledger, actor }) => {
        const found = await findConflict(pool, id);
        if (found === null) {
          throw new Problem('CONFLICT_UNKNOWN', 'There is no conflict with this id: list those that are open');
        }
        const said = openRecord(keys, found);
        await ledger.note({ action: 'conflict.read', actor, detail: { conflict: id } });
        const held = await heldSides(pool, found.individualIds);
        print({ ...withoutRecord(found), held, said }, options, () => [
          [found.kind, found.about, found.field, found.state, found.decision].filter((word) => word !== null).join(' '),
          ...describeSides(held, said),
          ...(said === null ? ['The record is not kept any more.'] : []),
        ]);
      });
    });

  command
    .command('merges')
    .description('people who were made one, the newest merge first')
    .option('--limit <number>', 'most merges', wholeNumber, 50)
    .option('--json', 'print JSON')
    .action(async ({ limit, json }: JsonOption & { readonly limit: number }) => {
      await withSession(async ({ pool }) => {
        const { items } = await listMerges(pool, { first: limit });
        print(items, { json }, () =>
          columns([
            ['MERGE', 'AT', 'WINNER', 'LOSING', 'UNDONE'],
            ...items.map((one) => [
              one.id,
              one.mergedAt.toISOString(),
              one.winnerId,
              one.losingId,
              one.undoneAt?.toISOString() ?? '',
            ]),
          ]),
        );
      });
    });
}

function describeOutcome(outcome: DecidedCase['outcome']): string {
  if (outcome === null) return 'Decided: the record is not taken.';
  return outcome === 'conflict'
    ? 'Decided, but the record raises another question: dci-gateway conflict list'
    : `Decided: the record is ${outcome}.`;
}

/** The sealed record is of use to nobody. */
function withoutRecord({ recordSealed: _sealed, ...rest }: ConflictCase): Omit<ConflictCase, 'recordSealed'> {
  return rest;
}

function readDecision(text: string): Decision {
  const word = text.toLowerCase().replace('-', '_');
  const decision = DECISIONS.find((one) => one === word);
  if (decision !== undefined) return decision;
  throw new Problem('DECISION_UNKNOWN', `A decision is one of: ${DECISIONS.join(', ')}`);
}
