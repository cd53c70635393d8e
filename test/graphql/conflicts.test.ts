import { Client } from 'pg';
import { inTransaction } from '../../src/database/transaction.js';
import { globalId } from '../../src/graphql/global-id.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import { type IndividualRecord } from '../../src/record/individual-record.js';
import { ConflictDesk } from '../../src/registry/write-sources/decisions.js';
import { writePage } from '../../src/registry/write-sources/write-page.js';
import { erasedPeople, eraseIndividual } from '../../src/security/erasure/erase-individual.js';
import { Ledger } from '../../src/security/audit/ledger.js';
import { onPage } from '../registry/on-page.js';
import { named, said } from '../registry/said-records.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

const CONFLICTS = `query ($state: ConflictState, $source: String) {
  conflicts(state: $state, source: $source) {
    nodes { id kind about field state source { code } individuals { id name { full } } said { name { full } identifiers { type value } } }
  }
}`;
const DECIDE = `mutation ($id: ID!, $decision: ConflictDecisionKind!, $individualId: ID) {
  decideConflict(id: $id, decision: $decision, individualId: $individualId) {
    __typename
    ... on DecidedConflict { outcome mergeIds individual { id } conflict { state decision decidedBy said { sex } } }
    ... on Refusal { code field message }
  }
}`;
const UNDO = `mutation ($id: ID!) {
  undoMerge(id: $id) { __typename ... on UndoneMerge { merge { losingId winner { id } undoneBy } refusals { what } } ... on Refusal { code field } }
}`;
const MERGE = `mutation ($winner: ID!, $losing: ID!) {
  mergeIndividuals(winnerId: $winner, losingId: $losing) { __typename ... on Merge { id } ... on Refusal { code } }
}`;
const INDIVIDUAL = `query ($id: ID!) { individual(id: $id) { id name { full } } }`;

interface ConflictsAnswer {
  readonly conflicts: {
    readonly nodes: readonly {
      readonly id: string;
      readonly kind: string;
      readonly individuals: readonly { readonly id: string }[];
    }[];
  };
}
interface DecideAnswer {
  readonly decideConflict: { readonly mergeIds: readonly string[] };
}

