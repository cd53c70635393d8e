import { finishTransaction } from '../../src/partners/transactions/transactions.js';
import { PUBLISHED_PRESENT, publishedOperations } from '../end-to-end/published-interfaces.js';
import { type AsyncGateway, asyncMessage, type PostedCallback, startAsyncGateway } from './async-gateway.js';
import { item, predicate, SENDER_ID } from './partner-gateway.js';

if (!PUBLISHED_PRESENT) process.stderr.write('skipped: the published OpenAPI documents are not beside this checkout\n');

interface Status {
  readonly header: Readonly<Record<string, unknown>>;
  readonly message: {
    readonly transaction_id: string;
    readonly correlation_id: string;
    readonly txnstatus_response: {
      readonly txn_type: string;
      readonly txn_status: {
        readonly transaction_id: string;
        readonly correlation_id: string;
        readonly status?: string;
        readonly search_response?: readonly Readonly<Record<string, unknown>>[];
        readonly subscribe_response?: readonly Readonly<Record<string, unknown>>[];
        readonly subscription_status?: readonly unknown[];
      };
    };
  };
}

let rig: AsyncGateway;
let otherToken: string;
beforeAll(async () => {
  rig = await startAsyncGateway();
  otherToken = await rig.newToken('Other ministry');
});
afterAll(() => rig.close());

let questions = 0;
const callbackUrl = () => `${rig.peer.baseUrl}/cb`;

function question(txnType: string, attribute: string, value: unknown, senderUri = callbackUrl()) {
  questions += 1;
  const { header } = asyncMessage([], senderUri, { header: { action: 'txn-status', total_count: 1 } });
  return {
    header,
    message: {
      transaction_id: `q-${String(questions)}`,
      txnstatus_request: {
        reference_id: 'q-ref',
        txn_type: txnType,
        attribute_type: attribute,
        attribute_value: value,
        locale: 'eng',
      },
    },
  };
}

async function ask(txnType: string, attribute: string, value: unknown, token?: string, path = '/registry') {
  const authorization = `Bearer ${token ?? rig.gateway.partnerToken}`;
  const body = question(txnType, attribute, value);
  const answer = await rig.gateway.post(body, { authorization }, `${path}/sync/txn/status`);
  return { ...answer, status: answer.status, body: JSON.parse(answer.text) as Status };
}

const told = ({ body }: { body: Status }) => body.message.txnstatus_response.txn_status;
const everybody = (referenceId: string, size: number) =>
  item(referenceId, 'predicate', predicate('birth_date', 'ge', '1900-01-01'), { pagination: { page_size: size } });
const search = async (transactionId: string, items: readonly unknown[], token?: string) => {
  const body = asyncMessage(items, callbackUrl(), { transactionId });
  return (await rig.send('/search', body, token)).correlationId;
};

describe('the status of a transaction', () => {
  test('that nobody knows is an empty list, and the header says so', async () => {
    const answer = await ask('search', 'transaction_id', 'never-heard-of');
    expect(answer.status).toBe(200);
    expect(answer.body.header).toMatchObject({ action: 'txn-on-status', status: 'rjct', sender_id: SENDER_ID });
    expect(answer.body.header['status_reason_message']).toMatch(/No transaction/u);
    expect(told(answer)).toMatchObject({ transaction_id: answer.body.message.transaction_id, search_response: [] });
  });

  test('that waits is pending, item by item', async () => {
    const correlationId = await search('waiting', [everybody('r-1', 2), everybody('r-2', 2)]);
    const answer = await ask('search', 'transaction_id', 'waiting');
    expect(answer.body.header).toMatchObject({ status: 'succ' });
    expect(told(answer)).toMatchObject({ transaction_id: 'waiting', correlation_id: correlationId });
    const items = told(answer).search_response ?? [];
    expect(items.map(({ reference_id, status }) => [reference_id, status])).toEqual([
      ['r-1', 'pdng'],
      ['r-2', 'pdng'],
    ]);
  });

  test('that was given up is rejected', async () => {
    const correlationId = await search('given-up', [everybody('r-1', 2)]);
    const { pool } = rig.gateway.database;
    const { rows } = await pool.query<{ id: string }>('select id from transactions where correlation_id = $1', [
      correlationId,
    ]);
    expect(await finishTransaction(pool, rows[0]?.id ?? '', { state: 'failed', outcome: [] })).toBe(true);
    const [only] = told(await ask('search', 'correlation_id', correlationId)).search_response ?? [];
    expect(only).toMatchObject({ reference_id: 'r-1', status: 'rjct' });
  });

  test('of somebody else is as one that nobody knows, by whatever it is asked for', async () => {
    const correlationId = await search('of-others', [everybody('theirs', 2)], otherToken);
    for (const [attribute, value] of [
      ['transaction_id', 'of-others'],
      ['correlation_id', correlationId],
      ['reference_id_list', ['theirs']],
    ] as const) {
      const answer = await ask('search', attribute, value);
      expect(answer.body.header).toMatchObject({ status: 'rjct' });
      expect(told(answer).search_response).toEqual([]);
    }
    expect(told(await ask('search', 'correlation_id', correlationId, otherToken)).search_response).toHaveLength(1);
  });

  test.each([
    ['an unknown kind', 'refund', 'transaction_id', 't'],
    ['an unknown attribute', 'search', 'colour', 'red'],
    ['no value', 'search', 'transaction_id', ''],
    ['a value that is too long', 'search', 'correlation_id', 'x'.repeat(100)],
  ])('asked with %s is refused', async (_name, txnType, attribute, value) => {
    const answer = await ask(txnType, attribute, value);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('err.request.bad');
  });

  test('receipts are known of nobody', async () => {
    expect((await ask('receipt', 'transaction_id', 'waiting')).body.header).toMatchObject({ status: 'rjct' });
  });
});

