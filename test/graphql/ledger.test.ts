import { createPool } from '../../src/database/pool.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import { globalId } from '../../src/graphql/global-id.js';
import { FAMILY, insertFamily } from './known-family.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

interface Row {
  people: string[];
  fields: string[];
  actor: string;
  purpose: string | null;
  evidence: boolean;
}

describe('an answer about people', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
    await insertFamily(graph.database.pool);
  });
  afterAll(() => graph.close());

  const lastDisclosure = async (): Promise<Row | undefined> => {
    const { rows } = await graph.database.pool.query<Row>(
      `select array(select i.id::text from individuals i where i.ledger_key = any(d.people) order by i.id) as people,
         d.fields, d.actor, d.purpose,
         exists (select from disclosure_evidence e where e.audit_entry_id = d.audit_entry_id) as evidence
       from disclosures d order by d.audit_entry_id desc limit 1`,
    );
    return rows[0];
  };
  const entries = async (): Promise<number> => {
    const { rows } = await graph.database.pool.query<{ count: number }>('select count(*) from audit_entries');
    return rows[0]?.count ?? 0;
  };

  const { mother, father, son, baby, group } = FAMILY;
  test.each<[string, string, string[], string[]]>([
    [
      'of one person',
      `{ individual(id: "${globalId('Individual', mother)}") { sex name { full } } }`,
      [mother],
      ['individual.name', 'individual.sex'],
    ],
    [
      'of relatives',
      `{ individual(id: "${globalId('Individual', son)}") { id mother { birthDate } father { id } } }`,
      [mother, father, son],
      ['individual.birth_date', 'individual.relationships'],
    ],
    [
      'of a group, which tells of all its members',
      `{ group(id: "${globalId('Group', group)}") { name } }`,
      [mother, son, baby],
      ['group.group_name'],
    ],
    [
      'of a group of a person, which tells of that one',
      `{ individual(id: "${globalId('Individual', baby)}") { groups { name } } }`,
      [baby],
      ['group.group_name', 'individual.memberships'],
    ],
    [
      'of where a page ends, which is the name of somebody',
      '{ individuals(first: 1, sort: [{ field: BIRTH_DATE }]) { pageInfo { endCursor } } }',
      [father],
      ['individual.birth_date'],
    ],
    [
      'of where a page of groups begins',
      '{ groups(first: 1, sort: [{ field: NAME }]) { pageInfo { startCursor } } }',
      [mother, son, baby],
      ['group.group_name'],
    ],
    ['of how many there are', '{ individuals { totalCount } }', [], []],
    ['of nobody, who was searched for', '{ individual(identifier: { type: "NID", value: "none" }) { sex } }', [], []],
  ])('%s is on record with everybody it tells of and what', async (_, query, people, fields) => {
    graph.callAs({});
    const { errors } = await graph.ask(query);
    expect(errors).toBeUndefined();
    expect(await lastDisclosure()).toEqual({
      people: [...people].sort(),
      fields,
      actor: 'client:tests',
      purpose: null,
      evidence: false,
    });
  });

  test('keeps purpose and consent that the caller gives', async () => {
    const body = {
      query: '{ individuals(first: 1) { nodes { sex } } }',
      extensions: { purpose: 'social protection', consent: { id: 'c-1' } },
    };
    expect((await graph.post(JSON.stringify(body))).status).toBe(200);
    expect(await lastDisclosure()).toMatchObject({ purpose: 'social protection', evidence: true });
    const wrong = await graph.post(JSON.stringify({ ...body, extensions: { purpose: 7 } }));
    expect(await wrong.json()).toMatchObject({ data: null, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test('is not written down where nobody is asked about, or nothing was allowed', async () => {
    graph.callAs({});
    await graph.ask('{ locations { nodes { id } } __typename }');
    const before = await entries();
    await graph.ask('{ locations { nodes { name } } dataSources { code } }');
    graph.callAs({ scopes: ['graph.read'] });
    await graph.ask(`{ individual(id: "${globalId('Individual', mother)}") { sex } }`);
    expect(await entries()).toBe(before);
  });

  test('is on record where a part of it failed: a number tells of somebody too', async () => {
    graph.callAs({});
    const before = await entries();
    const { data, errors } = await graph.ask('{ individuals { totalCount } individual(id: "none") { id } }');
    expect(data).toMatchObject({ individuals: { totalCount: 5 }, individual: null });
    expect(errors).toHaveLength(1);
    expect(await entries()).toBe(before + 1);
  });

  test('does not leave where the caller was told of enough people in the hour', async () => {
    graph.callAs({ actor: 'client:greedy', access: { ...FULL_ACCESS, recordsPerHour: 6 } });
    const query = '{ individuals(first: 5) { nodes { name { full } } } }';
    expect((await graph.ask(query)).errors).toBeUndefined();
    const response = await graph.post(JSON.stringify({ query }));
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.json()).toEqual({
      data: null,
      errors: [{ message: expect.any(String) as string, extensions: { code: 'RECORD_BUDGET_SPENT' } }],
    });
  });

  test('does not leave where it cannot be written down', async () => {
    graph.callAs({});
    const owner = createPool(graph.database.ownerUrl, { size: 1 });
    await owner.query('alter table audit_entries rename to audit_entries_away');
    try {
      const response = await graph.post(
        JSON.stringify({ query: '{ individuals(first: 5) { nodes { name { full } } } }' }),
      );
      expect(response.status).toBe(503);
      const text = await response.text();
      expect(text).toContain('INTERNAL_SERVER_ERROR');
      expect(text).not.toMatch(/Okoro|audit_entries/u);
    } finally {
      await owner.query('alter table audit_entries_away rename to audit_entries');
      await owner.end();
    }
  });

  test('can be read by whoever may read the audit, for the person and as a whole', async () => {
    graph.callAs({});
    const query = `{ individual(id: "${globalId('Individual', mother)}") { disclosures(first: 2) {
      nodes { actor action fields purpose at } pageInfo { hasNextPage }
    } } auditEntries(first: 1, action: "graph.answered") { nodes { action actor detail position } } }`;
    const { data, errors } = await graph.ask(query);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      individual: { disclosures: { nodes: [{ action: 'graph.answered' }, { action: 'graph.answered' }] } },
      auditEntries: { nodes: [{ action: 'graph.answered' }] },
    });
    graph.callAs({ scopes: ['graph.read', 'graph.personal'] });
    expect((await graph.ask(query)).errors?.map(({ extensions }) => extensions?.['code'])).toContain('FORBIDDEN');
  });
});
