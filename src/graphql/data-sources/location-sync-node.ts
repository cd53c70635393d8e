import { Ctx, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { type Exchange } from '../../sources/exchanges/exchange.js';
import { type LocationDifference } from '../../sources/location-differences.js';
import { type LocationSyncResult } from '../../sources/location-sync.js';
import { type GraphContext } from '../context.js';
import { ExchangeNode, requireInspection, showExchange } from './exchange-node.js';

const LocationDifferenceEnum = {
  NEW: 'new',
  MOVED: 'moved',
  RENAMED: 'renamed',
  RETYPED: 'retyped',
  GONE: 'gone',
  RETURNED: 'returned',
} as const;
registerEnumType(LocationDifferenceEnum, {
  name: 'LocationDifferenceKind',
  description: 'How a place of a list differs from what was known of it.',
  valuesConfig: {
    NEW: { description: 'It was not known.' },
    MOVED: { description: 'Another place contains it.' },
    RENAMED: { description: 'It is called otherwise.' },
    RETYPED: { description: 'It is of another kind.' },
    GONE: { description: 'It is in the list no longer; it is kept.' },
    RETURNED: { description: 'It is in the list again.' },
  },
});

@ObjectType('LocationDifference', {
  description: 'One way in which a list of places differs from what was known.',
  simpleResolvers: true,
})
class LocationDifferenceNode {
  @Field(() => LocationDifferenceEnum, { description: 'Which way.' })
  readonly kind: LocationDifference['kind'];

  @Field(() => String, { description: 'Id of the place at the source.' })
  readonly externalId: string;

  @Field(() => String, { description: 'What the list calls it, or called it last.' })
  readonly name: string;

  @Field(() => String, {
    nullable: true,
    description: 'The name, the kind, or the id at the source of the place around it, as it was.',
  })
  readonly before: string | null;

  @Field(() => String, { nullable: true, description: 'The same as it is now.' })
  readonly after: string | null;

  constructor(difference: LocationDifference) {
    this.kind = difference.kind;
    this.externalId = difference.externalId;
    this.name = difference.name;
    this.before = difference.before;
    this.after = difference.after;
  }
}

@ObjectType('LocationSync', {
  description: 'What reading a list of places did. Each listed place is one of created, updated and unchanged.',
  simpleResolvers: true,
})
export class LocationSyncNode {
  @Field(() => Int, { description: 'Places in the list.' })
  readonly total: number;

  @Field(() => Int, { description: 'Places that were new.' })
  readonly created: number;

  @Field(() => Int, { description: 'Places known before that differ in any way.' })
  readonly updated: number;

  @Field(() => Int, { description: 'Places that are as they were.' })
  readonly unchanged: number;

  @Field(() => Int, { description: 'Places that another place contains now.' })
  readonly moved: number;

  @Field(() => Int, { description: 'Places that are called otherwise.' })
  readonly renamed: number;

  @Field(() => Int, { description: 'Places of another kind than before.' })
  readonly retyped: number;

  @Field(() => Int, { description: 'Places that this list has no longer and the one before had; they are kept.' })
  readonly gone: number;

  @Field(() => Int, { description: 'Places that were gone and are in the list again.' })
  readonly returned: number;

  @Field(() => [LocationDifferenceNode], {
    description: 'Each difference in the order of the list, those that are gone last; at most 1000.',
  })
  readonly differences: readonly LocationDifferenceNode[];

  @Field(() => Int, { description: 'Places that no other contains.' })
  readonly roots: number;

  @Field(() => [String], { description: 'Ids, at the source, of places whose parent is in no list.' })
  readonly orphans: readonly string[];

  @Field(() => Int, { description: 'Places of any earlier list that are not in this one; they are kept.' })
  readonly noLongerListed: number;

  @Field(() => [String], { description: 'What was wrong with the list, a sentence each.' })
  readonly problems: readonly string[];

  constructor(
    result: LocationSyncResult,
    private readonly sent: Exchange | null,
  ) {
    this.total = result.total;
    this.created = result.created;
    this.updated = result.updated;
    this.unchanged = result.unchanged;
    this.moved = result.counts.moved;
    this.renamed = result.counts.renamed;
    this.retyped = result.counts.retyped;
    this.gone = result.counts.gone;
    this.returned = result.counts.returned;
    this.differences = result.differences.map((difference) => new LocationDifferenceNode(difference));
    this.roots = result.roots;
    this.orphans = result.orphans;
    this.noLongerListed = result.noLongerListed;
    this.problems = result.problems;
  }
  @Field(() => ExchangeNode, {
    nullable: true,
    description: 'How the list was asked for, and the list as it came. Needs scope `dci.inspect`.',
  })
  async exchange(@Ctx() context: GraphContext): Promise<ExchangeNode | null> {
    requireInspection(context, 'nobody');
    return this.sent && (await showExchange(context, this.sent));
  }
}
