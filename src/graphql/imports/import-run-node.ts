import { Arg, Args, Ctx, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { type ImportItem, listImportItems } from '../../imports/import-items.js';
import type { ImportRun } from '../../imports/import-run.js';
import { averagePace, pagesExpected, type Pace } from '../../imports/run-pace.js';
import { PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar } from '../scalars.js';
import { OutcomeEnum, RunKindEnum, RunStateEnum } from './import-enums.js';
import { ImportItemConnection, ImportItemNode } from './import-item-node.js';
import { SearchCriteriaNode } from './search-criteria-node.js';

@ObjectType('ImportOutcomes', { description: 'Items of a run by what became of them.', simpleResolvers: true })
class ImportOutcomesNode {
  @Field(() => Int, { description: 'Records of people who were new.' })
  readonly created: number;

  @Field(() => Int, { description: 'Records that told something new of people we knew.' })
  readonly updated: number;

  @Field(() => Int, { description: 'Records that told nothing new.' })
  readonly unchanged: number;

  @Field(() => Int, { description: 'Records that could not be used.' })
  readonly skipped: number;

  @Field(() => Int, {
    description:
      'Records that wait for a person to decide, see `conflicts`; of an apply also those of whom somebody was changed since.',
  })
  readonly conflict: number;

  @Field(() => Int, { description: 'Records that could not be written.' })
  readonly failed: number;

  @Field(() => Int, { description: 'What an undo removed.' })
  readonly removed: number;

  @Field(() => Int, { description: 'What an undo restored.' })
  readonly restored: number;

  @Field(() => Int, { description: 'What an undo could not take back.' })
  readonly refused: number;

  constructor(outcomes: ImportRun['outcomes']) {
    this.created = outcomes.created;
    this.updated = outcomes.updated;
    this.unchanged = outcomes.unchanged;
    this.skipped = outcomes.skipped;
    this.conflict = outcomes.conflict;
    this.failed = outcomes.failed;
    this.removed = outcomes.removed;
    this.restored = outcomes.restored;
    this.refused = outcomes.refused;
  }
}

@ObjectType('ImportRun', {
  description: 'One fetch of search criteria, or what was done of one: how far it is, and what it came to.',
  simpleResolvers: true,
})
export class ImportRunNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => RunKindEnum, { description: 'What it does.' })
  readonly kind: ImportRun['kind'];

  @Field(() => RunStateEnum, { description: 'How far it is.' })
  readonly state: ImportRun['state'];

  @Field(() => String, { description: 'Who asked for it.' })
  readonly requestedBy: string;

  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  readonly createdAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it began.' })
  readonly startedAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it succeeded, failed or was cancelled.' })
  readonly finishedAt: Date | null;

  @Field(() => Int, { description: 'The page that is asked for next; a run that is resumed goes on there.' })
  readonly nextPage: number;

  @Field(() => Int, { nullable: true, description: 'Records per page; null before the first page.' })
  readonly pageSize: number | null;

  @Field(() => Int, { description: 'Pages that are read and written.' })
  readonly pagesDone: number;

  @Field(() => Int, {
    nullable: true,
    description: 'How many pages it comes to, as far as the source says; null when it does not say.',
  })
  readonly pagesExpected: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'How fast it goes: over its whole time, of a subscription over the last seconds; null before the first.',
  })
  readonly recordsPerSecond: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How long it takes still if it goes on so; null where that cannot be known, as while it waits.',
  })
  readonly secondsLeft: number | null;

  @Field(() => Int, { description: 'Records read from the source.' })
  readonly recordsDone: number;

  @Field(() => Int, { nullable: true, description: 'How many the source says it has; null when it does not say.' })
  readonly recordsReported: number | null;

  @Field(() => Int, {
    description: 'Of the records read, those that the criteria did not ask for; they were left out and have no item.',
  })
  readonly recordsOutside: number;

  @Field(() => ImportOutcomesNode, { description: 'Items by what became of them.' })
  readonly outcomes: ImportOutcomesNode;

  @Field(() => Int, { description: 'New people who have an identifier.' })
  readonly individualsCreated: number;

  @Field(() => Int, { description: 'People of whom something was new.' })
  readonly individualsUpdated: number;

  @Field(() => Int, { description: 'New families.' })
  readonly groupsCreated: number;

  @Field(() => Int, { description: 'People whom an undo removed.' })
  readonly individualsRemoved: number;

  @Field(() => Int, { description: 'People whose values an undo restored.' })
  readonly individualsRestored: number;

  @Field(() => Int, { description: 'New parents without any identifier; not among `individualsCreated`.' })
  readonly unidentifiedParents: number;

  @Field(() => [String], { description: 'What an operator should know of it, a sentence each.' })
  readonly warnings: readonly string[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When a paused run goes on by itself.' })
  readonly pausedUntil: Date | null;

  @Field(() => String, { nullable: true, description: 'Why a paused run waits, as a sentence.' })
  readonly pauseReason: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When somebody asked to stop it.' })
  readonly cancelRequestedAt: Date | null;

  @Field(() => String, { nullable: true, description: 'A stable word for why it failed.' })
  readonly errorCode: string | null;

  @Field(() => String, { nullable: true, description: 'The same as a sentence.' })
  readonly errorMessage: string | null;

  constructor(
    private readonly record: ImportRun,
    pace: Pace = averagePace(record),
  ) {
    this.id = globalId('ImportRun', record.id);
    this.kind = record.kind;
    this.state = record.state;
    this.requestedBy = record.requestedBy;
    this.createdAt = record.createdAt;
    this.startedAt = record.startedAt;
    this.finishedAt = record.finishedAt;
    this.nextPage = record.nextPage;
    this.pageSize = record.pageSize;
    this.pagesDone = record.pagesDone;
    this.pagesExpected = pagesExpected(record);
    this.recordsPerSecond = pace.recordsPerSecond;
    this.secondsLeft = pace.secondsLeft;
    this.recordsDone = record.recordsDone;
    this.recordsReported = record.recordsReported;
    this.recordsOutside = record.recordsOutside;
    this.outcomes = new ImportOutcomesNode(record.outcomes);
    this.individualsCreated = record.individualsCreated;
    this.individualsUpdated = record.individualsUpdated;
    this.groupsCreated = record.groupsCreated;
    this.individualsRemoved = record.individualsRemoved;
    this.individualsRestored = record.individualsRestored;
    this.unidentifiedParents = record.unidentifiedParents;
    this.warnings = record.warnings;
    this.pausedUntil = record.pausedUntil;
    this.pauseReason = record.pauseReason;
    this.cancelRequestedAt = record.cancelRequestedAt;
    this.errorCode = record.errorCode;
    this.errorMessage = record.errorMessage;
  }

  @Field(() => SearchCriteriaNode, { description: 'What was asked for.' })
  async searchCriteria(@Ctx() { operatorLoaders }: GraphContext): Promise<SearchCriteriaNode> {
    return new SearchCriteriaNode(await operatorLoaders.searchCriteriaById.load(this.record.searchCriteriaId));
  }

  @Field(() => ImportRunNode, {
    nullable: true,
    description: 'The preview that it applies, or the run that it retries or takes back; null for the others.',
  })
  async ofRun(@Ctx() { operatorLoaders }: GraphContext): Promise<ImportRunNode | null> {
    const { ofRunId } = this.record;
    return ofRunId === null ? null : new ImportRunNode(await operatorLoaders.importRunById.load(ofRunId));
  }

  @Field(() => ImportItemConnection, {
    description: 'The records of the run in the order of the source, each with what became of it.',
  })
  async items(
    @Ctx() { db }: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('outcome', () => OutcomeEnum, { nullable: true, description: 'Only those that became this. Default: all.' })
    outcome?: ImportItem['outcome'] | null,
  ): Promise<InstanceType<typeof ImportItemConnection>> {
    const asked = { importRunId: this.record.id, outcome: outcome ?? undefined, ...readPage(page) };
    const found = await listImportItems(db, asked);
    return new ImportItemConnection(pageOf(found, (item) => new ImportItemNode(item)));
  }
}
