import { FULL_ACCESS } from '../../src/record/access.js';
import { FieldSet } from '../../src/record/fields.js';
import {
  DisabilitiesDocument,
  EnrolmentsDocument,
  FarmersDocument,
  GroupByIdDocument,
  ListIndividualsDocument,
  ProgrammesDocument,
  SaveDisabilityDocument,
  SaveEnrolmentDocument,
  SaveFarmerDocument,
  SaveGroupDocument,
  SaveIndividualDocument,
  EraseIndividualDocument,
  type SaveIndividualInput,
  SaveProgrammeDocument,
  WholeIndividualDocument,
} from '../../schema/generated/graphql.js';
import { globalId } from '../../src/graphql/global-id.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

const ANN = { type: 'UIN', value: 'ANN-1' };
const NOBODY_ID = '00000000-0000-4000-8000-00000000dead';

describe('records over the graph', () => {
  let graph: TestGraph;
  /** Changes are never deleted: those of a test come after this one. */
  let lastChange: number;
  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(() => graph.close());
  beforeEach(async () => {
    await graph.database.pool.query(`
      delete from enrolments; delete from programmes; delete from farmers; delete from disabilities;
      delete from memberships; delete from groups; delete from relationships; delete from individuals`);
    const { rows } = await graph.database.pool.query<{ last: number }>(
      'select coalesce(max(id), 0) as last from changes',
    );
    lastChange = rows[0]?.last ?? 0;
    graph.callAs({});
  });

  async function save(input: SaveIndividualInput) {
    const { saveIndividual } = await graph.run(SaveIndividualDocument, { input });
    if (saveIndividual.__typename !== 'SavedIndividual') throw new Error(JSON.stringify(saveIndividual));
    return saveIndividual;
  }
  const saveAnn = (more: Partial<SaveIndividualInput> = {}) =>
    save({
      identifiers: [ANN],
      givenName: 'Ann',
      familyName: 'Kabwe',
      sex: 'FEMALE',
      birthDate: '2000-05-05',
      maritalStatus: 'MARRIED',
      marriages: [{ marriedOn: '2020-01-01' }],
      phoneNumbers: ['+260971234567'],
      attributes: [{ name: 'occupation', value: '6' }],
      ...more,
    });

  test('a person is made, found again by an identifier, changed where something is said, and left alone otherwise', async () => {
    const made = await saveAnn();
    expect(made).toMatchObject({ outcome: 'CREATED', individual: { name: { full: 'Ann Kabwe' } } });
    expect((await saveAnn()).outcome).toBe('UNCHANGED');

    const changed = await save({
      identifiers: [
        { type: 'uin', value: ' ann-1 ' },
        { type: 'NID', value: '77' },
      ],
      middleName: 'Mary',
      maritalStatus: null,
      birthDate: '2001-07-09',
      birthDatePrecision: 'YEAR',
      attributes: [
        { name: 'occupation', value: null },
        { name: 'income', value: { monthly: 12.5, sources: ['farm'] } },
      ],
    });
    expect(changed).toMatchObject({
      outcome: 'UPDATED',
      individual: { id: made.individual.id, name: { full: 'Ann Mary Kabwe' }, birthDate: '2001-01-01' },
    });
    const { individual } = await graph.run(WholeIndividualDocument, { id: made.individual.id });
    expect(individual).toMatchObject({
      sex: 'FEMALE',
      maritalStatus: null,
      marriages: [{ marriedOn: '2020-01-01', divorcedOn: null }],
      phoneNumbers: ['+260971234567'],
      emails: [],
      identifiers: [
        { type: 'NID', value: '77' },
        { type: 'UIN', value: 'ANN-1' },
      ],
      attributes: [{ name: 'income', value: { monthly: 12.5, sources: ['farm'] } }],
      farmer: null,
      disability: null,
      enrolments: [],
    });
    const { individual: part } = await graph.run(WholeIndividualDocument, {
      identifier: ANN,
      attributes: ['income.monthly', 'income.sources.0', 'none', 'constructor'],
    });
    expect(part?.attributes).toEqual([
      { name: 'income.monthly', value: 12.5 },
      { name: 'income.sources.0', value: 'farm' },
    ]);
  });

  test('a mutation tells the change in the name of the client', async () => {
    await saveAnn();
    await save({ identifiers: [ANN], deceased: true, deathDate: '2024-02-29' });
    const { rows } = await graph.database.pool.query<{ kind: string; fields: string[]; origin: string }>(
      "select kind, fields, origin from changes where subject = 'individual' and id > $1 order by id",
      [lastChange],
    );
    expect(rows).toMatchObject([
      { kind: 'created', origin: 'mutation tests' },
      { kind: 'updated', origin: 'mutation tests' },
    ]);
    expect(rows[1]?.fields).toContain('deceased');
  });

  test('parents, a household and its head', async () => {
    const mother = await save({ givenName: 'Mary', identifiers: [{ type: 'UIN', value: 'MUM' }] });
    const child = await saveAnn({ parents: [{ role: 'MOTHER', person: { id: mother.individual.id } }] });
    expect(child.individual.mother?.id).toBe(mother.individual.id);

    const members = [
      { person: { identifiers: [{ type: 'UIN', value: 'MUM' }] }, role: 'HEAD' as const },
      { person: { id: child.individual.id } },
    ];
    const input = {
      identifiers: [{ type: 'HOUSEHOLD_ID', value: 'H-1' }],
      name: 'Kabwe',
      kind: 'HOUSEHOLD' as const,
      place: { text: 'Kanyama' },
      members,
      attributes: [{ name: 'poverty_score', value: 4.5 }],
    };
    const { saveGroup } = await graph.run(SaveGroupDocument, { input });
    if (saveGroup.__typename !== 'SavedGroup') throw new Error(JSON.stringify(saveGroup));
    expect(saveGroup).toMatchObject({ outcome: 'CREATED', group: { head: { id: mother.individual.id } } });
    expect(saveGroup.group.members).toHaveLength(2);

    const left = await graph.run(SaveGroupDocument, {
      input: { id: saveGroup.group.id, members: members.slice(0, 1) },
    });
    expect(left.saveGroup).toMatchObject({ outcome: 'UPDATED', group: { members: [{ role: 'HEAD' }] } });
    const { group } = await graph.run(GroupByIdDocument, { id: saveGroup.group.id });
    expect(group?.members).toHaveLength(1);

    const { individual } = await graph.run(WholeIndividualDocument, { id: mother.individual.id });
    expect(individual?.groups).toMatchObject([
      {
        placeText: 'Kanyama',
        identifiers: [{ type: 'HOUSEHOLD_ID', value: 'H-1' }],
        attributes: [{ name: 'poverty_score', value: 4.5 }],
      },
    ]);
  });

  test('a farmer, a disability and enrolments are saved for a person and a group, shown with them and listed', async () => {
    const { individual } = await saveAnn();
    const person = { identifiers: [ANN] };
    const farm = { person, farmType: '2', farmSize: 1.75, place: { text: 'By the river' } };
    expect(await graph.run(SaveFarmerDocument, { input: farm })).toMatchObject({
      saveFarmer: { outcome: 'CREATED', farmer: { farmSize: 1.75 } },
    });
    expect(await graph.run(SaveFarmerDocument, { input: { person, farmSize: 2 } })).toMatchObject({
      saveFarmer: { outcome: 'UPDATED', farmer: { farmSize: 2, farmType: '2' } },
    });
    const details = [{ impairment_type: '1', impairment_level: '3' }];
    expect(
      await graph.run(SaveDisabilityDocument, { input: { person, status: '0', level: '2', details } }),
    ).toMatchObject({ saveDisability: { outcome: 'CREATED', disability: { details } } });
    const programme = { identifier: 'DCI001', name: 'Cash for work' };
    expect(await graph.run(SaveProgrammeDocument, { input: programme })).toMatchObject({
      saveProgramme: { outcome: 'CREATED', programme },
    });
    const enrolment = { person, programme: 'dci001', status: '1', enrolledOn: '2024-01-01' };
    expect(await graph.run(SaveEnrolmentDocument, { input: enrolment })).toMatchObject({
      saveEnrolment: { outcome: 'CREATED', enrolment: { programme: { identifier: 'DCI001' } } },
    });

    const { individual: whole } = await graph.run(WholeIndividualDocument, { id: individual.id });
    expect(whole).toMatchObject({
      farmer: { farmSize: 2 },
      disability: { status: '0', details },
      enrolments: [{ status: '1', programme: { identifier: 'DCI001' } }],
    });

    const { farmers } = await graph.run(FarmersDocument, {
      filter: { farmType: { eq: '2' }, attributes: [{ name: 'farm_size', ge: '2' }], identifier: { value: 'ann-1' } },
    });
    expect(farmers).toMatchObject({ totalCount: 1, nodes: [{ individual: { name: { full: 'Ann Kabwe' } } }] });
    expect(
      (await graph.run(FarmersDocument, { filter: { attributes: [{ name: 'farm_size', gt: '2' }] } })).farmers,
    ).toEqual({ totalCount: 0, nodes: [], pageInfo: { hasNextPage: false, endCursor: null } });
    const { disabilities } = await graph.run(DisabilitiesDocument, { filter: { status: { in: ['0', '1'] } } });
    expect(disabilities).toMatchObject({ totalCount: 1, nodes: [{ individual: { id: individual.id } }] });
    const { enrolments } = await graph.run(EnrolmentsDocument, {
      filter: { programme: { eq: 'DCI001' }, enrolledOn: { le: '2024-12-31' } },
    });
    expect(enrolments).toMatchObject({ totalCount: 1, nodes: [{ programme: { name: 'Cash for work' } }] });
    expect((await graph.run(ProgrammesDocument, {})).programmes.nodes).toMatchObject([programme]);
  });

  test('a page of records with what stands beside each costs the same few statements however many they are', async () => {
    const count = async (): Promise<number> => {
      graph.database.statements.length = 0;
      await graph.run(FarmersDocument, { first: 50 });
      return graph.database.statements.length;
    };
    const add = async (from: number, until: number): Promise<void> => {
      for (let number = from; number < until; number += 1) {
        const identifiers = [{ type: 'UIN', value: `F-${String(number)}` }];
        await save({ identifiers, givenName: 'F' });
        await graph.run(SaveFarmerDocument, { input: { person: { identifiers }, farmSize: number } });
      }
    };
    await add(0, 2);
    const few = await count();
    await add(2, 12);
    expect(await count()).toBe(few);
  });

  test('pages of records follow each other in both directions', async () => {
    for (const value of ['1', '2', '3']) {
      await save({ identifiers: [{ type: 'UIN', value }] });
      await graph.run(SaveFarmerDocument, { input: { person: { identifiers: [{ type: 'UIN', value }] } } });
    }
    const all = (await graph.run(FarmersDocument, { first: 3 })).farmers;
    const first = (await graph.run(FarmersDocument, { first: 2 })).farmers;
    const rest = (await graph.run(FarmersDocument, { first: 2, after: first.pageInfo.endCursor ?? null })).farmers;
    expect([...first.nodes, ...rest.nodes]).toEqual(all.nodes);
    expect([first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  test('a refusal says what to change and writes nothing', async () => {
    const { saveFarmer } = await graph.run(SaveFarmerDocument, {
      input: { person: { identifiers: [{ type: 'UIN', value: 'nobody' }] } },
    });
    expect(saveFarmer).toMatchObject({ __typename: 'Refusal', code: 'PERSON_UNKNOWN', field: 'input.person' });
    const unknown = globalId('Individual', NOBODY_ID);
    expect(
      (await graph.run(SaveIndividualDocument, { input: { id: unknown, givenName: 'X' } })).saveIndividual,
    ).toMatchObject({ __typename: 'Refusal', code: 'ID_UNKNOWN' });
    expect((await graph.run(SaveGroupDocument, { input: { name: 'X' } })).saveGroup).toMatchObject({
      code: 'GROUP_KIND_MISSING',
      field: 'input.kind',
    });
    const { rows } = await graph.database.pool.query('select from changes where id > $1', [lastChange]);
    expect(rows).toHaveLength(0);
  });

  test('a person is erased by an administrator, and no save brings them back', async () => {
    const identifiers = [{ type: 'UIN', value: 'erased' }];
    const { individual } = await saveAnn({ identifiers });
    graph.callAs({ scopes: ['graph.read', 'graph.write'] });
    expect((await graph.ask(EraseIndividualDocument, { id: individual.id })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
    graph.callAs({});
    expect((await graph.run(EraseIndividualDocument, { id: individual.id })).eraseIndividual).toMatchObject({
      __typename: 'Erasure',
      groupsErased: 0,
    });
    const { rows } = await graph.database.pool.query<{ actor: string }>(
      `select actor from audit_entries where action = 'individual.erased'`,
    );
    expect(rows).toEqual([{ actor: 'client:tests' }]);
    expect((await graph.run(EraseIndividualDocument, { id: individual.id })).eraseIndividual).toMatchObject({
      code: 'INDIVIDUAL_UNKNOWN',
      field: 'id',
    });
    const again = await graph.run(SaveIndividualDocument, { input: { identifiers, givenName: 'Ann' } });
    expect(again.saveIndividual).toMatchObject({ __typename: 'Refusal', code: 'PERSON_ERASED' });
  });

  test.each([
    ['an id of another type', { id: globalId('Group', NOBODY_ID) }, /input\.id/u],
    [
      'an attribute twice',
      {
        attributes: [
          { name: 'a', value: 1 },
          { name: 'a', value: 2 },
        ],
      },
      /twice/u,
    ],
  ])('%s is an error of the request', async (_name, input, message) => {
    const { errors } = await graph.ask(SaveIndividualDocument, { input });
    expect(errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringMatching(message) as string },
    ]);
  });

  test.each([
    ['an unknown attribute', [{ name: 'no_such_thing', eq: '1' }]],
    ['a value of another type', [{ name: 'birth_date', eq: 'tomorrow' }]],
    ['no operator', [{ name: 'birth_date' }]],
    ['an operator that the attribute has not', [{ name: 'sex', gt: 'male' }]],
    ['null', [{ name: 'birth_date', eq: null }]],
  ])('a filter by %s is refused, not answered with everybody', async (_name, attributes) => {
    await saveAnn();
    const { errors } = await graph.ask(ListIndividualsDocument, { filter: { attributes } });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('people are found by attributes of the catalogue in any spelling', async () => {
    const { individual } = await saveAnn();
    const find = async (...attributes: { name: string; eq?: string; le?: string }[]) =>
      (await graph.run(ListIndividualsDocument, { filter: { attributes } })).individuals.nodes.map(({ id }) => id);
    expect(await find({ name: 'maritalStatus', eq: 'M' })).toEqual([individual.id]);
    expect(await find({ name: 'date_of_birth', eq: '2000' }, { name: 'phone', eq: '+260971234567' })).toEqual([
      individual.id,
    ]);
    expect(await find({ name: 'DOB', le: '1999-12-31' })).toEqual([]);
  });

  test('writing needs its own scope, and the whole registry in sight', async () => {
    const input = { givenName: 'X' };
    graph.callAs({ scopes: ['graph.read', 'graph.personal', 'admin'] });
    expect((await graph.ask(SaveIndividualDocument, { input })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' }, message: expect.stringContaining('graph.write') as string },
    ]);
    graph.callAs({ scopes: ['graph.write'] });
    expect((await graph.ask(SaveIndividualDocument, { input })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
    graph.callAs({
      access: { ...FULL_ACCESS, rows: { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['male'] } },
    });
    expect((await graph.ask(SaveIndividualDocument, { input })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  test('who is not shown a field cannot find out by writing what it holds', async () => {
    const { individual } = await saveAnn();
    const never = ['individual.birth_date', 'individual.identifier', 'group.poverty_score'];
    graph.callAs({ access: { ...FULL_ACCESS, fields: new FieldSet([{ never }]) } });
    const forbidden = async (document: { toString(): string }, input: unknown): Promise<string | undefined> => {
      const { errors } = await graph.ask(document, { input });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      return errors?.[0]?.message;
    };
    const { id } = individual;
    expect(await forbidden(SaveIndividualDocument, { id, birthDate: '2000-01-01' })).toContain('individual.birth_date');
    expect(await forbidden(SaveIndividualDocument, { identifiers: [ANN] })).toContain('individual.identifier');
    expect(await forbidden(SaveFarmerDocument, { person: { identifiers: [ANN] } })).toContain('individual.identifier');
    const parents = [{ role: 'MOTHER', person: { identifiers: [ANN] } }];
    expect(await forbidden(SaveIndividualDocument, { id, parents })).toContain('individual.identifier');
    const attributes = [{ name: 'poverty_score', value: 3 }];
    expect(await forbidden(SaveGroupDocument, { kind: 'HOUSEHOLD', attributes })).toContain('group.poverty_score');
    const { data } = await graph.ask(SaveIndividualDocument, { input: { id, givenName: 'Anna' } });
    expect(data).toMatchObject({ saveIndividual: { outcome: 'UPDATED', individual: { birthDate: null } } });
  });

  test('records about people whom the caller may not see are not shown', async () => {
    const person = { identifiers: [ANN] };
    await saveAnn();
    await graph.run(SaveFarmerDocument, { input: { person } });
    graph.callAs({
      access: { ...FULL_ACCESS, rows: { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['male'] } },
    });
    expect((await graph.run(FarmersDocument, {})).farmers).toMatchObject({ totalCount: 0, nodes: [] });
  });
});