describe('the conflict desk in the graph', () => {
  let graph: TestGraph;
  let sourceId: string;
  let made = 0;

  beforeAll(async () => {
    graph = await openTestGraph();
    const { rows } = await graph.database.pool.query<{ id: string }>(
      `insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://localhost', 'opencrvs-1.0')
       returning id`,
    );
    sourceId = rows[0]?.id ?? '';
  });
  afterAll(() => graph.close());
  beforeEach(() => {
    graph.callAs({});
  });

  const fetch = (records: IndividualRecord[]) =>
    inTransaction(graph.database.pool, (client) =>
      writePage(client, {
        dataSourceId: sourceId,
        origin: 'import',
        importRunId: null,
        page: null,
        erased: erasedPeople(graph.keys),
        desk: new ConflictDesk(graph.keys, ['NID', 'UIN']),
        records: onPage(records),
      }),
    );

  /** Two people and a record that shows identifiers of both; answers the case and the people. */
  async function conflict(): Promise<{ id: string; first: string; second: string; record: IndividualRecord }> {
    made += 1;
    const tag = String(made);
    await fetch([
      said({ ids: `NID:N${tag}`, name: named('First', tag) }),
      said({ ids: `UIN:U${tag}`, name: named('Second', tag) }),
    ]);
    const record = said({ ids: `BRN:B${tag} NID:N${tag} UIN:U${tag}`, name: named('Said', tag) });
    await fetch([record]);
    const found = await graph.ask<ConflictsAnswer>(CONFLICTS, { state: 'OPEN', source: 'crvs' });
    const last = found.data?.conflicts.nodes.at(-1);
    const [first, second] = last?.individuals ?? [];
    return { id: last?.id ?? '', first: first?.id ?? '', second: second?.id ?? '', record };
  }

  test('shows both sides, decides, and answers the id that was merged away with who stayed', async () => {
    const { id, first, second, record } = await conflict();
    const shown = await graph.ask<ConflictsAnswer>(CONFLICTS, { state: 'OPEN' });
    expect(shown.data?.conflicts.nodes.at(-1)).toMatchObject({
      kind: 'IDENTIFIERS_OF_TWO_PEOPLE',
      about: 'SUBJECT',
      field: null,
      state: 'OPEN',
      source: { code: 'crvs' },
      individuals: [{ name: { full: `First ${String(made)}` } }, { name: { full: `Second ${String(made)}` } }],
      said: { name: { full: `Said ${String(made)}` } },
    });
    const decided = await graph.ask<DecideAnswer>(DECIDE, { id, decision: 'MERGE', individualId: first });
    expect(decided.data).toEqual({
      decideConflict: {
        __typename: 'DecidedConflict',
        outcome: 'UPDATED',
        mergeIds: [expect.any(String)],
        individual: { id: first },
        conflict: { state: 'DECIDED', decision: 'MERGE', decidedBy: 'Tests', said: null },
      },
    });
    expect((await graph.ask(INDIVIDUAL, { id: second })).data).toMatchObject({ individual: { id: first } });
    expect((await fetch([record])).records[0]?.outcome).toBe('unchanged');

    const mergeId = decided.data?.decideConflict.mergeIds[0];
    expect((await graph.ask(UNDO, { id: mergeId })).data).toEqual({
      undoMerge: {
        __typename: 'UndoneMerge',
        merge: { losingId: second, winner: { id: first }, undoneBy: 'Tests' },
        // What the record said after the merge is the winner's.
        refusals: expect.any(Array) as unknown,
      },
    });
    expect((await graph.ask(INDIVIDUAL, { id: second })).data).toMatchObject({
      individual: { id: second, name: { full: `Second ${String(made)}` } },
    });
    expect((await graph.ask(UNDO, { id: mergeId })).data).toMatchObject({
      undoMerge: { code: 'MERGE_ALREADY_UNDONE', field: 'id' },
    });
    const { rows } = await graph.database.pool.query<{ action: string }>(
      "select action from audit_entries where action like 'conflict.%' or action like 'individual.merge%' order by id",
    );
    expect(new Set(rows.map(({ action }) => action))).toEqual(
      new Set(['conflict.read', 'conflict.decided', 'individual.merge.undone']),
    );
  });

  test('names the run that raised it', async () => {
    await conflict();
    const { id } = await conflict();
    const { pool } = graph.database;
    const { rows } = await pool.query<{ id: string }>(
      `with criteria as (
         insert into search_criteria (name, data_source_id, born_from, born_until)
         values ('Everybody', $1, '1900-01-01', '2100-01-01') returning id)
       insert into import_runs (search_criteria_id, requested_by) select id, 'tests' from criteria returning id`,
      [sourceId],
    );
    await pool.query(
      `update conflict_cases set import_run_id = $1 where id = (select id from conflict_cases order by raised_at desc, id desc limit 1)`,
      [rows[0]?.id],
    );
    const asked =
      '{ conflicts(state: OPEN) { nodes { id importRunId importRun { id state searchCriteria { name } } } } }';
    const { data } = await graph.ask<{ conflicts: { nodes: object[] } }>(asked);
    const run = globalId('ImportRun', rows[0]?.id ?? '');
    const importRun = { id: run, state: 'QUEUED', searchCriteria: { name: 'Everybody' } };
    expect(data?.conflicts.nodes).toContainEqual({ id, importRunId: run, importRun });
    expect(data?.conflicts.nodes).toContainEqual(expect.objectContaining({ importRunId: null, importRun: null }));
  });

  test('who reads what a source says is on record as told of the people whom it may be said of', async () => {
    const { id } = await conflict();
    const said = await graph.ask(`query ($id: ID!) { conflict(id: $id) { said { name { full } } } }`, { id });
    expect(said.data).toMatchObject({ conflict: { said: { name: { full: `Said ${String(made)}` } } } });
    const { rows } = await graph.database.pool.query(
      `select cardinality(people) as people, fields from disclosures order by audit_entry_id desc limit 1`,
    );
    expect(rows).toEqual([{ people: 2, fields: ['individual.name'] }]);
  });

  test('a decision that cannot be written down is none', async () => {
    const { id, first } = await conflict();
    const { pool } = graph.database;
    const owner = new Client({ connectionString: graph.database.ownerUrl });
    await owner.connect();
    await owner.query(`
      create function refuse_entry() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$;
      create trigger refuse_entry before insert on audit_entries for each row when (new.action = 'conflict.decided')
        execute function refuse_entry()`);
    expect((await graph.ask(DECIDE, { id, decision: 'MERGE', individualId: first })).errors).toHaveLength(1);
    await owner.query('drop function refuse_entry cascade');
    await owner.end();
    expect((await pool.query('select from individual_merges where undone_at is null')).rowCount).toBe(0);
    expect((await graph.ask(`{ conflict(id: "${id}") { state } }`)).data).toEqual({ conflict: { state: 'OPEN' } });
  });

  test('a client that sees a part of the registry sees who of the people is in it, and decides nothing', async () => {
    const { id, first, second } = await conflict();
    const rowId = Buffer.from(first, 'base64url').toString('latin1').split(':')[1] ?? '';
    await graph.database.pool.query('update individuals set sex = $2 where id = $1', [rowId, 'male']);
    const rows = { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['male'] } as const;
    graph.callAs({ access: { ...FULL_ACCESS, rows } });
    const seen = await graph.ask(`{ conflict(id: "${id}") { individuals { id } } }`);
    expect(seen.data).toEqual({ conflict: { individuals: [{ id: first }] } });
    const run = globalId('ImportRun', '00000000-0000-4000-8000-000000000000');
    for (const [document, variables] of [
      [`{ conflict(id: "${id}") { said { sex } } }`, {}],
      [DECIDE, { id, decision: 'REJECT' }],
      [MERGE, { winner: first, losing: second }],
      [UNDO, { id: globalId('Merge', '00000000-0000-4000-8000-000000000000') }],
      [`mutation ($run: ID!) { undoImportRun(importRunId: $run) { __typename } }`, { run }],
    ] as const) {
      const { errors } = await graph.ask(document, variables);
      expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
      expect(errors?.[0]?.message).toContain('a part of the registry');
    }
  });

  test('refuses with the field at fault, and who may not decide or see', async () => {
    const { id, first, second } = await conflict();
    const link = { id, decision: 'LINK' };
    for (const unnamed of [link, { id, decision: 'MERGE' }]) {
      expect((await graph.ask(DECIDE, unnamed)).data).toMatchObject({
        decideConflict: {
          code: 'INDIVIDUAL_REQUIRED',
          field: 'individualId',
          message: expect.stringContaining(`: ${first}, ${second}`) as string,
        },
      });
    }
    const nobody = globalId('Individual', '00000000-0000-4000-8000-000000000000');
    expect((await graph.ask(DECIDE, { ...link, individualId: nobody })).data).toMatchObject({
      decideConflict: { code: 'INDIVIDUAL_NOT_IN_CONFLICT', field: 'individualId' },
    });
    expect((await graph.ask(DECIDE, { ...link, id: first })).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    graph.callAs({ scopes: ['graph.read', 'graph.adhoc', 'graph.personal', 'import.run'] });
    for (const [document, variables] of [
      [DECIDE, link],
      [MERGE, { winner: first, losing: second }],
      [UNDO, { id: globalId('Merge', '00000000-0000-4000-8000-000000000000') }],
    ] as const) {
      expect((await graph.ask(document, variables)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    }
    graph.callAs({ scopes: ['graph.read', 'graph.adhoc', 'import.decide'] });
    const plain = `{ conflicts { nodes { kind source { code } } } }`;
    expect((await graph.ask(plain)).errors).toBeUndefined();
    expect((await graph.ask(CONFLICTS)).errors?.map(({ extensions }) => extensions?.code)).toContain('FORBIDDEN');
    expect((await graph.ask(`{ conflicts { nodes { said { sex } } } }`)).errors?.[0]?.extensions?.code).toBe(
      'FORBIDDEN',
    );
  });

  test('who is erased is gone from what waits and from what takes merges back', async () => {
    const { first, second } = await conflict();
    const other = await conflict();
    expect((await graph.ask(MERGE, { winner: other.first, losing: other.second })).data).toMatchObject({
      mergeIndividuals: { __typename: 'Merge' },
    });
    const { pool } = graph.database;
    const rowId = (id: string): string => Buffer.from(id, 'base64url').toString('latin1').split(':')[1] ?? '';
    const ledger = new Ledger({ pool, keys: graph.keys, disclosureRetentionDays: 3650, evidenceRetentionDays: 365 });
    const count = async (table: string): Promise<number> => {
      const { rows } = await pool.query<{ count: number }>(`select count(*) as count from ${table}`);
      return rows[0]?.count ?? -1;
    };
    expect(await count('individual_merge_snapshots')).toBe(1);
    await eraseIndividual({ pool, keys: graph.keys, ledger }, { individualId: rowId(second), actor: 'tests' });
    await eraseIndividual({ pool, keys: graph.keys, ledger }, { individualId: rowId(other.first), actor: 'tests' });
    const left = await graph.ask<ConflictsAnswer>(CONFLICTS, { state: 'OPEN' });
    const ids = left.data?.conflicts.nodes.flatMap(({ individuals }) => individuals.map(({ id }) => id)) ?? [];
    expect(ids).not.toContain(first);
    expect(ids).not.toContain(other.first);
    expect(await count('individual_merge_snapshots')).toBe(0);
    expect((await graph.ask(INDIVIDUAL, { id: other.second })).data).toEqual({ individual: null });
  });
});
