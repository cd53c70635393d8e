import { inTransaction } from '../../src/database/transaction.js';
import {
  type ConflictCase,
  type ConflictQuery,
  listConflicts,
  openRecord,
} from '../../src/imports/conflicts/conflict-cases.js';
import { decideConflict, type DecidedCase } from '../../src/imports/conflicts/decide-conflict.js';
import { type IndividualRecord } from '../../src/record/individual-record.js';
import { type Decision } from '../../src/registry/write-sources/decisions.js';
import { writePage, type WrittenPage } from '../../src/registry/write-sources/write-page.js';
import { desk } from '../registry/desk.js';
import { erased } from '../registry/erased.js';
import { onPage } from '../registry/on-page.js';
import { bornOn, named, said } from '../registry/said-records.js';
import {
  addSource,
  count,
  database,
  eachTestHasARegistry,
  outcomes,
  person,
  sourceId,
} from '../registry/written-page.js';
import { reversingSeal } from '../sources/reversing-seal.js';

eachTestHasARegistry();

function fetch(records: IndividualRecord[], dataSourceId = sourceId): Promise<WrittenPage> {
  return inTransaction(database.pool, (client) =>
    writePage(client, {
      dataSourceId,
      origin: 'import',
      importRunId: null,
      page: null,
      erased,
      desk,
      records: onPage(records),
    }),
  );
}

async function cases(query: ConflictQuery = {}): Promise<readonly ConflictCase[]> {
  return (await listConflicts(database.pool, { state: 'open', ...query })).items;
}

async function openCase(): Promise<ConflictCase> {
  const [one, ...others] = await cases();
  if (one === undefined || others.length > 0) throw new Error(`${String(others.length)} further cases are open`);
  return one;
}

async function decide(decision: Decision, individualId: string | null = null): Promise<DecidedCase> {
  const { id } = await openCase();
  const { pool } = database;
  return decideConflict(
    { pool, keys: reversingSeal, erased, desk },
    { caseId: id, decision, individualId, actor: 'tester' },
  );
}

/** Fetches twice: nobody is asked again, and nothing else becomes of the record. */
async function fetchedAgain(record: IndividualRecord): Promise<string[]> {
  const words = [...outcomes(await fetch([record])), ...outcomes(await fetch([record]))];
  expect(await cases()).toEqual([]);
  return words;
}

async function identifiersOf(type: string, value: string): Promise<string[]> {
  return (await person(type, value)).identifiers;
}

