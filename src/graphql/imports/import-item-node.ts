import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import type { ImportItem } from '../../imports/import-items.js';
import { openDifferences } from '../../imports/preview/preview-items.js';
import { requirePersonal } from '../access.js';
import { connectionType } from '../connection.js';
import type { GraphContext } from '../context.js';
import { RecordIssueNode } from '../data-sources/remote-individual-node.js';
import { globalId } from '../global-id.js';
import { GroupNode } from '../groups/group-node.js';
import { IndividualNode } from '../individuals/individual-node.js';
import { ImportDifferenceNode, showDifferences } from './difference-node.js';
import { OutcomeEnum } from './import-enums.js';

@ObjectType('ImportItem', {
  description: 'What became of one record of a run. The people it tells of need scope `graph.personal`.',
  simpleResolvers: true,
})
export class ImportItemNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => Int, { description: 'The page on which the source gave it, from 1.' })
  readonly page: number;

  @Field(() => Int, { description: 'Its place on the page, from 1.' })
  readonly ordinal: number;

  @Field(() => OutcomeEnum, { description: 'What became of it.' })
  readonly outcome: ImportItem['outcome'];

  @Field(() => String, {
    nullable: true,
    description: 'A stable word for why it was skipped, is a conflict or failed.',
  })
  readonly reasonCode: string | null;

  @Field(() => String, { nullable: true, description: 'The same as a sentence.' })
  readonly reason: string | null;

  @Field(() => [RecordIssueNode], { description: 'Values that were left out or kept with a doubt.' })
  readonly issues: readonly RecordIssueNode[];

  constructor(private readonly record: ImportItem) {
    this.id = globalId('ImportItem', record.id);
    this.page = record.page;
    this.ordinal = record.ordinal;
    this.outcome = record.outcome;
    this.reasonCode = record.reasonCode;
    this.reason = record.reason;
    this.issues = record.issues.map((issue) => new RecordIssueNode(issue));
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The person that the record is of.' })
  async individual(@Ctx() context: GraphContext): Promise<IndividualNode | null> {
    return this.person(context, this.record.individualId);
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The mother that the record names.' })
  async mother(@Ctx() context: GraphContext): Promise<IndividualNode | null> {
    return this.person(context, this.record.motherId);
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The father that the record names.' })
  async father(@Ctx() context: GraphContext): Promise<IndividualNode | null> {
    return this.person(context, this.record.fatherId);
  }

  @Field(() => GroupNode, { nullable: true, description: 'The family that the person was put into.' })
  async group(@Ctx() context: GraphContext): Promise<GroupNode | null> {
    requirePersonal(context);
    const { groupId } = this.record;
    const group = groupId === null ? null : await context.loaders.groupById.load(groupId);
    return group && new GroupNode(group, context.shown, null);
  }

  @Field(() => [ImportDifferenceNode], {
    nullable: true,
    description: 'Of an item of a preview: what its record would change, field by field. Needs scope `graph.personal`.',
  })
  async differences(@Ctx() context: GraphContext): Promise<ImportDifferenceNode[]> {
    const sealed = await context.operatorLoaders.differencesByItem.load(this.record.id);
    return showDifferences(context, openDifferences(context.keys, sealed));
  }

  private async person(context: GraphContext, id: string | null): Promise<IndividualNode | null> {
    requirePersonal(context);
    const individual = id === null ? null : await context.loaders.individualById.load(id);
    return individual && new IndividualNode(individual, context.shown);
  }
}

/** A page of the items of a run. */
export const ImportItemConnection = connectionType('ImportItem', () => ImportItemNode);
