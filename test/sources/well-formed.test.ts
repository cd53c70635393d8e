import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VITAL_EVENTS } from '../../src/record/vital-event.js';
import { EVERYBODY, type Filter } from '../../src/record/filter.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { type LaterQuestion, writeLaterMessage } from '../../src/sources/later-messages.js';
import { type LaterRequest } from '../../src/sources/source-requests.js';
import { type SourceQuestion } from '../../src/sources/source-messages.js';
import { updateDataSource } from '../../src/sources/data-sources.js';
import { PUBLISHED_PRESENT, type PublishedOperation, publishedOperations } from '../end-to-end/published-interfaces.js';
import { operator } from '../security/operator.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { type Bench, openBench, SEARCH } from './dci-peer.js';
import { reversingSeal } from './reversing-seal.js';

if (!PUBLISHED_PRESENT) process.stderr.write('skipped, no published schemas (DCI_SPEC): every request that we send\n');
const ifPublished = PUBLISHED_PRESENT ? describe : describe.skip;

let database: TestDatabase;
let bench: Bench;
let mock: MockRegistry;
beforeAll(async () => {
  [database, mock] = await Promise.all([createTestDatabase(), startMockRegistry({ profile: 'spdci-1.0', births: 40 })]);
  bench = await openBench(database);
});
afterAll(async () => {
  await Promise.all([bench.close(), mock.close()]);
  await database.close();
});

const compare = (attribute: 'birth_date' | 'sex', op: 'ge' | 'lt' | 'in' | 'ne', ...values: string[]): Filter => ({
  kind: 'compare',
  attribute,
  operator: op,
  values,
});
const range: Filter = {
  kind: 'and',
  filters: [compare('birth_date', 'ge', '2020-01-01'), compare('birth_date', 'lt', '2021-01-01')],
};
const uin: Filter = { kind: 'identifier', type: 'UIN', values: ['1234'] };

const QUESTIONS: readonly (readonly [string, readonly SourceQuestion[]])[] = [
  ['everybody', [{ filter: EVERYBODY }]],
  ['a range', [{ filter: range, page: { size: 20, number: 3 } }]],
  ['a number', [{ filter: uin }]],
  ['a list', [{ filter: compare('sex', 'in', 'male', 'female') }]],
  ['an expression', [{ filter: { kind: 'not', filter: compare('sex', 'ne', 'male') } }]],
  ['an order', [{ filter: range, sort: [{ attribute: 'birth_date', direction: 'asc' }] }]],
  ['each event', VITAL_EVENTS.map((event) => ({ filter: EVERYBODY, event }))],
  ['several', [{ filter: uin }, { filter: range }]],
];

ifPublished('every request that we send fits the published schemas', () => {
  const operations = PUBLISHED_PRESENT ? publishedOperations() : [];
  const faultsAt = (path: string, body: unknown): unknown[] => {
    const there = operations.filter((operation) => operation.path === path);
    expect(there.length).toBeGreaterThan(3);
    return there.flatMap(({ registry, fitsRequest }: PublishedOperation) =>
      fitsRequest(body) ? [] : [registry, ...(fitsRequest.errors ?? [])],
    );
  };

  test.each(QUESTIONS)('a search for %s, answered at once or later', async (_, questions) => {
    await bench.client.searchMany(bench.source, questions);
    const sent: unknown = JSON.parse(bench.peer.requestsOf(SEARCH).at(-1)?.body ?? '');
    expect(faultsAt('/registry/sync/search', sent)).toEqual([]);
    const later = writeLaterMessage(bench.source, { action: 'search', questions }, ADDRESS, new Date());
    expect(faultsAt('/registry/search', asSent(later.body))).toEqual([]);
  });

  const of = (action: LaterRequest['action']): LaterRequest => ({
    id: '00000000-0000-4000-8000-000000000001',
    dataSourceId: bench.source.id,
    action,
    transactionId: 't-1',
    messageId: 'm-1',
    referenceIds: ['r-1'],
    correlationId: null,
    subscriptionCodes: ['s-1'],
    state: 'acknowledged',
    problem: null,
    createdAt: new Date(),
    answeredAt: null,
  });
  const dates = { startsAt: new Date('2026-01-01'), endsAt: new Date('2027-01-01') };
  test.each<[string, string, () => LaterQuestion]>([
    ['a subscription', '/registry/subscribe', () => ({ action: 'subscribe', eventType: 'REGISTER' })],
    [
      'a subscription with a filter and a time table',
      '/registry/subscribe',
      () => ({ action: 'subscribe', eventType: 'REGISTER', filter: range, frequency: { cron: '0 5 * * *', ...dates } }),
    ],
    ['the end of subscriptions', '/registry/unsubscribe', () => ({ action: 'unsubscribe', codes: ['s-1', 's-2'] })],
    ['a look at what became of a search', '/registry/txn/status', () => ({ action: 'txn-status', of: of('search') })],
    [
      'a look at what became of a subscription',
      '/registry/txn/status',
      () => ({ action: 'txn-status', of: of('subscribe') }),
    ],
  ])('%s', (_, path, question) => {
    const { body } = writeLaterMessage(bench.source, question(), ADDRESS, new Date());
    expect(faultsAt(path, asSent(body))).toEqual([]);
  });
});