describe('C17: identifiers that point to two people', () => {
  const both = said({ ids: 'BRN:B1 NID:N1 UIN:U2', name: named('Both', null), mother: { ids: 'NID:M1' } });
  let one: string;
  let two: string;

  beforeEach(async () => {
    await fetch([said({ ids: 'NID:N1', name: named('One', null) }), said({ ids: 'UIN:U2', name: named('Two', null) })]);
    one = (await person('NID', 'N1')).id;
    two = (await person('UIN', 'U2')).id;
    expect(outcomes(await fetch([both]))).toEqual(['conflict']);
  });

  test('are queued once with both sides, however often the record comes', async () => {
    const found = await openCase();
    expect(found).toMatchObject({ kind: 'identifiers_of_two_people', about: 'subject', individualIds: [one, two] });
    expect(openRecord(reversingSeal, found)).toEqual(both);
    expect(outcomes(await fetch([both]))).toEqual(['conflict']);
    expect(await openCase()).toEqual(found);
    expect(await count('conflict_cases', "record_sealed::text like '%Both%'")).toBe(0);
    await fetch([{ ...both, birthDate: bornOn('2020-01-01') }]);
    expect(openRecord(reversingSeal, await openCase())?.birthDate).toEqual(bornOn('2020-01-01'));
    expect(await count('individuals')).toBe(2);
  });

  test('link: the record is of this person, the identifier of the other stays there', async () => {
    await expect(decide('link')).rejects.toMatchObject({ code: 'INDIVIDUAL_REQUIRED' });
    expect(await decide('link', two)).toMatchObject({ outcome: 'updated', individualId: two, mergeIds: [] });
    expect(await identifiersOf('UIN', 'U2')).toEqual(['BRN:B1', 'UIN:U2']);
    expect(await identifiersOf('NID', 'N1')).toEqual(['NID:N1']);
    expect((await person('UIN', 'U2')).given_name).toBe('Both');
    expect(await fetchedAgain(both)).toEqual(['unchanged', 'unchanged']);
    expect(await count('conflict_cases', 'record_sealed is not null')).toBe(0);
  });

  test('merge: the two are one, who was named stays', async () => {
    for (const decision of ['merge', 'link', 'keep_apart'] as const) {
      await expect(decide(decision)).rejects.toMatchObject({
        code: 'INDIVIDUAL_REQUIRED',
        message: expect.stringMatching(`: ${one}, ${two}$`) as string,
      });
    }
    expect(await count('individual_merges')).toBe(0);
    const decided = await decide('merge', two);
    expect(decided).toMatchObject({ outcome: 'updated', individualId: two });
    expect(decided.mergeIds).toHaveLength(1);
    expect(await identifiersOf('NID', 'N1')).toEqual(['BRN:B1', 'NID:N1', 'UIN:U2']);
    expect(await fetchedAgain(both)).toEqual(['unchanged', 'unchanged']);
  });

  test('keep apart: two people, what is contested is left out of the record', async () => {
    await expect(decide('keep_apart')).rejects.toMatchObject({ code: 'INDIVIDUAL_REQUIRED' });
    expect(await decide('keep_apart', one)).toMatchObject({ outcome: 'updated', individualId: one });
    expect(await identifiersOf('BRN', 'B1')).toEqual(['BRN:B1', 'NID:N1']);
    expect(await identifiersOf('UIN', 'U2')).toEqual(['UIN:U2']);
    expect(await fetchedAgain(both)).toEqual(['unchanged', 'unchanged']);
  });

  test('reject: the record is never taken', async () => {
    expect(await decide('reject')).toMatchObject({ outcome: null, individualId: null });
    expect(await fetchedAgain(both)).toEqual(['skipped', 'skipped']);
    expect(await count('individuals')).toBe(2);
    expect(await count('identifiers')).toBe(2);
  });

  test('who is none of the two, a second decision and an unknown case are refused', async () => {
    await fetch([said({ ids: 'BRN:X' })]);
    await expect(decide('link', (await person('BRN', 'X')).id)).rejects.toMatchObject({
      code: 'INDIVIDUAL_NOT_IN_CONFLICT',
    });
    const { id: caseId } = await openCase();
    await decide('reject');
    const context = { pool: database.pool, keys: reversingSeal, erased, desk };
    const again = { decision: 'link', individualId: one, actor: 'tester' } as const;
    await expect(decideConflict(context, { ...again, caseId })).rejects.toMatchObject({
      code: 'CONFLICT_ALREADY_DECIDED',
    });
    for (const unknown of ['no id', one]) {
      await expect(decideConflict(context, { ...again, caseId: unknown })).rejects.toMatchObject({
        code: 'CONFLICT_UNKNOWN',
      });
    }
  });

  test('a decision by which the record still cannot be written is refused, and the case stays', async () => {
    await fetch([said({ ids: 'NID:N3' }), said({ ids: 'UIN:U4' })]);
    await decide('reject');
    await fetch([said({ ids: 'BRN:B3 NID:N3 UIN:U4', mother: { ids: 'NID:N3' } })]);
    const mother = (await person('NID', 'N3')).id;
    for (const decision of ['keep_apart', 'link', 'merge'] as const) {
      await expect(decide(decision, mother)).rejects.toMatchObject({
        code: 'DECISION_NOT_POSSIBLE',
        message: expect.stringContaining('its subject') as string,
      });
    }
    expect(await count('individual_merges')).toBe(0);
    expect(await decide('keep_apart', (await person('UIN', 'U4')).id)).toMatchObject({ outcome: 'updated' });
  });

  test('a decision that answers no more is asked for again', async () => {
    await decide('link', two);
    await database.pool.query(`update identifiers set individual_id = $1 where value in ('U2', 'B1')`, [one]);
    await fetch([said({ ids: 'BRN:NEW', name: named('Third', null) })]);
    const third = (await person('BRN', 'NEW')).id;
    await database.pool.query(`update identifiers set individual_id = $1 where value = 'U2'`, [third]);
    expect(outcomes(await fetch([both]))).toEqual(['conflict']);
    expect((await openCase()).individualIds).toEqual(expect.arrayContaining([one, third]));
  });
});

