import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { globalId } from '../../src/graphql/global-id.js';
import { GuardedAgent } from '../../src/security/egress/guarded-agent.js';
import { IssuerKeys } from '../../src/security/issuers/issuer-keys.js';
import { createPersonCheck } from '../../src/security/issuers/person-check.js';
import { addTrustedIssuer } from '../../src/security/issuers/trusted-issuers.js';
import { type KnownClients, watchClients } from '../../src/security/known-clients.js';
import { createRole } from '../../src/security/roles.js';
import { pino } from 'pino';
import { operator } from '../security/operator.js';
import { FAMILY, insertFamily } from './known-family.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

describe('a person with a token of the organisation’s own sign-on', () => {
  let graph: TestGraph;
  let clients: KnownClients;
  let sso: Server;
  let tokenWith: (roles: readonly string[], life?: number) => Promise<string>;
  const agent = new GuardedAgent({ environment: 'test', privateNetworks: null });
  beforeAll(async () => {
    graph = await openTestGraph();
    const { pool, url } = graph.database;
    await insertFamily(pool);
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const published = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] };
    sso = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url === '/keys' ? published : { issuer, jwks_uri: `${issuer}/keys` }));
    }).listen(0, '127.0.0.1');
    await once(sso, 'listening');
    const issuer = `http://127.0.0.1:${String((sso.address() as AddressInfo).port)}`;
    tokenWith = (roles, life = 300) =>
      new SignJWT({ roles })
        .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience('dashboards')
        .setSubject('jane@example.org')
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + life)
        .sign(privateKey);
    await createRole(pool, 'district', { limits: { never: ['individual.birth_date'] } }, operator(pool));
    await addTrustedIssuer(
      pool,
      {
        issuer,
        audience: 'dashboards',
        claim: 'roles',
        grants: { caseworker: { scopes: ['graph.read', 'graph.personal'], role: 'district' } },
      },
      operator(pool),
    );
    clients = watchClients(pool, url);
    const check = createPersonCheck({
      issuers: clients.issuers,
      keys: new IssuerKeys({ agent, log: pino({ level: 'silent' }) }),
      ownIssuer: () => 'https://gateway.example.org',
    });
    graph.recogniseBy(check);
  });
  afterAll(async () => {
    sso.closeAllConnections();
    sso.close();
    await clients.close();
    await agent.close();
    await graph.close();
  });

  const QUERY = JSON.stringify({
    query: `{ individual(id: "${globalId('Individual', FAMILY.son)}") { name { full } birthDate disability { status } } }`,
  });
  const ask = async (token: string): Promise<Response> => graph.post(QUERY, { authorization: `Bearer ${token}` });

  test('is answered within the words of the token and the role that they stand for', async () => {
    const response = await ask(await tokenWith(['caseworker']));
    expect(response.status).toBe(200);
    const { data, errors } = (await response.json()) as { data: unknown; errors: { path: unknown; message: string }[] };
    expect(data).toEqual({ individual: { name: { full: 'Emeka Okoro' }, birthDate: null, disability: null } });
    expect(errors).toEqual([
      expect.objectContaining({ path: ['individual', 'birthDate'] }),
      expect.objectContaining({
        path: ['individual', 'disability'],
        message: expect.stringContaining('graph.sensitive') as string,
      }),
    ]);
  });

  test('is on record without a name', async () => {
    const { rows } = await graph.database.pool.query<{ actor: string }>(
      `select distinct actor from audit_entries where action = 'graph.answered'`,
    );
    expect(rows).toEqual([{ actor: expect.stringMatching(/^person:http:.*#[0-9a-f]{16}$/u) as string }]);
    expect(JSON.stringify(rows)).not.toContain('jane');
  });

  test.each([
    ['that is over', 401, () => tokenWith(['caseworker'], -300)],
    ['that was changed', 401, async () => `${(await tokenWith(['caseworker'])).slice(0, -4)}AAAA`],
    ['without a word that opens anything', 403, () => tokenWith(['cook'])],
  ] as const)('is not answered with a token %s', async (_, status, token) => {
    const response = await ask(await token());
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('Emeka');
  });
});
