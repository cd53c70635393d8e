import { generateKeyPairSync } from 'node:crypto';
import {
  ApiClientsDocument,
  CreateApiClientDocument,
  type CreateApiClientInput,
  CreateRoleDocument,
  RemoveRoleDocument,
  RevokeApiClientSecretDocument,
  RolesDocument,
  RotateApiClientSecretDocument,
  UpdateApiClientDocument,
  UpdateRoleDocument,
} from '../../schema/generated/graphql.js';
import { globalId } from '../../src/graphql/global-id.js';
import { authenticateClient } from '../../src/security/clients.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

let graph: TestGraph;
let place: string;
beforeAll(async () => {
  graph = await openTestGraph();
  const { rows } = await graph.database.pool.query<{ id: string }>(
    "insert into locations (name) values ('Kanyama') returning id",
  );
  place = globalId('Location', rows[0]?.id ?? '');
});
afterAll(() => graph.close());

async function create(input: CreateApiClientInput) {
  const { createApiClient } = await graph.run(CreateApiClientDocument, { input });
  if (createApiClient.__typename !== 'IssuedSecret') throw new Error(createApiClient.message);
  return { clientId: createApiClient.client.clientId, clientSecret: createApiClient.clientSecret };
}

const find = async (clientId: string) => {
  const { apiClients } = await graph.run(ApiClientsDocument, {});
  return apiClients.find((client) => client.clientId === clientId);
};

test('a role is made, given to a client, changed for all who have it, and removed when nobody has it', async () => {
  const limits = { registries: ['SOCIAL' as const], within: [place], largestPage: 20 };
  const { createRole } = await graph.run(CreateRoleDocument, { name: 'caseworker', input: { limits } });
  expect(createRole).toMatchObject({ name: 'caseworker', limits: { registries: ['SOCIAL'], largestPage: 20 } });
  const { clientId } = await create({ name: 'District' });
  const given = await graph.run(UpdateApiClientDocument, { clientId, input: { role: 'caseworker' } });
  expect(given.updateApiClient).toMatchObject({ role: 'caseworker' });

  await graph.run(UpdateRoleDocument, {
    name: 'caseworker',
    input: { description: 'Offices', limits: { largestPage: null } },
  });
  const { roles } = await graph.run(RolesDocument, {});
  expect(roles).toMatchObject([
    { name: 'caseworker', description: 'Offices', clientCount: 1, limits: { within: [place], largestPage: null } },
  ]);
  const refused = await graph.run(RemoveRoleDocument, { name: 'caseworker' });
  expect(refused.removeRole).toMatchObject({ __typename: 'Refusal', code: 'ROLE_IN_USE', field: 'name' });
  await graph.run(UpdateApiClientDocument, { clientId, input: { role: null } });
  const { removeRole } = await graph.run(RemoveRoleDocument, { name: 'caseworker' });
  expect(removeRole).toEqual({ __typename: 'Role', name: 'caseworker' });
});

test('limits and settings of a client are changed: null takes a limit away, what is absent stays', async () => {
  const { clientId } = await create({ name: 'Limited' });
  const jwk = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig' };
  await graph.run(UpdateApiClientDocument, {
    clientId,
    input: {
      limits: { never: ['individual.phone_number'], operators: ['EQ'], recordsPerHour: 10 },
      signature: 'REQUIRED',
      outboundSignature: 'JWS_DETACHED',
      jwks: { keys: [jwk] },
      consentRequired: true,
    },
  });
  await graph.run(UpdateApiClientDocument, { clientId, input: { limits: { never: null, sensitivities: ['PUBLIC'] } } });
  expect(await find(clientId)).toMatchObject({
    name: 'Limited',
    limits: { never: null, operators: ['EQ'], sensitivities: ['PUBLIC'], recordsPerHour: 10 },
    signature: 'REQUIRED',
    outboundSignature: 'JWS_DETACHED',
    jwks: { keys: [jwk] },
    consentRequired: true,
  });
});

test('of two secrets the older can be ended, and no text of a secret is told again', async () => {
  const { pool } = graph.database;
  const { clientId, clientSecret } = await create({ name: 'Two secrets' });
  await graph.run(RotateApiClientSecretDocument, { clientId, overlapSeconds: 3600 });
  expect(await authenticateClient(pool, graph.keys, clientId, clientSecret ?? '')).not.toBeNull();
  const before = await find(clientId);
  expect(before?.secrets).toMatchObject([{ isActive: true }, { isActive: true, expiresAt: null }]);
  expect(before?.secrets[0]?.lastUsedAt).not.toBeNull();
  const secretId = before?.secrets[0]?.id ?? '';
  const { revokeApiClientSecret } = await graph.run(RevokeApiClientSecretDocument, { clientId, secretId });
  expect(revokeApiClientSecret).toMatchObject({ secrets: [{ id: before?.secrets[1]?.id, isActive: true }] });
  expect(await authenticateClient(pool, graph.keys, clientId, clientSecret ?? '')).toBeNull();
  const again = await graph.run(RevokeApiClientSecretDocument, { clientId, secretId });
  expect(again.revokeApiClientSecret).toMatchObject({ code: 'CLIENT_SECRET_UNKNOWN', field: 'secretId' });
  expect(JSON.stringify(await find(clientId))).not.toContain('dci_');
});

test.each([
  ['a role that is not there', { role: 'nobody' }, 'ROLE_UNKNOWN', 'role'],
  ['a misspelt field', { limits: { only: ['individual.nmae'] } }, 'ACCESS_INVALID', 'limits'],
  ['a private key', { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'k' }] } }, 'JWKS_INVALID', 'jwks'],
  ['assertions without keys', { authentication: 'PRIVATE_KEY_JWT' as const }, 'CLIENT_KEYS_REQUIRED', 'jwks'],
])('an administrator is told what is wrong with %s', async (title, input, code, field) => {
  const { clientId } = await create({ name: `Wrong: ${title}` });
  const { updateApiClient } = await graph.run(UpdateApiClientDocument, { clientId, input });
  expect(updateApiClient).toMatchObject({ __typename: 'Refusal', code, field });
  expect(JSON.stringify(updateApiClient)).not.toContain('c2VjcmV0');
});

test('a client that signs assertions is made without a secret', async () => {
  const jwk = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'k' };
  const made = await create({ name: 'Signs', authentication: 'PRIVATE_KEY_JWT', jwks: { keys: [jwk] } });
  expect(made.clientSecret).toBeNull();
  expect(await find(made.clientId)).toMatchObject({ authentication: 'PRIVATE_KEY_JWT', secrets: [] });
});

test('every act is on record under the name of the caller, and nothing is done without the scope admin', async () => {
  const { rows } = await graph.database.pool.query<{ action: string }>(
    "select distinct action from audit_entries where actor = 'client:tests' order by action",
  );
  expect(rows.map(({ action }) => action)).toEqual(
    expect.arrayContaining([
      'client.created',
      'client.updated',
      'client.secret_revoked',
      'role.created',
      'role.removed',
    ]),
  );
  graph.callAs({ scopes: ['graph.read', 'graph.personal', 'audit.read'] });
  for (const document of [
    '{ roles { name } }',
    '{ apiClients { name } }',
    'mutation { createRole(name: "x", input: {}) { __typename } }',
    'mutation { updateRole(name: "x", input: {}) { __typename } }',
    'mutation { removeRole(name: "x") { __typename } }',
    'mutation { updateApiClient(clientId: "x", input: {}) { __typename } }',
    'mutation { revokeApiClientSecret(clientId: "x", secretId: "y") { __typename } }',
  ]) {
    const { errors } = await graph.ask(document);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
});
