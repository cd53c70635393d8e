import { PeopleElsewhereDocument } from '../../schema/generated/graphql.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import { FieldSet } from '../../src/record/fields.js';
import type { Caller } from '../../src/security/bearer.js';
import { createDataSource } from '../../src/sources/data-sources.js';
import { addPerson } from '../registry/people.js';
import { operator } from '../security/operator.js';
import { json, type LocalPeer, startLocalPeer } from '../sources/local-peer.js';
import { readSearchBody, SEARCH } from '../sources/dci-peer.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

interface Remote {
  readonly name: { readonly full: string | null } | null;
}
interface Answer {
  readonly individuals: { readonly nodes: readonly { readonly remote: readonly Remote[] | null }[] };
}

let graph: TestGraph;
let register: MockRegistry;
let peer: LocalPeer;
const names = new Map<string, string>();

beforeAll(async () => {
  [graph, register, peer] = await Promise.all([
    openTestGraph({ answerSeconds: 3 }),
    startMockRegistry({ births: 80, seed: 11 }),
    startLocalPeer(),
  ]);
  const { pool } = graph.database;
  const admin = operator(pool);
  const crvs = {
    code: 'crvs',
    name: 'Civil register',
    baseUrl: register.url,
    dialect: 'opencrvs-1.0',
    credentialLocation: 'query',
    clientId: register.clientId,
    clientSecret: register.clientSecret,
  };
  await createDataSource(pool, graph.keys, crvs, admin);
  const scripted = { code: 'peer', name: 'Peer', baseUrl: peer.baseUrl, authType: 'none', timeoutMs: 60_000 };
  await createDataSource(pool, graph.keys, scripted, admin);
  const { data } = await graph.ask<{ registrySearch: { individuals: RemotePerson[] } }>(
    `{ registrySearch(source: "crvs", filter: { birthDate: { ge: "1900-01-01", le: "2099-12-31" } }, page: { size: 100 }) {
        individuals { identifiers { type value } name { full } } } }`,
  );
  for (const { identifiers, name } of data?.registrySearch.individuals ?? []) {
    const brn = identifiers.find(({ type }) => type === 'BRN')?.value;
    if (brn !== undefined && names.size < 50) names.set(brn, name?.full ?? '');
  }
  for (const brn of names.keys()) await addPerson(pool, { family: 'Ours', sex: 'female', identifiers: { BRN: brn } });
  await addPerson(pool, { family: 'Passport', sex: 'male', identifiers: { PASSPORT: 'P-1' } });
});
afterAll(async () => {
  await Promise.all([register.close(), peer.close()]);
  await graph.close();
});
beforeEach(() => graph.callAs({}));

interface RemotePerson {
  readonly identifiers: readonly { readonly type: string; readonly value: string }[];
  readonly name: { readonly full: string | null } | null;
}

const OURS = { name: { contains: 'Ours' } };
const noted = async () => {
  const { rows } = await graph.database.pool.query<{ detail: unknown }>(
    `select detail from audit_entries where action = 'registry.searched' order by id desc limit 1`,
  );
  return rows[0]?.detail;
};

test('fifty people of a page are one message with fifty items, and nothing of it is stored', async () => {
  expect(names.size).toBe(50);
  const before = { ...register.asked };
  const held = await graph.database.pool.query('select * from individuals order by id');
  const { individuals } = await graph.run(PeopleElsewhereDocument, { source: 'crvs', filter: OURS, first: 50 });
  const told = individuals.nodes.map(({ remote }) => remote?.map(({ name }) => name?.full));
  expect(told.flat().sort()).toEqual([...names.values()].sort());
  expect(register.asked.search - before.search).toBe(1);
  // The token of the search above is still good.
  expect(register.asked.token).toBe(1);
  expect(JSON.stringify(register.searches.at(-1)).match(/"reference_id"/gu)).toHaveLength(50);
  expect(await noted()).toEqual({ source: 'crvs', questions: 50, people: 50 });
  expect((await graph.database.pool.query('select * from individuals order by id')).rows).toEqual(held.rows);
});