test('a marriage waits with a spouse of whom it is not known who that is, and is written when that is decided', async () => {
  await fetch([said({ ids: 'NID:N1' }), said({ ids: 'UIN:U2' })]);
  const record = said({
    ids: 'BRN:B1',
    marriages: [{ marriedOn: '2020-02-02', spouse: said({ ids: 'NID:N1 UIN:U2' }) }],
  });
  expect(outcomes(await fetch([record]))).toEqual(['created']);
  expect(await openCase()).toMatchObject({ kind: 'identifiers_of_two_people', about: 'subject' });
  const spouse = (await person('NID', 'N1')).id;
  await decide('link', spouse);
  expect(await count('relationships', `type = 'spouse_of' and '${spouse}' in (source_id, target_id)`)).toBe(1);
  expect(await count('marriages', `individual_id = '${spouse}'`)).toBe(1);
  expect(await fetchedAgain(record)).toEqual(['unchanged', 'unchanged']);
});

test('eight workers at once raise one case', async () => {
  await fetch([said({ ids: 'NID:N1' }), said({ ids: 'UIN:U2' })]);
  const page = [said({ ids: 'BRN:B1 NID:N1 UIN:U2' }), said({ ids: 'BRN:B2', mother: { ids: 'NID:N1 UIN:U2' } })];
  const written = await Promise.all(Array.from({ length: 8 }, () => fetch(page)));
  expect(new Set(written.flatMap(outcomes))).toEqual(new Set(['conflict']));
  expect((await cases()).map(({ about }) => about).sort()).toEqual(['mother', 'subject']);
});

describe('another value of an identifier that a person has only once', () => {
  const record = said({ ids: 'BRN:B1 NID:N2', name: named('New', null) });

  beforeEach(async () => {
    await fetch([said({ ids: 'BRN:B1 NID:N1', name: named('Old', null) })]);
    expect(outcomes(await fetch([record]))).toEqual(['conflict']);
    expect(await openCase()).toMatchObject({ kind: 'identifier_differs', about: 'subject', field: 'NID' });
  });

  test.each([
    ['link', 'updated', ['BRN:B1', 'NID:N1', 'NID:N2'], 'New', 'unchanged'],
    ['keep_apart', 'updated', ['BRN:B1', 'NID:N1'], 'New', 'unchanged'],
    ['reject', null, ['BRN:B1', 'NID:N1'], 'Old', 'skipped'],
  ] as const)('%s', async (decision, outcome, identifiers, name, later) => {
    await expect(decide('merge')).rejects.toMatchObject({ code: 'DECISION_NOT_POSSIBLE' });
    expect((await decide(decision)).outcome).toBe(outcome);
    expect(await person('BRN', 'B1')).toMatchObject({ identifiers, given_name: name });
    expect(await fetchedAgain(record)).toEqual([later, later]);
  });

  test('of a mother is asked once for all her children; a type that is not single is simply added', async () => {
    await decide('reject');
    await fetch([said({ ids: 'BRN:C1', mother: { ids: 'TAX:T NID:M1' } })]);
    const children = ['C2', 'C3'].map((id) => said({ ids: `BRN:${id}`, mother: { ids: 'TAX:T NID:M2' } }));
    expect(outcomes(await fetch(children))).toEqual(['conflict', 'conflict']);
    await decide('keep_apart');
    expect(outcomes(await fetch(children))).toEqual(['created', 'unchanged']);
    expect(await identifiersOf('TAX', 'T')).toEqual(['NID:M1', 'TAX:T']);
    await fetch([said({ ids: 'BRN:C1 PASSPORT:P1' }), said({ ids: 'BRN:C1 PASSPORT:P2' })]);
    expect(await identifiersOf('BRN', 'C1')).toEqual(['BRN:C1', 'PASSPORT:P1', 'PASSPORT:P2']);
  });
});

