import { Ctx, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { BirthDateBound, SearchCriteria } from '../../imports/search-criteria.js';
import type { GraphContext } from '../context.js';
import { DataSourceNode } from '../data-sources/data-source-node.js';
import { globalId } from '../global-id.js';
import { LocationNode } from '../locations/location-node.js';
import { DateScalar, DateTimeScalar } from '../scalars.js';
import { ImportScheduleNode } from './import-schedule-node.js';

/** Keys are the names in the graph. */
export const VitalEventEnum = { BIRTH: 'birth', DEATH: 'death', MARRIAGE: 'marriage' } as const;
registerEnumType(VitalEventEnum, {
  name: 'VitalEvent',
  description: 'What a civil register registers.',
  valuesConfig: {
    BIRTH: { description: 'Births: children with their parents.' },
    DEATH: { description: 'Deaths: who has died is known as deceased from then on.' },
    MARRIAGE: { description: 'Marriages: the two are related.' },
  },
});

@ObjectType('BirthDateBound', { description: 'One end of a range of birth dates.', simpleResolvers: true })
class BirthDateBoundNode {
  @Field(() => DateScalar, { description: 'The day.' })
  readonly date: string;

  @Field(() => Boolean, { description: 'Whether the day itself belongs to the range.' })
  readonly inclusive: boolean;

  constructor({ date, inclusive }: BirthDateBound) {
    this.date = date;
    this.inclusive = inclusive;
  }
}

@ObjectType('SearchCriteria', {
  description: 'What an operator asks another registry for. After a fetch that succeeded it is locked.',
  simpleResolvers: true,
})
export class SearchCriteriaNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, { description: 'Name for people; no two are equal.' })
  readonly name: string;

  @Field(() => VitalEventEnum, { description: 'Which register is asked.' })
  readonly event: SearchCriteria['event'];

  @Field(() => Boolean, {
    description: 'Whether a record of somebody who is unknown here makes a person; else it is skipped, and says so.',
  })
  readonly makesPeople: boolean;

  @Field(() => DateScalar, { nullable: true, description: 'First day of the death or marriage that is asked for.' })
  readonly eventFrom: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Last day of the death or marriage that is asked for.' })
  readonly eventUntil: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Asks for what happened within so many days before the run, in place of a range of dates.',
  })
  readonly withinDays: number | null;

  @Field(() => String, { nullable: true, description: 'Asks for those born in a place of this type.' })
  readonly locationType: string | null;

  @Field(() => BirthDateBoundNode, { nullable: true, description: 'The earliest birth date that is asked for.' })
  readonly bornFrom: BirthDateBoundNode | null;

  @Field(() => BirthDateBoundNode, { nullable: true, description: 'The latest birth date that is asked for.' })
  readonly bornUntil: BirthDateBoundNode | null;

  @Field(() => Boolean, { description: 'Whether fetching must be enabled before the next fetch.' })
  readonly locked: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when it is locked.' })
  readonly lockedAt: Date | null;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt: Date;

  @Field(() => DateTimeScalar, { description: 'When it was last changed.' })
  readonly updatedAt: Date;

  constructor(private readonly record: SearchCriteria) {
    this.id = globalId('SearchCriteria', record.id);
    this.name = record.name;
    this.event = record.event;
    this.makesPeople = record.makesPeople;
    this.eventFrom = record.eventFrom;
    this.eventUntil = record.eventUntil;
    this.withinDays = record.withinDays;
    this.locationType = record.locationType;
    this.bornFrom = record.bornFrom && new BirthDateBoundNode(record.bornFrom);
    this.bornUntil = record.bornUntil && new BirthDateBoundNode(record.bornUntil);
    this.locked = record.lockedAt !== null;
    this.lockedAt = record.lockedAt;
    this.createdAt = record.createdAt;
    this.updatedAt = record.updatedAt;
  }

  @Field(() => DataSourceNode, { description: 'The registry that is asked.' })
  async dataSource(@Ctx() { operatorLoaders }: GraphContext): Promise<DataSourceNode> {
    return new DataSourceNode(await operatorLoaders.dataSourceById.load(this.record.dataSourceId));
  }

  @Field(() => ImportScheduleNode, { nullable: true, description: 'When it is fetched by itself; null: never.' })
  async schedule(@Ctx() { operatorLoaders }: GraphContext): Promise<ImportScheduleNode | null> {
    const schedule = await operatorLoaders.scheduleByCriteria.load(this.record.id);
    return schedule && new ImportScheduleNode(schedule);
  }

  @Field(() => LocationNode, { nullable: true, description: 'Asks for those born here or anywhere below.' })
  async location(@Ctx() { loaders }: GraphContext): Promise<LocationNode | null> {
    return LocationNode.load(loaders, this.record.locationId);
  }
}
