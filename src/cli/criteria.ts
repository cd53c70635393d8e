import { Command, Option } from 'commander';
import { inTransaction } from '../database/transaction.js';
import { type Pool } from 'pg';
import {
  findImportSchedules,
  type ImportSchedule,
  INCREMENTAL_BY,
  type IncrementalBy,
  readScheduleHistories,
  removeImportSchedule,
  setImportSchedule,
} from '../imports/schedules/import-schedule.js';
import {
  createSearchCriteria,
  criteriaUnknown,
  findSearchCriteriaByName,
  listSearchCriteria,
  type SearchCriteria,
} from '../imports/search-criteria.js';
import { VITAL_EVENTS, type VitalEvent } from '../record/vital-event.js';
import { listDataSources } from '../sources/data-sources.js';
import { wholeNumber } from './number-arguments.js';
import { columns, counted, print } from './output.js';
import { withSession } from './session.js';

/** Criteria that `list` shows at most. */
const LISTED = 100;

interface AddOptions {
  readonly source: string;
  readonly event: VitalEvent;
  readonly bornFrom?: string;
  readonly bornUntil?: string;
  readonly eventFrom?: string;
  readonly eventUntil?: string;
  readonly withinDays?: number;
  readonly locationType?: string;
  readonly makePeople?: boolean;
  readonly onlyKnown?: boolean;
  readonly json?: boolean;
}

interface ScheduleOptions {
  readonly cron: string;
  readonly timeZone: string;
  readonly incrementalBy: IncrementalBy;
  readonly overlapDays: string;
  readonly disabled?: boolean;
  readonly json?: boolean;
}

/** `criteria add|list|show|schedule|unschedule`: what other registries are asked for, and when by itself. */
export function criteriaCommand(): Command {
  const command = new Command('criteria').description('what other registries are asked for, and when by itself');

  command
    .command('add')
    .description('keep what to ask another registry for; nothing is asked yet')
    .argument('<name>', 'name for people')
    .requiredOption('--source <code>', 'the registry to ask')
    .addOption(new Option('--event <event>', 'which register to ask').choices(VITAL_EVENTS).default('birth'))
    .option('--born-from <date>', 'earliest day of birth, YYYY-MM-DD')
    .option('--born-until <date>', 'last day of birth, YYYY-MM-DD')
    .option('--event-from <date>', 'first day of the death or marriage, YYYY-MM-DD')
    .option('--event-until <date>', 'last day of the death or marriage, YYYY-MM-DD')
    .option('--within-days <count>', 'what happened within so many days before each run', wholeNumber)
    .option('--location-type <type>', 'only people born in places of this type, such as HEALTH_FACILITY')
    .addOption(new Option('--make-people', 'make people of deaths of whom nobody is known here').conflicts('onlyKnown'))
    .option('--only-known', 'make nobody: skip records of people who are unknown here')
    .option('--json', 'print the criteria as JSON')
    .action(async (name: string, options: AddOptions) => {
      await withSession(async ({ pool, ledger, actor }) => {
        const made = await inTransaction(pool, async (client) => {
          const criteria = await createSearchCriteria(client, newCriteria(name, options));
          await ledger.note({ action: 'import.criteria_made', actor, detail: { criteria: criteria.id } }, client);
          return criteria;
        });
        print(made, options, () => [`Kept. Fetch it: dci-gateway import run "${made.name}"`]);
      });
    });

  command
    .command('list')
    .description('search criteria, the newest first, with when they are fetched by themselves')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const { items } = await listSearchCriteria(pool, { first: LISTED });
        const schedules = new Map(
          (
            await findImportSchedules(
              pool,
              items.map(({ id }) => id),
            )
          ).map((one) => [one.searchCriteriaId, one]),
        );
        const sources = new Map((await listDataSources(pool)).map(({ id, code }) => [id, code]));
        const listed = items.map((criteria) => ({ ...criteria, schedule: schedules.get(criteria.id) ?? null }));
        print(listed, options, () =>
          columns([
            ['NAME', 'SOURCE', 'EVENT', 'ASKS FOR', 'NEXT'],
            ...listed.map((criteria) => [
              criteria.name,
              sources.get(criteria.dataSourceId) ?? '',
              criteria.event,
              describeAsked(criteria),
              criteria.schedule?.nextDueAt?.toISOString() ?? (criteria.schedule === null ? 'by hand' : 'disabled'),
            ]),
          ]),
        );
      });
    });

  command
    .command('show')
    .description('one search criteria: its schedule, and what became of the times that came')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const criteria = await held(pool, name);
        const [schedule = null] = await findImportSchedules(pool, [criteria.id]);
        const [history] = await readScheduleHistories(pool, [criteria.id]);
        const watermark = history?.watermark ?? null;
        const times = history?.times ?? [];
        print({ ...criteria, schedule, watermark, times }, options, () => [
          `${criteria.name}: ${criteria.event}s, ${describeAsked(criteria)}`,
          schedule === null ? 'It is fetched by hand.' : describeSchedule(schedule),
          `Last success: ${watermark?.toISOString() ?? 'none'}`,
          ...columns(
            times.map(({ dueAt, outcome, reason, importRunId }) => [
              dueAt.toISOString(),
              outcome,
              importRunId ?? '',
              reason ?? '',
            ]),
          ),
        ]);
      });
    });

  command
    .command('schedule')
    .description('fetch a search criteria by itself, in place of the times that were said before')
    .argument('<name>')
    .requiredOption('--cron <expression>', 'the times: minute, hour, day, month, day of the week; "0 3 * * *"')
    .option('--time-zone <name>', 'such as Africa/Lusaka', 'UTC')
    .addOption(
      new Option('--incremental-by <date>', 'ask only for what came since the last success, by this date')
        .choices(INCREMENTAL_BY)
        .default('nothing'),
    )
    .option('--overlap-days <count>', 'days before the last success that are asked for again', '1')
    .option('--disabled', 'keep the times, but fetch nothing')
    .option('--json', 'print the schedule as JSON')
    .action(async (name: string, options: ScheduleOptions) => {
      await withSession(async ({ pool, ledger, actor }) => {
        const { id } = await held(pool, name);
        const { cron, timeZone, incrementalBy, disabled = false } = options;
        const overlapDays = Number(options.overlapDays);
        const input = { cron, timeZone, incrementalBy, overlapDays, enabled: !disabled };
        const schedule = await inTransaction(pool, async (client) => {
          const set = await setImportSchedule(client, id, input);
          const detail = { criteria: id, enabled: set.enabled };
          await ledger.note({ action: 'import.scheduled', actor, detail }, client);
          return set;
        });
        print(schedule, options, () => [describeSchedule(schedule)]);
      });
    });

  command
    .command('unschedule')
    .description('fetch a search criteria by hand alone; a run that is under way goes on')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { json?: boolean }) => {
      await withSession(async ({ pool, ledger, actor }) => {
        const { id } = await held(pool, name);
        const removed = await inTransaction(pool, async (client) => {
          const isRemoved = await removeImportSchedule(client, id);
          const detail = { criteria: id, enabled: false };
          if (isRemoved) await ledger.note({ action: 'import.scheduled', actor, detail }, client);
          return isRemoved;
        });
        print({ removed }, options, () => [removed ? 'It has no schedule any more.' : 'It had no schedule.']);
      });
    });

  return command;
}