describe('the status of what was done', () => {
  let correlationId: string;
  let code: string;
  beforeAll(async () => {
    await rig.startWorkers();
    correlationId = await search('done', [everybody('d-1', 2), item('d-2', 'nonsense', {})]);
    await rig.callbacks(correlationId, 3);
    const subscribing = {
      header: asyncMessage([], callbackUrl(), { header: { action: 'subscribe', total_count: 1 } }).header,
      message: {
        transaction_id: 'subscribed',
        subscribe_request: [
          {
            reference_id: 's-1',
            timestamp: '2026-01-15T10:30:00Z',
            subscribe_criteria: {
              version: '1.0.0',
              reg_type: 'ns:org:RegistryType:Civil',
              reg_event_type: 'spdci-common:RegistryEventType:LiveBirth',
              filter_type: 'idtype-value',
              filter: { type: 'UIN', value: 'ANN' },
              notify_record_type: 'spdci-extensions-dci:Person',
            },
            locale: 'eng',
          },
        ],
      },
    };
    const ack = await rig.send('/subscribe', subscribing);
    const [callback] = await rig.callbacks(ack.correlationId, 1);
    code = /"code":"([^"]+)"/u.exec(JSON.stringify(callback?.body.message))?.[1] ?? '';
  });

  test.each([
    ['transaction_id', () => 'done'],
    ['correlation_id', () => correlationId],
    ['reference_id_list', () => ['d-1', 'd-2', 'unheard-of']],
  ])('is found by %s, with pages and totals but no records', async (attribute, value) => {
    const answer = await ask('search', attribute, value());
    expect(answer.body.header).toMatchObject({ status: 'succ', total_count: 1, completed_count: 1 });
    expect(answer.body.message.txnstatus_response.txn_type).toBe('search');
    expect(told(answer)).toMatchObject({ transaction_id: 'done', correlation_id: correlationId });
    const [first, second, ...more] = told(answer).search_response ?? [];
    expect(first).toMatchObject({
      reference_id: 'd-1',
      status: 'succ',
      pagination: { page_size: 2, page_number: 3, total_count: 5 },
    });
    expect(second).toMatchObject({ reference_id: 'd-2', status: 'rjct' });
    expect(second?.['status_reason_code']).toMatch(/^rjct\./u);
    expect(more).toEqual([]);
    expect(answer.text).not.toContain('reg_records');
  });

  test('names only the requests that were asked for', async () => {
    const items = told(await ask('search', 'reference_id_list', ['d-2'])).search_response ?? [];
    expect(items.map(({ reference_id }) => reference_id)).toEqual(['d-2']);
  });

  test('of an id that was used again is that of the latest message', async () => {
    const first = await search('again', [everybody('a-1', 50)]);
    await rig.callbacks(first, 1);
    const second = await search('again', [everybody('a-1', 50), everybody('a-2', 50)]);
    await rig.callbacks(second, 1);
    const answer = await ask('search', 'transaction_id', 'again');
    expect(told(answer).correlation_id).toBe(second);
    expect((told(answer).search_response ?? []).map(({ reference_id }) => reference_id)).toEqual(['a-1', 'a-2']);
  });

  test.each([
    ['transaction_id', () => 'subscribed'],
    ['reference_id_list', () => ['s-1']],
    ['subscription_code_list', () => [code]],
  ])('of a subscription is found by %s', async (attribute, value) => {
    const answer = await ask('subscribe', attribute, value());
    const [only] = told(answer).subscribe_response ?? [];
    expect(only).toMatchObject({ reference_id: 's-1', status: 'succ', subscriptions: [{ code, status: 'subscribe' }] });
  });

  test('of the end of a subscription is found by its code, and the subscription is shown as ended', async () => {
    const { header } = asyncMessage([], callbackUrl(), { header: { action: 'unsubscribe', total_count: 1 } });
    const message = { transaction_id: 'ended', timestamp: '2026-01-15T10:30:00Z', subscription_codes: [code] };
    const ack = await rig.send('/unsubscribe', { header, message });
    await rig.callbacks(ack.correlationId, 1);
    expect(told(await ask('unsubscribe', 'subscription_code_list', [code]))).toMatchObject({
      transaction_id: 'ended',
      status: 'succ',
      subscription_status: [{ code, status: 'unsubscribe' }],
    });
    const [wish] = told(await ask('subscribe', 'subscription_code_list', [code])).subscribe_response ?? [];
    expect(wish).toMatchObject({ status: 'succ', subscriptions: [{ code, status: 'unsubscribe' }] });
  });

  test('is told by a callback under the correlation id of the acknowledgement, unknown ones too', async () => {
    const known = await rig.send('/txn/status', question('search', 'correlation_id', correlationId));
    expect(known).toMatchObject({ status: 202, ack: 'ACK' });
    const unknown = await rig.send('/txn/status', question('search', 'transaction_id', 'never-heard-of'));
    expect(unknown).toMatchObject({ status: 202, ack: 'ACK' });
    const [first] = await rig.callbacks(known.correlationId, 1);
    const [second] = await rig.callbacks(unknown.correlationId, 1);
    expect(first?.body.header).toMatchObject({ action: 'txn-on-status', status: 'succ', is_msg_encrypted: false });
    expect(first?.body.message.txnstatus_response?.txn_status).toMatchObject({ correlation_id: correlationId });
    expect(second?.body.header).toMatchObject({ action: 'txn-on-status', status: 'rjct' });
    expect(second?.body.message.txnstatus_response?.txn_status).toMatchObject({ search_response: [] });
  });

  (PUBLISHED_PRESENT ? test : test.skip)('fits what is published, as answer and as callback', async () => {
    const operations = publishedOperations();
    const fits = (registry: string, path: string) =>
      operations.find((one) => one.registry === registry && one.path === path);
    const questions = [
      ['search', 'transaction_id', 'done'],
      ['search', 'transaction_id', 'never-heard-of'],
      ['search', 'reference_id_list', ['d-1']],
      ['subscribe', 'subscription_code_list', [code]],
      ['unsubscribe', 'subscription_code_list', [code]],
    ] as const;
    for (const registry of ['crvs', 'fr']) {
      for (const asked of questions) {
        const { body } = await ask(asked[0], asked[1], asked[2], undefined, `/${registry}/registry`);
        const operation = fits(registry, '/registry/sync/txn/status');
        expect([asked, operation?.fitsAnswer(body) === true ? [] : operation?.fitsAnswer.errors]).toEqual([asked, []]);
      }
    }
    const posted = rig.peer.requests.map(({ body }) => JSON.parse(body) as PostedCallback['body']);
    const seen = new Set<unknown>();
    for (const body of posted) {
      const { action } = body.header;
      const path = { 'on-search': '/registry/on-search', 'txn-on-status': '/registry/txn/on-status' }[String(action)];
      if (path === undefined) continue;
      seen.add(action);
      const operation = fits('crvs', path);
      expect([action, operation?.fitsRequest(body) === true ? [] : operation?.fitsRequest.errors]).toEqual([
        action,
        [],
      ]);
    }
    expect([...seen].sort()).toEqual(['on-search', 'txn-on-status']);
  });
});
