import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { buildGraphSchema, writeSchema } from '../../src/graphql/schema.js';

const PROJECT = join(import.meta.dirname, '../..');

describe('the schema', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await buildGraphSchema();
  });

  const ownTypes = () =>
    Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type));

  test('is the one in schema/schema.graphql; otherwise run "npm run schema"', () => {
    expect(readFileSync(join(PROJECT, 'schema/schema.graphql'), 'utf8')).toBe(writeSchema(schema));
  });

  test('describes every type, field, argument and value', () => {
    const silent: string[] = [];
    const check = (path: string, { description }: { description?: string | null | undefined }): void => {
      if (!description?.trim()) silent.push(path);
    };
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    for (const type of ownTypes()) {
      if (!roots.some((root) => root === type)) check(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
      for (const [name, field] of Object.entries<GraphQLField<unknown, unknown> | GraphQLInputField>(
        type.getFields(),
      )) {
        check(`${type.name}.${name}`, field);
        for (const argument of 'args' in field ? field.args : []) {
          check(`${type.name}.${name}(${argument.name})`, argument);
        }
      }
    }
    expect(silent).toEqual([]);
  });

  test('writes enum values in upper case', () => {
    const values = ownTypes().flatMap((type) => (isEnumType(type) ? type.getValues().map(({ name }) => name) : []));
    expect(values.filter((name) => !/^[A-Z][A-Z0-9_]*$/u.test(name))).toEqual([]);
  });

  test('shows a secret only in the answer that makes one', () => {
    const secrets = ownTypes().flatMap((type) =>
      isObjectType(type)
        ? Object.keys(type.getFields())
            .filter((name) => /secret|password|hash|sealed|token/iu.test(name))
            .map((name) => `${type.name}.${name}`)
        : [],
    );
    expect(secrets.sort()).toEqual([
      // When each was made and used, without its text.
      'ApiClient.secrets',
      'DataSource.hasClientSecret',
      'DataSourcePaths.token',
      // Where in a request the credentials go.
      'DataSourceProbe.tokenStyle',
      'IssuedSecret.clientSecret',
      'Mutation.revokeApiClientSecret',
      'Mutation.revokeApiClientTokens',
      'Mutation.rotateApiClientSecret',
    ]);
    const issuers = ownTypes().flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter((field) => String(field.type).includes('IssuedSecret'))
            .map(({ name }) => name)
        : [],
    );
    expect(issuers).toEqual([]);
  });
});

test('the typed documents are those of schema/operations; otherwise run "npm run schema"', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dci-codegen-'));
  try {
    const settings = readFileSync(join(PROJECT, 'codegen.yml'), 'utf8')
      .replaceAll('schema/generated/', `${folder}/`)
      .replace('schema/schema.graphql', join(PROJECT, 'schema/schema.graphql'))
      .replace('schema/operations/', join(PROJECT, 'schema/operations/'));
    const config = join(folder, 'codegen.yml');
    writeFileSync(config, settings);
    const program = join(PROJECT, 'node_modules/@graphql-codegen/cli/cjs/bin.js');
    await promisify(execFile)(process.execPath, [program, '--config', config], { cwd: PROJECT });
    const generated = join(PROJECT, 'schema/generated');
    for (const file of readdirSync(generated)) {
      expect({ file, text: readFileSync(join(folder, file), 'utf8') }).toEqual({
        file,
        text: readFileSync(join(generated, file), 'utf8'),
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
