import { ArgsType, Field, InputType, ObjectType } from 'type-graphql';
import type { Access } from '../../record/access.js';
import type { Catalogue } from '../../record/catalogue.js';
import type { Json, JsonObject } from '../../record/json.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind } from '../../record/registry-kind.js';
import type { GraphContext } from '../context.js';
import { LimitProblem } from '../limit-problem.js';
import { JsonScalar } from '../scalars.js';
import { fieldOfValue } from './attribute-field.js';

/** Most attributes that are asked for or written at once. */
const MOST_ATTRIBUTES = 100;

@ObjectType('AttributeValue', {
  description: "An attribute of a record that is no field of its own: a country's, or one of the standard's many.",
  simpleResolvers: true,
})
export class AttributeValueNode {
  @Field(() => String, { description: 'Name of the attribute; a point leads into an object within it.' })
  readonly name: string;

  @Field(() => JsonScalar, { nullable: true, description: 'What is held.' })
  readonly value: Json;

  constructor(name: string, value: Json) {
    this.name = name;
    this.value = value;
  }
}

@ArgsType()
export class AttributeNames {
  @Field(() => [String], {
    nullable: true,
    description:
      'Which attributes, by name (`poverty_score`, `farm_details.0.land_size`); by default all that are held.',
  })
  names?: readonly string[] | null;
}

/** Whose attributes are asked for, and by whom. */
interface AskedAttributes {
  readonly record: RecordKind;
  readonly names: AttributeNames['names'];
  readonly context: GraphContext;
}

/**
 * The attributes that are held, of those that are named. Throws `BAD_USER_INPUT` where the caller names one that it is
 * not shown; by default it gets all that it is.
 */
export async function attributeValues(
  attributes: JsonObject,
  { record, names, context }: AskedAttributes,
): Promise<AttributeValueNode[]> {
  const { shown, caller } = context;
  if (names && !caller.access.fields.isAll) checkNames(names, record, await context.catalogue(), caller.access);
  const values = heldValues(attributes, names);
  for (const { name } of values) shown.addAttribute(record, name.split('.')[0] ?? name);
  return values;
}

function checkNames(names: readonly string[], record: RecordKind, catalogue: Catalogue, { fields }: Access): void {
  const hidden = names.find((name) => !fields.has(fieldOfValue(record, name, catalogue)));
  if (hidden !== undefined) {
    const message = `names has ${JSON.stringify(hidden.slice(0, 60))}, which is not shown to you`;
    throw new LimitProblem('fields', 'BAD_USER_INPUT', message);
  }
}

/** The attributes that are held, of those that are named. */
export function heldValues(attributes: JsonObject, names: AttributeNames['names']): AttributeValueNode[] {
  const wanted = [...new Set(names ?? Object.keys(attributes).sort())];
  if (names && wanted.length > MOST_ATTRIBUTES) throw tooMany('names');
  return wanted.flatMap((name) => {
    const value = valueAt(attributes, name);
    return value === undefined ? [] : [new AttributeValueNode(name, value)];
  });
}

function valueAt(attributes: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name];
  let value: Json | undefined = attributes;
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Object.entries<Json>(value).find(([own]) => own === key)?.[1];
  }
  return value;
}

@InputType({ description: 'An attribute to be written.' })
export class AttributeValueInput {
  @Field(() => String, { description: 'Name of the attribute.' })
  readonly name!: string;

  @Field(() => JsonScalar, { nullable: true, description: 'What is to be held; null takes the attribute away.' })
  readonly value?: Json | undefined;
}

/** The attributes to be merged into those held. Throws `BAD_USER_INPUT` where one is named twice. */
export function readAttributeValues(inputs: readonly AttributeValueInput[]): JsonObject {
  if (inputs.length > MOST_ATTRIBUTES) throw tooMany('input.attributes');
  const names = inputs.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Problem('BAD_USER_INPUT', 'input.attributes names an attribute twice');
  return Object.fromEntries(inputs.map(({ name, value }) => [name, value ?? null]));
}

function tooMany(path: string): Problem {
  return new Problem('BAD_USER_INPUT', `${path} may have at most ${String(MOST_ATTRIBUTES)} attributes`);
}
