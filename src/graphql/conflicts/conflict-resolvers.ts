import { Arg, Args, Ctx, Field, ID, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { findConflict, listConflicts } from '../../imports/conflicts/conflict-cases.js';
import { decideConflict, type DecidedCase, IndividualRequired } from '../../imports/conflicts/decide-conflict.js';
import type { Decision } from '../../registry/write-sources/decisions.js';
import { ConflictDesk } from '../../registry/write-sources/decisions.js';
import type { Outcome } from '../../registry/write-sources/write-outcome.js';
import { erasedPeople } from '../../security/erasure/erase-individual.js';
import { note, requireEverybody, requirePersonal, requireScopes } from '../access.js';
import { PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { globalId, readGlobalId } from '../global-id.js';
import { OutcomeEnum } from '../imports/import-enums.js';
import { IndividualNode } from '../individuals/individual-node.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { ConflictDecisionEnum, ConflictKindEnum, ConflictStateEnum } from './conflict-enums.js';
import { ConflictConnection, ConflictNode } from './conflict-node.js';

@ObjectType('DecidedConflict', {
  description: 'A conflict that was decided, and what became of the record that waited.',
  simpleResolvers: true,
})
class DecidedConflictNode {
  @Field(() => ConflictNode, { description: 'The conflict as it is now.' })
  readonly conflict: ConflictNode;

  @Field(() => OutcomeEnum, {
    nullable: true,
    description:
      'What became of the record; null: it is not taken. `CONFLICT`: it raises a further one, which waits now.',
  })
  readonly outcome: Outcome | null;

  @Field(() => [ID], { description: 'The merges that were made, for `undoMerge`.' })
  readonly mergeIds: readonly string[];

  constructor(private readonly decided: DecidedCase) {
    this.conflict = new ConflictNode(decided.case);
    this.outcome = decided.outcome;
    this.mergeIds = decided.mergeIds.map((id) => globalId('Merge', id));
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The person to whom the record was written.' })
  async individual(@Ctx() context: GraphContext): Promise<IndividualNode | null> {
    requirePersonal(context);
    const { individualId: id } = this.decided;
    const individual = id === null ? null : await context.loaders.individualById.load(id);
    return individual && new IndividualNode(individual, context.shown);
  }
}

const DecideConflictResult = resultOf('DecideConflictResult', DecidedConflictNode);

/** Throws `FORBIDDEN` unless the caller may decide, and take back, for which one must see everybody. */
export function requireDecider(context: GraphContext): void {
  requireScopes(context, 'import.decide');
  requireEverybody(context, 'decide who its people are');
}

@Resolver()
export class ConflictResolvers {
  @Query(() => ConflictConnection, { description: 'What imports left for a person to decide, the oldest first.' })
  async conflicts(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('state', () => ConflictStateEnum, { nullable: true, description: 'Default: all.' })
    state?: 'open' | 'decided' | null,
    @Arg('source', () => String, { nullable: true, description: 'Code of the data source.' }) source?: string | null,
    @Arg('kind', () => ConflictKindEnum, { nullable: true, description: 'Default: all.' })
    kind?: ConflictNode['kind'] | null,
  ): Promise<InstanceType<typeof ConflictConnection>> {
    requireScopes(context, 'graph.read');
    const of = typeof source === 'string' ? await context.operatorLoaders.dataSourceByCode.load(source) : null;
    const found = await listConflicts(context.db, {
      state: state ?? undefined,
      kind: kind ?? undefined,
      dataSourceId: of?.id,
      ...readPage(page),
    });
    return new ConflictConnection(pageOf(found, (one) => new ConflictNode(one)));
  }

  @Query(() => ConflictNode, { nullable: true, description: 'One conflict; null where there is none.' })
  async conflict(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<ConflictNode | null> {
    requireScopes(context, 'graph.read');
    const found = await findConflict(context.db, readGlobalId('Conflict', id, 'id'));
    return found && new ConflictNode(found);
  }

  @Mutation(() => DecideConflictResult, {
    description:
      'Decides a conflict, and does at once with the record that waits as was decided. The decision holds for what the ' +
      'source says later, too: it is not asked again. Needs scope `import.decide`.',
  })
  async decideConflict(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'The conflict.' }) id: string,
    @Arg('decision', () => ConflictDecisionEnum, { description: 'What is decided.' }) decision: Decision,
    @Arg('individualId', () => ID, {
      nullable: true,
      description: 'Of whom the record tells, or who stays of people who are merged: one of the `individuals`.',
    })
    individualId?: string | null,
  ): Promise<DecidedConflictNode | Refusal> {
    requireDecider(context);
    const { pool, keys, caller, config } = context;
    const given = {
      caseId: readGlobalId('Conflict', id, 'id'),
      decision,
      individualId: typeof individualId === 'string' ? readGlobalId('Individual', individualId, 'individualId') : null,
      actor: caller.name,
    };
    const desk = new ConflictDesk(keys, config.singleIdentifiers);
    return orRefusal(
      async () => {
        const work = { pool, keys, erased: erasedPeople(keys), desk };
        try {
          const decided = await decideConflict(work, given, ({ mergeIds }, db) =>
            note(context, 'conflict.decided', { conflict: given.caseId, decision, merges: [...mergeIds] }, db),
          );
          return new DecidedConflictNode(decided);
        } catch (error) {
          if (!(error instanceof IndividualRequired)) throw error;
          throw new IndividualRequired(error.what, error.individualIds, (one) => globalId('Individual', one));
        }
      },
      {
        CONFLICT_UNKNOWN: 'id',
        CONFLICT_ALREADY_DECIDED: 'id',
        DECISION_NOT_POSSIBLE: 'decision',
        INDIVIDUAL_REQUIRED: 'individualId',
        INDIVIDUAL_NOT_IN_CONFLICT: 'individualId',
      },
    );
  }
}