test('somebody whom the other registry cannot be asked for is an error of that field alone', async () => {
  const { data, errors } = await graph.ask<Answer>(PeopleElsewhereDocument, { source: 'crvs', first: 51 });
  expect(data?.individuals.nodes.filter(({ remote }) => remote !== null)).toHaveLength(50);
  expect(errors).toHaveLength(1);
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'REMOTE_NOT_ASKABLE' } });
  expect(errors?.[0]?.path?.at(-1)).toBe('remote');
});

test('rejected and lost items are errors of their own fields, and the others answer', async () => {
  let place = 0;
  peer.on(SEARCH, (request, response) => {
    const { header, message } = readSearchBody(request.body);
    const search_response = message.search_request.flatMap<object>(({ reference_id }) => {
      place += 1;
      if (place === 1) return [];
      if (place === 2) return [{ reference_id, status: 'rjct', status_reason_message: 'not this one' }];
      return [{ reference_id, status: 'succ', data: { reg_records: [{ name: { given_name: 'Found' } }] } }];
    });
    json({ header: { ...header, status: 'succ' }, message: { search_response } })(request, response);
  });
  const { data, errors } = await graph.ask<Answer>(PeopleElsewhereDocument, { source: 'peer', filter: OURS, first: 5 });
  expect(data?.individuals.nodes.map(({ remote }) => remote?.length ?? null)).toEqual([null, null, 1, 1, 1]);
  expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
    'SOURCE_ANSWER_INCOMPLETE',
    'SOURCE_REJECTED_REQUEST',
  ]);
});

test('a registry that hangs leaves the rest of the answer as it is, before the time of the request is over', async () => {
  peer.on(SEARCH, () => undefined);
  const { data, errors } = await graph.ask<Answer & { crvs: unknown }>(
    `query ($filter: IndividualFilter!) {
       individuals(filter: $filter, first: 2) { nodes { name { family } remote(source: "peer") { sex } } }
       crvs: registrySearch(source: "crvs", filter: { identifier: { type: "BRN", value: "none" } }) { total }
       peer: registrySearch(source: "peer", filter: { identifier: { type: "BRN", value: "none" } }) { total } }`,
    { filter: OURS },
  );
  expect(data).toMatchObject({ individuals: { nodes: [{ name: { family: 'Ours' }, remote: null }, {}] }, peer: null });
  expect(data?.crvs).not.toBeNull();
  expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(Array(3).fill('SOURCE_TIMEOUT'));
});

test('several searches of one registry in a document are one message', async () => {
  const before = register.asked.search;
  const [one, other] = names.keys();
  const { data, errors } = await graph.ask(
    `query ($one: String!, $other: String!) {
       one: registrySearch(source: "crvs", filter: { identifier: { type: "BRN", value: $one } }) { individuals { sex } }
       other: registrySearch(source: "crvs", filter: { identifier: { type: "BRN", value: $other } }) { individuals { sex } }
       again: registrySearch(source: "crvs", filter: { identifier: { type: "BRN", value: $one } }) { individuals { sex } }
       bad: registrySearch(source: "crvs", filter: { sex: { eq: MALE } }) { total } }`,
    { one, other },
  );
  const found = { individuals: [expect.anything()] };
  expect(data).toMatchObject({ one: found, other: found, again: found, bad: null });
  expect(errors).toMatchObject([{ path: ['bad'], extensions: { code: 'FILTER_NOT_EXPRESSIBLE' } }]);
  expect(register.asked.search - before).toBe(1);
});

test.each<[string, Partial<Caller>]>([
  ['who may not see people', { scopes: ['graph.read'] }],
  [
    'whose rows are limited',
    { access: { ...FULL_ACCESS, rows: { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['female'] } } },
  ],
  [
    'who is not shown identifiers',
    { access: { ...FULL_ACCESS, fields: new FieldSet([{ only: ['individual.name'] }]) } },
  ],
])('nothing is asked for a caller %s', async (_who, caller) => {
  const before = register.asked.search;
  graph.callAs(caller);
  const { errors } = await graph.ask(PeopleElsewhereDocument, { source: 'crvs', first: 2 });
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  expect(register.asked.search).toBe(before);
});
