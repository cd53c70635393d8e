import { Field, InputType, ObjectType } from 'type-graphql';
import { fullName, type Identifier, type PersonName } from '../../record/individual.js';

@ObjectType('PersonName', { description: 'A name in its parts, as written.', simpleResolvers: true })
export class PersonNameNode {
  @Field(() => String, { nullable: true, description: 'The known parts on one line: given, middle, family.' })
  readonly full: string | null;

  @Field(() => String, { nullable: true, description: 'Given name or names.' })
  readonly given: string | null;

  @Field(() => String, { nullable: true, description: 'Names between the given and the family name.' })
  readonly middle: string | null;

  @Field(() => String, { nullable: true, description: 'Family name.' })
  readonly family: string | null;

  constructor(name: PersonName) {
    this.full = fullName(name);
    this.given = name.given;
    this.middle = name.middle;
    this.family = name.family;
  }
}

@ObjectType('Identifier', {
  description: 'A number or code that some authority gave to a person.',
  simpleResolvers: true,
})
export class IdentifierNode implements Identifier {
  @Field(() => String, { description: 'Kind of identifier: `BRN` (birth registration number), `NID`, `UIN`, ...' })
  readonly type!: string;

  @Field(() => String, { description: 'The number or code as written.' })
  readonly value!: string;
}

@InputType({ description: 'An identifier to find one person by.' })
export class IdentifierInput {
  @Field(() => String, { description: 'Kind of identifier: `BRN`, `NID`, `UIN`, ...' })
  readonly type!: string;

  @Field(() => String, { description: 'The number or code; upper and lower case and outer blanks do not matter.' })
  readonly value!: string;
}
