import { Ctx, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { DueTime } from '../../imports/schedules/due-times.js';
import type { ImportSchedule } from '../../imports/schedules/import-schedule.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar } from '../scalars.js';

/** Keys are the names in the graph. */
export const IncrementalByEnum = {
  NOTHING: 'nothing',
  REGISTRATION_DATE: 'registration_date',
  EVENT_DATE: 'event_date',
} as const;
registerEnumType(IncrementalByEnum, {
  name: 'IncrementalBy',
  description: 'By which date a scheduled run asks only for what came since the last one that succeeded.',
  valuesConfig: {
    NOTHING: { description: 'By none: each run asks for everything.' },
    REGISTRATION_DATE: { description: 'By when it was registered, where the source can be asked for that.' },
    EVENT_DATE: { description: 'By when it happened, where the source can be asked for that.' },
  },
});

const DueOutcomeEnum = { STARTED: 'started', SKIPPED: 'skipped', REFUSED: 'refused' } as const;
registerEnumType(DueOutcomeEnum, {
  name: 'ImportDueOutcome',
  description: 'What became of a time of a schedule.',
  valuesConfig: {
    STARTED: { description: 'A run was started.' },
    SKIPPED: { description: 'An earlier run was still under way.' },
    REFUSED: { description: 'No run could be started; see `reason`.' },
  },
});

@ObjectType('ImportDueTime', { description: 'A time of a schedule that came.', simpleResolvers: true })
class ImportDueTimeNode {
  @Field(() => DateTimeScalar, { description: 'When it was due.' })
  readonly dueAt: Date;

  @Field(() => DueOutcomeEnum, { description: 'What became of it.' })
  readonly outcome: DueTime['outcome'];

  @Field(() => String, { nullable: true, description: 'Why nothing was started, or why everything is asked for.' })
  readonly reason: string | null;

  @Field(() => ID, { nullable: true, description: 'The run that was started, or was still under way.' })
  readonly importRunId: string | null;

  constructor({ dueAt, outcome, reason, importRunId }: DueTime) {
    this.dueAt = dueAt;
    this.outcome = outcome;
    this.reason = reason;
    this.importRunId = importRunId === null ? null : globalId('ImportRun', importRunId);
  }
}

@ObjectType('ImportSchedule', { description: 'When search criteria are fetched by themselves.', simpleResolvers: true })
export class ImportScheduleNode {
  @Field(() => String, { description: 'The times, as a cron expression.' })
  readonly cron: string;

  @Field(() => String, { description: 'In which time zone, by its name in the IANA database.' })
  readonly timeZone: string;

  @Field(() => Boolean, { description: 'Whether it runs.' })
  readonly enabled: boolean;

  @Field(() => IncrementalByEnum, { description: 'By which date a run asks only for what is new.' })
  readonly incrementalBy: ImportSchedule['incrementalBy'];

  @Field(() => Int, { description: 'Days before the last success that are asked for again.' })
  readonly overlapDays: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the next run comes; null while it is disabled.' })
  readonly nextDueAt: Date | null;

  constructor(private readonly record: ImportSchedule) {
    this.cron = record.cron;
    this.timeZone = record.timeZone;
    this.enabled = record.enabled;
    this.incrementalBy = record.incrementalBy;
    this.overlapDays = record.overlapDays;
    this.nextDueAt = record.nextDueAt;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'The start of the last run that succeeded and was not taken back: from there on the next one asks. Null before the first, and since its source was given another address, search path, dialect, parameters or field mappings.',
  })
  async watermark(@Ctx() { operatorLoaders }: GraphContext): Promise<Date | null> {
    return (await operatorLoaders.scheduleHistoryByCriteria.load(this.record.searchCriteriaId)).watermark;
  }

  @Field(() => [ImportDueTimeNode], { description: 'The latest times that came, newest first; at most 20.' })
  async dueTimes(@Ctx() { operatorLoaders }: GraphContext): Promise<ImportDueTimeNode[]> {
    const { times } = await operatorLoaders.scheduleHistoryByCriteria.load(this.record.searchCriteriaId);
    return times.map((time) => new ImportDueTimeNode(time));
  }
}
