import { openTestGraph, type TestGraph } from './test-graph.js';

let graph: TestGraph;
beforeAll(async () => {
  graph = await openTestGraph();
  await graph.database.pool.query(`
    insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://127.0.0.1:9', 'spdci-1.0')`);
});
afterAll(() => graph.close());

const FIELDS = `__typename
  ... on SearchCriteria { id event makesPeople eventFrom eventUntil withinDays bornFrom { date }
    schedule { cron timeZone enabled incrementalBy overlapDays nextDueAt watermark
      dueTimes { dueAt outcome reason importRunId } } }
  ... on Refusal { reason: code code field message }`;

interface Answered {
  readonly made: Record<string, unknown> & { readonly id: string };
}

async function make(input: object): Promise<Answered['made']> {
  const { data } = await graph.ask<Answered>(
    `mutation ($input: CreateSearchCriteriaInput!) { made: createSearchCriteria(input: $input) { ${FIELDS} } }`,
    { input: { dataSource: 'crvs', ...input } },
  );
  if (data === null || data === undefined) throw new Error('no data');
  return data.made;
}

async function set(searchCriteriaId: string, schedule: object | null): Promise<Record<string, unknown>> {
  const { data, errors } = await graph.ask<Answered>(
    `mutation ($id: ID!, $schedule: ImportScheduleInput) {
      made: setImportSchedule(searchCriteriaId: $id, schedule: $schedule) { ${FIELDS} } }`,
    { id: searchCriteriaId, schedule },
  );
  return data?.made ?? { errors };
}

describe('an operator', () => {
  test('asks for deaths of the last days, and for marriages of a year', async () => {
    expect(await make({ name: 'Deaths', event: 'DEATH', withinDays: 90 })).toMatchObject({
      __typename: 'SearchCriteria',
      event: 'DEATH',
      makesPeople: false,
      withinDays: 90,
      schedule: null,
    });
    const year = { eventFrom: '2025-01-01', eventUntil: '2025-12-31' };
    expect(await make({ name: 'Marriages', event: 'MARRIAGE', ...year })).toMatchObject({ makesPeople: true, ...year });
    expect(await make({ name: 'Births', withinDays: 30 })).toMatchObject({ event: 'BIRTH', bornFrom: null });
  });

  test.each([
    ['WITHIN_DAYS_INVALID', 'withinDays', { withinDays: 0 }],
    [
      'WITHIN_DAYS_AND_RANGE',
      'withinDays',
      { withinDays: 5, bornFrom: { date: '2024-01-01' }, bornUntil: { date: '2024-12-31' } },
    ],
    ['EVENT_DATE_OF_BIRTH', 'eventFrom', { eventFrom: '2025-01-01', eventUntil: '2025-12-31' }],
    ['EVENT_DATE_UPPER_BOUND_REQUIRED', 'eventUntil', { event: 'DEATH', eventFrom: '2025-01-01' }],
  ])('is refused with %s', async (_code, field, input) => {
    expect(await make({ name: 'Refused', ...input })).toMatchObject({ __typename: 'Refusal', field });
  });

  test('sets a schedule, sees when it comes next, and takes it away', async () => {
    const { id } = await make({ name: 'Every night', withinDays: 30 });
    const asked = { cron: '0 3 * * *', timeZone: 'Africa/Lusaka', incrementalBy: 'REGISTRATION_DATE', overlapDays: 2 };
    const { schedule } = await set(id, asked);
    expect(schedule).toMatchObject({ ...asked, enabled: true, watermark: null, dueTimes: [] });
    expect((schedule as { nextDueAt: string }).nextDueAt).toMatch(/T01:00:00/u);
    expect((await set(id, { cron: '0 3 * * *', enabled: false })).schedule).toMatchObject({
      enabled: false,
      nextDueAt: null,
      timeZone: 'UTC',
      incrementalBy: 'NOTHING',
    });
    expect((await set(id, null)).schedule).toBeNull();
    const noted = await graph.database.pool.query("select from audit_entries where action = 'import.scheduled'");
    expect(noted.rowCount).toBe(3);
  });

  test.each([
    ['cron', { cron: 'sometimes' }],
    ['timeZone', { cron: '0 3 * * *', timeZone: 'Mars/Olympus' }],
    ['overlapDays', { cron: '0 3 * * *', overlapDays: -1 }],
  ])('is refused a schedule whose %s is none', async (field, schedule) => {
    const { id } = await make({ name: `Refused ${field}`, withinDays: 30 });
    expect(await set(id, schedule)).toMatchObject({ __typename: 'Refusal', field });
  });

  test('sees many schedules with as many statements as one', async () => {
    const list = `{ searchCriteria(first: 50) { edges { node { name schedule { cron watermark dueTimes { outcome } } } } } }`;
    const count = async () => {
      graph.database.statements.length = 0;
      await graph.ask(list);
      return graph.database.statements.length;
    };
    const { id } = await make({ name: 'One', withinDays: 1 });
    await set(id, { cron: '0 3 * * *' });
    const one = await count();
    for (const name of ['Two', 'Three', 'Four'])
      await set((await make({ name, withinDays: 1 })).id, { cron: '0 4 * * *' });
    expect(await count()).toBe(one);
  });
});

test('whoever may only read sees schedules and sets none', async () => {
  const { id } = await make({ name: 'Another', withinDays: 1 });
  graph.callAs({ scopes: ['graph.read'] });
  expect(await set(id, { cron: '0 3 * * *' })).toMatchObject({ errors: [expect.anything()] });
});
