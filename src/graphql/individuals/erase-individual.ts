import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { isEverybody } from '../../record/filter.js';
import { Problem } from '../../record/problem.js';
import { eraseIndividual, type Erasure } from '../../security/erasure/erase-individual.js';
import { requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { DateTimeScalar } from '../scalars.js';

@ObjectType('Erasure', {
  description:
    'That a person was erased. Backups still hold the person: keep `individual erasures --export` beside them.',
  simpleResolvers: true,
})
class ErasureNode {
  @Field(() => String, { description: 'As `dci-gateway individual erasures` lists it; by it the erasure is lifted.' })
  readonly erasureId: string;

  @Field(() => DateTimeScalar, { description: 'When it was done.' })
  readonly erasedAt: Date;

  @Field(() => Int, { description: 'Groups that went with the person: nobody else was in them.' })
  readonly groupsErased: number;

  @Field(() => Int, { description: 'Groups that bore the name of the person, and have none now.' })
  readonly groupsRenamed: number;

  @Field(() => Int, { description: 'Kept messages of and to partners that spoke of the person.' })
  readonly messagesErased: number;

  @Field(() => Int, { description: 'Kept consents that spoke of the person.' })
  readonly consentsErased: number;

  constructor(erasure: Erasure) {
    this.erasureId = erasure.id;
    this.erasedAt = erasure.erasedAt;
    this.groupsErased = erasure.groups;
    this.groupsRenamed = erasure.renamedGroups;
    this.messagesErased = erasure.messages;
    this.consentsErased = erasure.evidence;
  }
}

const EraseIndividualResult = resultOf('EraseIndividualResult', ErasureNode);

@Resolver()
export class EraseIndividualMutation {
  @Mutation(() => EraseIndividualResult, {
    description:
      'Erases a person: the record, everything about the person, and what is kept of messages that speak of them. It ' +
      'cannot be undone, and no import or save brings the person back before an operator lifts it. Needs scope `admin`.',
  })
  async eraseIndividual(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id of the person.' }) id: string,
  ): Promise<ErasureNode | Refusal> {
    requireScopes(context, 'admin');
    const { pool, keys, ledger, caller } = context;
    if (!isEverybody(caller.access.rows)) {
      throw new Problem('FORBIDDEN', 'A client that sees only a part of the registry cannot erase from it');
    }
    const individualId = readGlobalId('Individual', id, 'id');
    return orRefusal(
      async () => new ErasureNode(await eraseIndividual({ pool, keys, ledger }, { individualId, actor: caller.actor })),
      { INDIVIDUAL_UNKNOWN: 'id' },
    );
  }
}