async function held(pool: Pool, name: string): Promise<SearchCriteria> {
  const criteria = await findSearchCriteriaByName(pool, name);
  if (criteria === null) throw criteriaUnknown();
  return criteria;
}

function newCriteria(name: string, { source, bornFrom, bornUntil, makePeople, onlyKnown, ...options }: AddOptions) {
  const day = (date: string | undefined) => (date === undefined ? null : { date, inclusive: true });
  const { event, eventFrom = null, eventUntil = null, withinDays = null, locationType = null } = options;
  return {
    name,
    dataSource: source,
    event,
    makesPeople: onlyKnown === true ? false : (makePeople ?? null),
    bornFrom: day(bornFrom),
    bornUntil: day(bornUntil),
    eventFrom,
    eventUntil,
    withinDays,
    locationType,
  };
}

function describeAsked(criteria: SearchCriteria): string {
  const { bornFrom, bornUntil, eventFrom, eventUntil, withinDays, locationType, locationId, makesPeople } = criteria;
  const parts = [
    bornFrom === null || bornUntil === null ? null : `born ${bornFrom.date} to ${bornUntil.date}`,
    eventFrom === null || eventUntil === null ? null : `of ${eventFrom} to ${eventUntil}`,
    withinDays === null ? null : `of the last ${counted(withinDays, 'day')}`,
    locationType === null ? null : `born in places of type ${locationType}`,
    locationId === null ? null : 'born in a place',
    makesPeople ? null : 'known people alone',
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'all' : parts.join(', ');
}

function describeSchedule({ cron, timeZone, enabled, nextDueAt, incrementalBy, overlapDays }: ImportSchedule): string {
  const what =
    incrementalBy === 'nothing'
      ? 'everything each time'
      : `what is new by ${incrementalBy}, with ${counted(overlapDays, 'day')} of overlap, where the source can be asked`;
  return `${enabled ? `Next: ${nextDueAt?.toISOString() ?? 'never'}` : 'Disabled'} (${cron}, ${timeZone}); ${what}.`;
}