const ADDRESS = { senderId: 'gateway.example.org', publicUrl: 'https://gateway.example.org' };

function asSent(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body)) as unknown;
}

describe('what a source sets is in what the register reads', () => {
  const heard = async (parameters: Record<string, string>, question: SourceQuestion): Promise<unknown> => {
    const settings = { baseUrl: mock.url, clientId: mock.clientId, clientSecret: mock.clientSecret, parameters };
    const source = await updateDataSource(database.pool, reversingSeal, 'crvs', settings, operator(database.pool));
    await bench.client.search(source, question).catch(() => undefined);
    return mock.searches.at(-1);
  };
  const criteria = (words: object): object => ({ message: { search_request: [{ search_criteria: words }] } });

  test.each<[string, string, object, SourceQuestion]>([
    ['version', '1.0.1', { header: { version: '1.0.1' }, ...criteria({ version: '1.0.1' }) }, { filter: EVERYBODY }],
    ['sender_id', 'spmis.example.org', { header: { sender_id: 'spmis.example.org' } }, { filter: EVERYBODY }],
    [
      'sender_uri',
      'https://us.example.org',
      { header: { sender_uri: 'https://us.example.org' } },
      { filter: EVERYBODY },
    ],
    ['receiver_id', 'civil', { header: { receiver_id: 'civil' } }, { filter: EVERYBODY }],
    ['reg_type', 'ns:a:Civil', criteria({ reg_type: 'ns:a:Civil' }), { filter: EVERYBODY }],
    ['reg_event_type', 'x:LiveBirth', criteria({ reg_event_type: 'x:LiveBirth' }), { filter: EVERYBODY }],
    ['reg_record_type', 'x:Person', criteria({ reg_record_type: 'x:Person' }), { filter: EVERYBODY }],
    ['death_reg_type', 'ns:d:Civil', criteria({ reg_type: 'ns:d:Civil' }), { filter: EVERYBODY, event: 'death' }],
    ['death_reg_event_type', 'd:Death', criteria({ reg_event_type: 'd:Death' }), { filter: EVERYBODY, event: 'death' }],
    ['marriage_reg_type', 'ns:m:Civil', criteria({ reg_type: 'ns:m:Civil' }), { filter: EVERYBODY, event: 'marriage' }],
    [
      'marriage_reg_event_type',
      'm:Marriage',
      criteria({ reg_event_type: 'm:Marriage' }),
      { filter: EVERYBODY, event: 'marriage' },
    ],
    ['locale', 'fra', { message: { search_request: [{ locale: 'fra' }] } }, { filter: EVERYBODY }],
    ['page_size', '7', criteria({ pagination: { page_size: 7, page_number: 1 } }), { filter: EVERYBODY }],
  ])('the parameter %s', async (name, value, message, question) => {
    expect(await heard({ [name]: value }, question)).toMatchObject(message);
  });

  test('the parameter of births is not that of deaths', async () => {
    const words = await heard({ reg_event_type: 'x:LiveBirth' }, { filter: EVERYBODY, event: 'death' });
    expect(words).toMatchObject(criteria({ reg_event_type: 'spdci-common:RegistryEventType:Death' }));
  });

  test('an event that the dialect has no word for is a named problem, until its word is given', async () => {
    const update = (parameters: Record<string, string>) =>
      updateDataSource(
        database.pool,
        reversingSeal,
        'crvs',
        { dialect: 'openspp-17', parameters },
        operator(database.pool),
      );
    const question: SourceQuestion = { filter: EVERYBODY, event: 'death' };
    await expect(bench.client.search(await update({}), question)).rejects.toMatchObject({
      code: 'EVENT_NOT_EXPRESSIBLE',
      message: expect.stringContaining('death_reg_type') as string,
    });
    await bench.client.search(await update({ death_reg_type: 'SPP:Death' }), question).catch(() => undefined);
    expect(mock.searches.at(-1)).toMatchObject(criteria({ reg_type: 'SPP:Death' }));
  });
});

describe('endpoints that are for tests alone', () => {
  test('are those of the mock register, which only the command line starts', () => {
    const folder = join(import.meta.dirname, '../../src');
    const importers = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('mock-registry/'))
      .filter((file) => readFileSync(join(folder, file), 'utf8').includes('mock-registry/'));
    expect(importers.every((file) => file.startsWith('cli/'))).toBe(true);
  });
});
