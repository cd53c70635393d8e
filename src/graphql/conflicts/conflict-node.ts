import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { type ConflictCase, openRecord } from '../../imports/conflicts/conflict-cases.js';
import { note, requireEverybody, requirePersonal } from '../access.js';
import { connectionType } from '../connection.js';
import type { GraphContext } from '../context.js';
import { DataSourceNode } from '../data-sources/data-source-node.js';
import { RemoteIndividualNode } from '../data-sources/remote-individual-node.js';
import { globalId } from '../global-id.js';
import { ImportRunNode } from '../imports/import-run-node.js';
import { IndividualNode } from '../individuals/individual-node.js';
import { DateTimeScalar } from '../scalars.js';
import { ConflictAboutEnum, ConflictDecisionEnum, ConflictKindEnum, ConflictStateEnum } from './conflict-enums.js';

@ObjectType('Conflict', {
  description:
    'What an import left for a person to decide, with both sides: `individuals` as they are held and what the source ' +
    'says of them. Both need scope `graph.personal`.',
  simpleResolvers: true,
})
export class ConflictNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => ConflictKindEnum, { description: 'What the record says against what is held.' })
  readonly kind: ConflictCase['kind'];

  @Field(() => ConflictAboutEnum, { description: 'Whom of the record it is about.' })
  readonly about: ConflictCase['about'];

  @Field(() => String, { nullable: true, description: 'The field that differs, or the type of the identifier.' })
  readonly field: string | null;

  @Field(() => ConflictStateEnum, { description: 'Whether somebody has decided.' })
  readonly state: ConflictCase['state'];

  @Field(() => DateTimeScalar, { description: 'When it was raised first.' })
  readonly raisedAt: Date;

  @Field(() => ID, { nullable: true, description: 'The id of `importRun`.' })
  readonly importRunId: string | null;

  @Field(() => Int, { nullable: true, description: 'The page of that run on which the record came.' })
  readonly page: number | null;

  @Field(() => Int, { nullable: true, description: 'Its place on the page, from 1.' })
  readonly ordinal: number | null;

  @Field(() => ConflictDecisionEnum, { nullable: true, description: 'What was decided; null while it is open.' })
  readonly decision: ConflictCase['decision'];

  @Field(() => String, { nullable: true, description: 'Who decided.' })
  readonly decidedBy: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided.' })
  readonly decidedAt: Date | null;

  constructor(private readonly record: ConflictCase) {
    this.id = globalId('Conflict', record.id);
    this.kind = record.kind;
    this.about = record.about;
    this.field = record.field;
    this.state = record.state;
    this.raisedAt = record.raisedAt;
    this.importRunId = record.importRunId === null ? null : globalId('ImportRun', record.importRunId);
    this.page = record.page;
    this.ordinal = record.ordinal;
    this.decision = record.decision;
    this.decidedBy = record.decidedBy;
    this.decidedAt = record.decidedAt;
  }

  @Field(() => DataSourceNode, { description: 'The registry that says so.' })
  async source(@Ctx() context: GraphContext): Promise<DataSourceNode> {
    return new DataSourceNode(await context.operatorLoaders.dataSourceById.load(this.record.dataSourceId));
  }

  @Field(() => ImportRunNode, { nullable: true, description: 'The run that raised it first.' })
  async importRun(@Ctx() { operatorLoaders }: GraphContext): Promise<ImportRunNode | null> {
    const { importRunId } = this.record;
    return importRunId === null ? null : new ImportRunNode(await operatorLoaders.importRunById.load(importRunId));
  }

  @Field(() => [IndividualNode], {
    description: 'The people held whom it is between, the one first of whom the record speaks; those that you may see.',
  })
  async individuals(@Ctx() context: GraphContext): Promise<IndividualNode[]> {
    requirePersonal(context);
    const found = await Promise.all(this.record.individualIds.map((id) => context.loaders.individualById.load(id)));
    return found.flatMap((one) => (one === null ? [] : [new IndividualNode(one, context.shown)]));
  }

  @Field(() => RemoteIndividualNode, {
    nullable: true,
    description: 'What the source says, as it waits; null when it does not wait any more. Reading it goes on record.',
  })
  async said(@Ctx() context: GraphContext): Promise<RemoteIndividualNode | null> {
    requirePersonal(context);
    requireEverybody(context, 'read what waits to be decided');
    const said = openRecord(context.keys, this.record);
    if (said === null) return null;
    await note(context, 'conflict.read', { conflict: this.record.id });
    // It is said of one of them, whichever that is.
    for (const id of this.record.individualIds) context.shown.add('individual', id);
    return new RemoteIndividualNode(said);
  }

  @Field(() => IndividualNode, { nullable: true, description: 'Of whom it was decided that the record tells.' })
  async decidedIndividual(@Ctx() context: GraphContext): Promise<IndividualNode | null> {
    requirePersonal(context);
    const { decidedIndividualId: id } = this.record;
    const individual = id === null ? null : await context.loaders.individualById.load(id);
    return individual && new IndividualNode(individual, context.shown);
  }
}

/** A page of the conflicts. */
export const ConflictConnection = connectionType('Conflict', () => ConflictNode);
