import { createHash, randomUUID } from 'node:crypto';
import {
  CreateDataSourceDocument,
  DataSourceByCodeDocument,
  DeliveriesDocument,
  EventSubscriptionsDocument,
  FamiliesDocument,
  InboxMessageDocument,
  InboxMessagesDocument,
  ReplayDeliveryDocument,
  SaveGroupDocument,
  SourceRequestsDocument,
} from '../../schema/generated/graphql.js';
import { globalId } from '../../src/graphql/global-id.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import { queueDelivery } from '../../src/partners/deliveries/deliveries.js';
import { createApiClient } from '../../src/security/client-administration.js';
import { inboxHandler } from '../../src/sources/inbox.js';
import { insertLaterRequest } from '../../src/sources/source-requests.js';
import { startJobs } from '../../src/database/jobs.js';
import { pino } from 'pino';
import { openTestGraph, type TestGraph } from './test-graph.js';
import { operator } from '../security/operator.js';

const log = pino({ level: 'silent' });

describe('what operators see of messages between systems', () => {
  let graph: TestGraph;
  let apiClientId: string;
  let sourceId: string;
  beforeAll(async () => {
    graph = await openTestGraph();
    const { pool } = graph.database;
    apiClientId = (await createApiClient(pool, graph.keys, { name: 'Other registry' }, { by: operator(pool) })).client
      .id;
    const { createDataSource } = await graph.run(CreateDataSourceDocument, {
      input: { code: 'other', name: 'Other', baseUrl: 'https://other.example.org', paths: { requests: '/async' } },
    });
    if (createDataSource.__typename !== 'DataSource') throw new Error(JSON.stringify(createDataSource));
    const { rows } = await pool.query<{ id: string }>("select id from data_sources where code = 'other'");
    sourceId = rows[0]?.id ?? '';
  });
  afterAll(() => graph.close());
  beforeEach(() => {
    graph.callAs({});
  });

  const bring = async (transactionId: string): Promise<void> => {
    const { pool } = graph.database;
    const envelope = { header: { action: 'notify' }, message: { transaction_id: transactionId, about: 'Mary Kabwe' } };
    await inboxHandler(
      { pool, keys: graph.keys, log },
      'notify',
    )({
      caller: { apiClientId, name: 'Other registry' },
      header: { messageId: randomUUID(), senderId: 'other.example.org' },
      envelope,
      isSigned: false,
      bodyDigest: createHash('sha256').update(JSON.stringify(envelope)).digest(),
      correlationId: randomUUID(),
      now: new Date(),
    });
  };

  test('the path of requests is kept and shown', async () => {
    const { dataSource } = await graph.run(DataSourceByCodeDocument, { code: 'other' });
    expect(dataSource?.paths).toMatchObject({ search: '/registry/sync/search', requests: '/async' });
  });

  test('what was asked and what came, page by page, the newest first, each with what it belongs to', async () => {
    const transactionId = randomUUID();
    const { pool } = graph.database;
    const known = { transactionId, messageId: 'm', referenceIds: [], subscriptionCodes: ['code-1'] };
    await insertLaterRequest(pool, { ...known, dataSourceId: sourceId, action: 'subscribe' });
    await bring(transactionId);
    await bring('of-nobody');

    const { sourceRequests } = await graph.run(SourceRequestsDocument, { source: 'other' });
    expect(sourceRequests.nodes).toMatchObject([
      { action: 'SUBSCRIBE', state: 'SENDING', subscriptionCodes: ['code-1'], dataSource: { code: 'other' } },
    ]);
    const first = (await graph.run(InboxMessagesDocument, { first: 1 })).inboxMessages;
    expect(first).toMatchObject({
      nodes: [{ state: 'QUARANTINED', transactionId: 'of-nobody', request: null }],
      pageInfo: { hasNextPage: true },
    });
    const rest = await graph.run(InboxMessagesDocument, { first: 1, after: first.pageInfo.endCursor ?? null });
    expect(rest.inboxMessages.nodes).toMatchObject([
      { state: 'MATCHED', reason: null, request: { transactionId, dataSource: { code: 'other' } } },
    ]);
    const { inboxMessages } = await graph.run(InboxMessagesDocument, { state: 'MATCHED' });
    expect(inboxMessages.nodes).toHaveLength(1);
    const { inboxMessage } = await graph.run(InboxMessageDocument, { id: inboxMessages.nodes[0]?.id ?? '' });
    expect(inboxMessage).toMatchObject({ message: { state: 'MATCHED' }, body: { message: { about: 'Mary Kabwe' } } });
  });

  test('the messages themselves name people: to open one takes more than to see that it came', async () => {
    await bring('another');
    graph.callAs({ scopes: ['admin'] });
    const { inboxMessages } = await graph.run(InboxMessagesDocument, {});
    expect(JSON.stringify(inboxMessages)).not.toContain('Kabwe');
    const { errors } = await graph.ask(InboxMessageDocument, { id: inboxMessages.nodes[0]?.id ?? '' });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    graph.callAs({ access: { ...FULL_ACCESS, rows: { kind: 'from_source', codes: ['other'] } } });
    const part = await graph.ask(InboxMessageDocument, { id: inboxMessages.nodes[0]?.id ?? '' });
    expect(part.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test.each([
    ['sourceRequests', SourceRequestsDocument],
    ['inboxMessages', InboxMessagesDocument],
    ['deliveries', DeliveriesDocument],
    ['eventSubscriptions', EventSubscriptionsDocument],
  ])('%s is for administrators', async (_name, document) => {
    graph.callAs({ scopes: ['graph.read', 'graph.personal', 'graph.write', 'import.run'] });
    expect((await graph.ask(document, {})).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test('a message that was given up is sent again; one that waits is not, and one that is none neither', async () => {
    const { pool, url } = graph.database;
    const jobs = await startJobs({ url, log });
    const body = { header: {}, message: {} };
    const target = 'http://127.0.0.1:9/on-search';
    const id = await queueDelivery(
      pool,
      { jobs, keys: graph.keys },
      { apiClientId, action: 'on-search', url: target, body },
    );
    const delivery = { id: globalId('Delivery', id) };
    expect((await graph.run(ReplayDeliveryDocument, delivery)).replayDelivery).toMatchObject({
      __typename: 'Refusal',
      code: 'DELIVERY_NOT_DEAD',
    });
    await pool.query(
      "update deliveries set state = 'dead', attempts = 8, last_error = 'it answered 500' where id = $1",
      [id],
    );
    expect((await graph.run(DeliveriesDocument, { state: 'DEAD' })).deliveries.nodes).toMatchObject([
      { client: 'Other registry', action: 'ON_SEARCH', url: target, attempts: 8, lastError: 'it answered 500' },
    ]);
    expect((await graph.run(ReplayDeliveryDocument, delivery)).replayDelivery).toMatchObject({
      __typename: 'Delivery',
      state: 'WAITING',
      attempts: 0,
    });
    const unknown = { id: globalId('Delivery', randomUUID()) };
    expect((await graph.run(ReplayDeliveryDocument, unknown)).replayDelivery).toMatchObject({
      code: 'DELIVERY_UNKNOWN',
      field: 'id',
    });
    await jobs.close();
  });

  test('groups are found by their identifiers and attributes', async () => {
    for (const [value, size] of [
      ['H-1', 'One'],
      ['H-2', 'Two'],
    ] as const) {
      const identifiers = [{ type: 'HOUSEHOLD_ID', value }];
      await graph.run(SaveGroupDocument, { input: { identifiers, kind: 'HOUSEHOLD', name: size } });
    }
    const find = async (filter: object) =>
      (await graph.run(FamiliesDocument, { first: 5, filter })).groups.nodes.map(({ name }) => name);
    expect(await find({ identifier: { type: 'HOUSEHOLD_ID', value: 'h-2' } })).toEqual(['Two']);
    expect(await find({ attributes: [{ name: 'group_name', eq: 'one' }] })).toEqual(['One']);
    expect(await find({ attributes: [{ name: 'group_type', eq: 'household' }], nameContains: 'two' })).toEqual(['Two']);
  });
});
