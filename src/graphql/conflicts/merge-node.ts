import { Ctx, Field, ID, ObjectType } from 'type-graphql';
import type { Merge } from '../../registry/merge/merges.js';
import type { MergeRefusal } from '../../registry/merge/undo-merge.js';
import { requirePersonal } from '../access.js';
import { connectionType } from '../connection.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';
import { IndividualNode } from '../individuals/individual-node.js';
import { DateTimeScalar } from '../scalars.js';

@ObjectType('Merge', { description: 'Two people who were made one.', simpleResolvers: true })
export class MergeNode {
  @Field(() => ID, { description: 'Global id; opaque. `undoMerge` takes it back.' })
  readonly id: string;

  @Field(() => ID, { description: 'Global id of the person who is gone; it leads to the winner.' })
  readonly losingId: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly mergedAt: Date;

  @Field(() => String, { description: 'By whom.' })
  readonly mergedBy: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was taken back; null: it holds.' })
  readonly undoneAt: Date | null;

  @Field(() => String, { nullable: true, description: 'By whom it was taken back.' })
  readonly undoneBy: string | null;

  constructor(private readonly merge: Merge) {
    this.id = globalId('Merge', merge.id);
    this.losingId = globalId('Individual', merge.losingId);
    this.mergedAt = merge.mergedAt;
    this.mergedBy = merge.mergedBy;
    this.undoneAt = merge.undoneAt;
    this.undoneBy = merge.undoneBy;
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The person who stayed. Needs scope `graph.personal`.' })
  async winner(@Ctx() context: GraphContext): Promise<IndividualNode | null> {
    requirePersonal(context);
    const individual = await context.loaders.individualById.load(this.merge.winnerId);
    return individual && new IndividualNode(individual, context.shown);
  }
}

/** A page of the merges. */
export const MergeConnection = connectionType('Merge', () => MergeNode);

@ObjectType('MergeRefusal', {
  description: 'What of a merge could not be taken back, and stays with the winner.',
  simpleResolvers: true,
})
export class MergeRefusalNode {
  @Field(() => String, { description: 'A field of the person, or a kind of rows.' })
  readonly what: string;

  @Field(() => String, { description: 'Why, as a sentence.' })
  readonly reason: string;

  constructor({ what, reason }: MergeRefusal) {
    this.what = what;
    this.reason = reason;
  }
}

@ObjectType('UndoneMerge', { description: 'A merge that was taken back.', simpleResolvers: true })
export class UndoneMergeNode {
  @Field(() => MergeNode, { description: 'The merge.' })
  readonly merge: MergeNode;

  @Field(() => [MergeRefusalNode], { description: 'What could not be given back; none: both are as they were.' })
  readonly refusals: readonly MergeRefusalNode[];

  constructor(merge: Merge, refusals: readonly MergeRefusal[]) {
    this.merge = new MergeNode(merge);
    this.refusals = refusals.map((refusal) => new MergeRefusalNode(refusal));
  }
}