describe('a child that would get another mother and join a second family', () => {
  const record = said({
    ids: 'BRN:C1',
    name: named('Child', null),
    mother: { ids: 'UIN:M2', name: named('Second', 'Ma') },
  });
  let child: string;
  let first: string;

  beforeEach(async () => {
    await fetch([said({ ids: 'BRN:C1', mother: { ids: 'NID:M1', name: named('First', 'Ma') } })]);
    child = (await person('BRN', 'C1')).id;
    first = (await person('NID', 'M1')).id;
  });

  const mothers = () => count('relationships', `target_id = '${child}' and type = 'mother_of'`);
  const families = () => count('memberships', `individual_id = '${child}' and ended_on is null`);

  test('who is not held: merge or link to the mother makes the record show her further number', async () => {
    expect(outcomes(await fetch([record]))).toEqual(['conflict']);
    expect(await openCase()).toMatchObject({ kind: 'parent_differs', about: 'mother', individualIds: [child, first] });
    expect(await decide('merge')).toMatchObject({ outcome: 'updated', individualId: child, mergeIds: [] });
    expect(await identifiersOf('UIN', 'M2')).toEqual(['NID:M1', 'UIN:M2']);
    expect([await mothers(), await families()]).toEqual([1, 1]);
    expect(await fetchedAgain(record)).toEqual(['unchanged', 'unchanged']);
  });

  test('who is held: merge makes the two mothers one, with one family', async () => {
    await fetch([said({ ids: 'BRN:C2', mother: { ids: 'UIN:M2' } })]);
    expect(outcomes(await fetch([record]))).toEqual(['conflict']);
    const second = (await person('UIN', 'M2')).id;
    await expect(decide('merge')).rejects.toMatchObject({
      code: 'INDIVIDUAL_REQUIRED',
      message: expect.stringMatching(`: ${first}, ${second}$`) as string,
    });
    const decided = await decide('merge', second);
    expect(decided).toMatchObject({ case: { decidedIndividualId: second }, mergeIds: [expect.any(String)] });
    expect(await identifiersOf('UIN', 'M2')).toEqual(['NID:M1', 'UIN:M2']);
    expect(await count('groups')).toBe(1);
    expect([await mothers(), await families()]).toEqual([1, 1]);
    expect(await fetchedAgain(record)).toEqual(['unchanged', 'unchanged']);
  });

  test('link to the child: the record is right, the old tie goes and the old membership ends', async () => {
    await fetch([record]);
    expect(await decide('link', child)).toMatchObject({ outcome: 'updated', individualId: child });
    const second = (await person('UIN', 'M2')).id;
    expect(await count('relationships', `source_id = '${second}' and target_id = '${child}'`)).toBe(1);
    expect([await mothers(), await families()]).toEqual([1, 1]);
    expect(await count('memberships', `individual_id = '${child}' and ended_on is not null`)).toBe(1);
    expect(await fetchedAgain(record)).toEqual(['unchanged', 'unchanged']);
  });

  test('keep apart: the mother is left out, the rest is written', async () => {
    await fetch([record]);
    expect(await decide('keep_apart')).toMatchObject({ outcome: 'updated' });
    expect((await person('BRN', 'C1')).given_name).toBe('Child');
    expect(await count('identifiers', "value = 'M2'")).toBe(0);
    expect([await mothers(), await families()]).toEqual([1, 1]);
    expect(await fetchedAgain(record)).toEqual(['unchanged', 'unchanged']);
    const renamed = { ...record, name: named('Renamed', null) };
    expect(await fetchedAgain(renamed)).toEqual(['updated', 'unchanged']);
  });

  test('reject: the record is never taken; another source is asked for itself', async () => {
    await fetch([record]);
    await decide('reject');
    expect(await fetchedAgain(record)).toEqual(['skipped', 'skipped']);
    expect(outcomes(await fetch([record], await addSource('other')))).toEqual(['conflict']);
    expect(await openCase()).toMatchObject({ kind: 'parent_differs' });
  });

  test('a third parent where nobody says which is which: keep apart leaves the new one out', async () => {
    await fetch([said({ ids: 'BRN:C9', some: [{ ids: 'X:P1' }, { ids: 'X:P2' }] })]);
    const third = said({ ids: 'BRN:C9', some: [{ ids: 'X:P1' }, { ids: 'X:P3' }] });
    expect(outcomes(await fetch([third]))).toEqual(['conflict']);
    await decide('keep_apart');
    expect(await fetchedAgain(third)).toEqual(['unchanged', 'unchanged']);
    expect(await count('identifiers', "value = 'P3'")).toBe(0);
  });
});

