import { Args, Field, ID, ObjectType } from 'type-graphql';
import type { Programme } from '../../record/enrolment.js';
import { AttributeNames, AttributeValueNode, heldValues } from '../attributes/attribute-value.js';
import { globalId } from '../global-id.js';

@ObjectType('Programme', { description: 'A programme of social protection.', simpleResolvers: true })
export class ProgrammeNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, { description: 'The number or code under which registries know it.' })
  readonly identifier: string;

  @Field(() => String, { nullable: true, description: 'Name for people.' })
  readonly name: string | null;

  @Field(() => String, { nullable: true, description: 'What it is.' })
  readonly description: string | null;

  constructor(private readonly record: Programme) {
    this.id = globalId('Programme', record.id);
    this.identifier = record.identifier;
    this.name = record.name;
    this.description = record.description;
  }

  @Field(() => [AttributeValueNode], { description: 'Institution, legal status, benefits and what a country adds.' })
  attributes(@Args(() => AttributeNames) { names }: AttributeNames): AttributeValueNode[] {
    return heldValues(this.record.attributes, names);
  }
}
