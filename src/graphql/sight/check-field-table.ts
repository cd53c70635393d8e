import { type GraphQLObjectType, type GraphQLSchema, isIntrospectionType, isNonNullType, isObjectType } from 'graphql';
import { FIELD_TABLE, isKnownPart, LIST_TYPE, TYPES_ABOUT_NOBODY } from './field-table.js';

/**
 * What keeps the field table from saying of every field of the schema whom it is shown to, a sentence each: a type or
 * field that it does not know, or that the schema no longer has; and a field that can be withheld but not be null.
 */
export function faultsOfFieldTable(schema: GraphQLSchema): string[] {
  const types = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !isIntrospectionType(type),
  );
  const names = new Set(types.map(({ name }) => name));
  const stale = [...Object.keys(FIELD_TABLE), ...TYPES_ABOUT_NOBODY].filter((name) => !names.has(name));
  return [...stale.map((name) => `${name} is no type of the schema`), ...types.flatMap(faultsOfType)];
}

function faultsOfType(type: GraphQLObjectType): string[] {
  const known = FIELD_TABLE[type.name];
  if (!known) {
    const isKnown = TYPES_ABOUT_NOBODY.has(type.name) || LIST_TYPE.test(type.name);
    return isKnown ? [] : [`${type.name} is missing: say what each of its fields tells of people`];
  }
  const fields = type.getFields();
  return [
    ...Object.keys(known)
      .filter((name) => !(name in fields))
      .map((name) => `${type.name} has no field ${name}`),
    ...Object.values(fields).flatMap((field) => {
      const path = `${type.name}.${field.name}`;
      const told = known[field.name];
      if (!told) return [`${path} is missing: say what it tells of people`];
      return [
        ...told.filter((part) => !isKnownPart(part)).map((part) => `${path} tells of ${part}, which no record has`),
        ...(told.length > 0 && isNonNullType(field.type) ? [`${path} can be withheld and must be nullable`] : []),
      ];
    }),
  ];
}
