import { Field, ID, InputType } from 'type-graphql';
import type { PlaceToWrite, Reference } from '../../record/registry-record.js';
import { readGlobalId } from '../global-id.js';
import { IdentifierInput } from '../individuals/person-name.js';
import { identifierType } from '../individuals/read-individual-filter.js';

@InputType({ description: 'Points at a person whom the registry holds: by id, or by any identifier.' })
export class PersonReference {
  @Field(() => ID, { nullable: true, description: 'Global id.' })
  id?: string | null;

  @Field(() => [IdentifierInput], { nullable: true, description: 'Identifiers of the one person.' })
  identifiers?: IdentifierInput[] | null;
}

@InputType({ description: 'Points at a group that the registry holds: by id, or by any identifier.' })
export class GroupReference {
  @Field(() => ID, { nullable: true, description: 'Global id.' })
  id?: string | null;

  @Field(() => [IdentifierInput], { nullable: true, description: 'Identifiers of the one group.' })
  identifiers?: IdentifierInput[] | null;
}

@InputType({ description: 'A place: of the tree by its id or by a name that only one has, or in words.' })
export class PlaceInput {
  @Field(() => ID, { nullable: true, description: 'Global id of a location.' })
  location?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of a location.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'The place in words.' })
  text?: string | null;
}

/** What the writer looks a record up by. Throws `BAD_USER_INPUT` for an id of another type. */
export function readReference(
  type: 'Individual' | 'Group' | 'Farmer' | 'Disability' | 'Enrolment',
  { id, identifiers }: PersonReference | GroupReference,
  path: string,
): Reference {
  return {
    ...(typeof id === 'string' ? { id: readGlobalId(type, id, `${path}.id`) } : {}),
    ...(identifiers
      ? { identifiers: identifiers.map((one) => ({ type: identifierType(one.type) ?? one.type, value: one.value })) }
      : {}),
  };
}

/** Throws `BAD_USER_INPUT` for an id of another type. */
export function readPlace({ location, name, text }: PlaceInput, path: string): PlaceToWrite {
  return {
    ...(typeof location === 'string' ? { locationId: readGlobalId('Location', location, `${path}.location`) } : {}),
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof text === 'string' ? { text } : {}),
  };
}