describe('a field that the source may not overwrite unasked', () => {
  const record = said({ ids: 'BRN:B1', sex: 'male', birthDate: bornOn('2021-01-02') });

  beforeEach(async () => {
    await database.pool.query(
      `insert into data_source_field_policies (data_source_id, field, policy) values ($1, 'sex', 'ask')`,
      [sourceId],
    );
    await fetch([said({ ids: 'BRN:B1', sex: 'female', birthDate: bornOn('2021-01-01') })]);
    expect(outcomes(await fetch([record]))).toEqual(['updated']);
    expect(await person('BRN', 'B1')).toMatchObject({ sex: 'female', birth_date: '2021-01-02' });
    expect(await openCase()).toMatchObject({ kind: 'field_differs', about: 'subject', field: 'sex' });
  });

  test.each([
    ['link', 'male'],
    ['keep_apart', 'female'],
    ['reject', 'female'],
  ] as const)('%s: the person is %s from now on', async (decision, sex) => {
    await expect(decide('merge')).rejects.toMatchObject({ code: 'DECISION_NOT_POSSIBLE' });
    await decide(decision);
    expect((await person('BRN', 'B1')).sex).toBe(sex);
    expect(await fetchedAgain(record)).toEqual(['unchanged', 'unchanged']);
    expect(await fetchedAgain({ ...record, name: named('New', null) })).toEqual(['updated', 'unchanged']);
    expect((await person('BRN', 'B1')).sex).toBe(sex);
  });
});

test('lists are narrowed by state, kind and source', async () => {
  await fetch([said({ ids: 'BRN:B1 NID:N1' }), said({ ids: 'UIN:U2' })]);
  await fetch([said({ ids: 'BRN:B1 NID:N2' }), said({ ids: 'NID:N1 UIN:U2' })]);
  const other = await addSource('other');
  await fetch([said({ ids: 'NID:N1 UIN:U2' })], other);
  const numbers = await Promise.all([
    cases(),
    cases({ kind: 'identifier_differs' }),
    cases({ dataSourceId: other }),
    cases({ state: 'decided' }),
    cases({ dataSourceId: other, kind: 'identifier_differs' }),
  ]);
  expect(numbers.map((found) => found.length)).toEqual([3, 1, 1, 0, 0]);
});
