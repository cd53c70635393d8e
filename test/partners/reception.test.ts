import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { untilAborted } from '../../src/database/abortable.js';
import { writeAck } from '../../src/dci/ack.js';
import type { Handler } from '../../src/partners/reception/endpoint.js';
import type { ReceptionConfig } from '../../src/partners/reception/reception.js';
import type { WantedReception } from '../../src/security/client-reception.js';
import type { Parts } from '../security/test-gateway.js';
import { item, message, type PartnerGateway, startPartnerGateway } from './partner-gateway.js';

/** Acknowledges; a status that asks to wait is told so by the database. */
const acknowledge =
  ({ database: { pool } }: Parts, status: number): Handler =>
  async ({ correlationId, now, message, signal }) => {
    const seconds = message['wait'];
    if (typeof seconds === 'number') {
      await untilAborted(pool, signal, (db) => db.query({ text: 'select pg_sleep($1)', values: [seconds] }));
    }
    return { status, body: writeAck({ status: 'ACK', now, correlationId }) };
  };

const started: PartnerGateway[] = [];
async function start(config: Partial<ReceptionConfig> = {}): Promise<PartnerGateway> {
  const gateway = await startPartnerGateway('spdci-1.0', {
    config,
    handlers: (parts) => ({
      '/search': acknowledge(parts, 202),
      '/on-search': acknowledge(parts, 200),
      '/sync/txn/status': acknowledge(parts, 200),
      '/subscribe': acknowledge(parts, 202),
    }),
  });
  started.push(gateway);
  return gateway;
}

let gateway: PartnerGateway;
beforeAll(async () => {
  gateway = await start();
});
afterAll(async () => {
  for (const one of started) await one.close();
});

const search = (header: Record<string, unknown> = {}) =>
  message([item('r', 'idtype-value', { type: 'UIN', value: 'ANN' })], header);
const BOTH = ['/registry/search', '/registry/sync/search'];

let made = 0;
async function as(reception: WantedReception, scopes?: string[]): Promise<Record<string, string>> {
  made += 1;
  const name = `Client ${String(made)}`;
  const client = await gateway.createClient({ name, reception, ...(scopes ? { scopes } : {}) });
  return { authorization: `Bearer ${await gateway.token(client)}` };
}

/** Every refusal has all three bodies that peers look for. */
function expectRefusal(
  { status, body, headers }: Awaited<ReturnType<PartnerGateway['post']>>,
  expected: number,
  code: string,
): void {
  expect({ status, code: body.errors?.[0]?.code }).toEqual({ status: expected, code });
  expect(headers.get('content-type')).toMatch(/^application\/json/u);
  expect(body.error).toEqual(body.errors?.[0]);
  expect(body.message).toMatchObject({ ack_status: 'ERR', error: body.error });
  expect(body.message.correlation_id).toMatch(/^[0-9a-f-]{36}$/u);
}

describe('an error of the standard', () => {
  test.each(BOTH)('err.request.bad, at %s', async (path) => {
    expectRefusal(await gateway.post('{', {}, path), 400, 'err.request.bad');
  });

  test.each([...BOTH, '/registry/on-search', '/registry/sync/txn/status', '/crvs/v1.0.0/registry/subscribe'])(
    'err.request.unauthorized before anything is looked at, at %s',
    async (path) => {
      expectRefusal(await gateway.post('{', { authorization: '' }, path), 401, 'err.request.unauthorized');
      const noType = { authorization: '', 'content-type': 'text/plain' };
      expectRefusal(await gateway.post('{', noType, path), 401, 'err.request.unauthorized');
    },
  );

  test('err.request.forbidden without the scope', async () => {
    const headers = await as({}, ['registry.search']);
    expectRefusal(await gateway.post(search(), headers, '/registry/subscribe'), 403, 'err.request.forbidden');
    expect((await gateway.post(search(), headers, '/registry/on-search')).status).toBe(400);
  });

  test.each(['/registry/nothing', '/crvs/registry', '/dr/v1/sync/enrolled', '/ns/v1/registry/none'])(
    'err.request.not_found at %s',
    async (path) => {
      expectRefusal(await gateway.post(search(), {}, path), 404, 'err.request.not_found');
    },
  );

  test('err.version.not_supported where the answer is an acknowledgement, rjct.version.invalid where it has a header', async () => {
    const future = search({ version: '2.0.0' });
    expectRefusal(await gateway.post(future, {}, '/registry/search'), 400, 'err.version.not_supported');
    const { status, body } = await gateway.post(future);
    expect(status).toBe(200);
    expect(body.header).toMatchObject({ status: 'rjct', status_reason_code: 'rjct.version.invalid' });
  });

  test.each(BOTH)('err.sender_id.invalid for the name of somebody else, at %s', async (path) => {
    const headers = await as({ senderIds: ['ministry.example.org'] });
    expect((await gateway.post(search(), headers, path)).status).toBeLessThan(300);
    const other = search({ sender_id: 'other.example.org' });
    expectRefusal(await gateway.post(other, headers, path), 400, 'err.sender_id.invalid');
  });

  test('err.sender_uri.invalid for what is no address; an absent or an unknown one is acknowledged', async () => {
    const path = '/registry/search';
    for (const uri of ['not an address', '/registry/on-search', 'http://']) {
      expectRefusal(await gateway.post(search({ sender_uri: uri }), {}, path), 400, 'err.sender_uri.invalid');
    }
    for (const uri of ['', null, 'https://nobody.invalid/registry/on-search', 'sftp://host/folder']) {
      expect((await gateway.post(search({ sender_uri: uri }), {}, path)).status).toBe(202);
    }
    // Nobody is called back after a synchronous answer.
    expect((await gateway.post(search({ sender_uri: 'not an address' }))).status).toBe(200);
  });

  test.each([...BOTH, '/registry/on-search'])(
    'err.signature.invalid for what cannot be verified, at %s',
    async (path) => {
      for (const signature of ['nonsense', 'eyJhbGciOiJub25lIn0..c2ln', 5, {}, ['unsigned']]) {
        const signed = {
          signature,
          ...search({ action: path.includes('on-') ? 'on-search' : 'search', status: 'succ' }),
        };
        expectRefusal(await gateway.post(signed, {}, path), 400, 'err.signature.invalid');
      }
      for (const signature of ['', null, 'unsigned', 'unsigned-stub']) {
        const unsigned = {
          signature,
          ...search({ action: path.includes('on-') ? 'on-search' : 'search', status: 'succ' }),
        };
        expect((await gateway.post(unsigned, {}, path)).status).toBeLessThan(300);
      }
    },
  );

  test.each(BOTH)('err.signature.missing from a client that must sign, at %s', async (path) => {
    const headers = await as({ inboundSignature: 'required' });
    for (const signature of [undefined, '', 'unsigned-stub']) {
      const unsigned = { signature, ...search() };
      expectRefusal(await gateway.post(unsigned, headers, path), 400, 'err.signature.missing');
    }
  });

  test.each(BOTH)('err.encryption.invalid, at %s', async (path) => {
    const encrypted = {
      header: search().header,
      message: { header: {}, ciphertext: 'c', encrypted_key: 'k', tag: 't', iv: 'i' },
    };
    expectRefusal(await gateway.post(encrypted, {}, path), 400, 'err.encryption.invalid');
    const said = search({ is_msg_encrypted: true });
    expectRefusal(await gateway.post(said, {}, path), 400, 'err.encryption.invalid');
  });

  test('err.receiver_id.invalid for a message to somebody else, where our names are set', async () => {
    const named = await start({ receiverIds: ['crvs.example.org', 'social.example.org'] });
    for (const path of BOTH) {
      const other = search({ receiver_id: 'other.example.org' });
      expectRefusal(await named.post(other, {}, path), 400, 'err.receiver_id.invalid');
      expect((await named.post(search({ receiver_id: 'crvs.example.org' }), {}, path)).status).toBeLessThan(300);
      expect((await named.post(search({ receiver_id: '' }), {}, path)).status).toBeLessThan(300);
    }
  });

  test('err.request.too_many_requests with Retry-After for who asks without end, and for nobody else', async () => {
    const limited = await start({ partnerRequestsPerSecond: 2 });
    const other = { authorization: `Bearer ${await limited.token(await limited.createClient({ name: 'Other' }))}` };
    const answers = await Promise.all(Array.from({ length: 30 }, () => limited.post(search())));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(12);
    const [first] = refused;
    if (!first) throw new Error('nobody was refused');
    expectRefusal(first, 429, 'err.request.too_many_requests');
    expect(Number(first.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await limited.post(search(), other)).status).toBe(200);
  });

  test('a burst of 60 requests in a second is answered by default', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => gateway.post(search())));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });
});

describe('time', () => {
  let hurried: PartnerGateway;
  beforeAll(async () => {
    hurried = await start({ answerSeconds: 1 });
  });

  test('err.request.timeout with 503 and Retry-After for an answer that takes too long; its statement ends as well', async () => {
    const slow = { header: search().header, message: { wait: 600 } };
    const answer = await hurried.post(slow, {}, '/registry/search');
    expectRefusal(answer, 503, 'err.request.timeout');
    expect(answer.headers.get('retry-after')).toBe('5');
    await untilNobodySleeps(hurried);
    expect((await hurried.post(search())).status).toBe(200);
  });

  test('err.request.timeout with 408 for a message that does not arrive', async () => {
    const { hostname, port } = new URL(hurried.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `POST /registry/sync/search HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${hurried.partnerToken}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"header":',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 [^]*"err\.request\.timeout"/u);
    socket.destroy();
  });

  test('a statement ends when its caller has gone', async () => {
    const leaving = new AbortController();
    const call = fetch(`${gateway.url}/registry/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.partnerToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ header: search().header, message: { wait: 600 } }),
      signal: leaving.signal,
    });
    while ((await sleepers(gateway)) === 0) await delay(5);
    leaving.abort();
    await expect(call).rejects.toThrow();
    await untilNobodySleeps(gateway);
  });
});

async function sleepers({ database }: PartnerGateway): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and state = 'active' and query like 'select pg_sleep%'`,
  );
  return rows[0]?.count ?? 0;
}

async function untilNobodySleeps(of: PartnerGateway): Promise<void> {
  while ((await sleepers(of)) > 0) await delay(5);
}

test('err.service.unavailable with 503 and Retry-After while the database is away', async () => {
  const lost = await start();
  expect((await lost.post(search())).status).toBe(200);
  await lost.loseDatabase();
  const answer = await lost.post(search());
  expectRefusal(answer, 503, 'err.service.unavailable');
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(lost.logLines.join('')).toContain(answer.body.message.correlation_id);
});

describe('a callback', () => {
  const onSearch = search({ action: 'on-search', status: 'succ' });
  const path = '/registry/on-search';

  test.each(['application/json', 'text/plain', 'application/octet-stream'])(
    'is read as JSON also as %s',
    async (type) => {
      const { status, body } = await gateway.post(onSearch, { 'content-type': type }, path);
      expect({ status, ack: body.message.ack_status }).toEqual({ status: 200, ack: 'ACK' });
    },
  );

  test('may be a header alone', async () => {
    expect((await gateway.post({ header: onSearch.header }, {}, path)).status).toBe(200);
  });

  test('is no form with files', async () => {
    const form = { 'content-type': 'multipart/form-data; boundary=x' };
    expectRefusal(await gateway.post('--x--', form, path), 415, 'err.request.bad');
  });
});

describe('an address', () => {
  test.each([
    '/registry/sync/search',
    '/registry/sync/search/',
    '/gateway/registry/sync/search',
    '/dci_api/v1/registry/sync/search',
    '/crvs/registry/sync/search',
    '/crvs/v1.0.0/registry/sync/search/',
    '/crvs/sync/search',
    '/sr/v1/sync/search',
  ])('%s is answered', async (path) => {
    const { status, body } = await gateway.post(search(), {}, path);
    expect({ status, items: body.message.search_response.length }).toEqual({ status: 200, items: 1 });
  });

  test('/registry/async/search is the asynchronous search', async () => {
    expect((await gateway.post(search(), {}, '/registry/async/search')).status).toBe(202);
  });

  test('of a registry that is not served is not found, whatever it is called', async () => {
    const civil = await start({ registries: ['crvs'] });
    expect((await civil.post(search(), {}, '/crvs/registry/sync/search')).status).toBe(200);
    for (const path of ['/social/registry/sync/search', '/sr/sync/search', '/dr/registry/sync/search']) {
      expectRefusal(await civil.post(search(), {}, path), 404, 'err.request.not_found');
    }
    const asked = message([
      item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }, { reg_type: 'ns:org:RegistryType:FR' }),
    ]);
    const { status, body } = await civil.post(asked);
    expect(status).toBe(200);
    expect(body.message.search_response).toMatchObject([{ status: 'rjct', data: { reg_records: [] } }]);
  });
});

describe('a header of which a strict client is told', () => {
  const rejected = async (header: Record<string, unknown>, reception: WantedReception = { strict: true }) => {
    const { status, body } = await gateway.post(search(header), await as(reception));
    expect(status).toBe(200);
    expect(body.header).toMatchObject({ action: 'on-search', status: body.header['status'] });
    return body.header['status_reason_code'];
  };

  test.each([
    ['rjct.message_ts.invalid', { message_ts: '2020-01-01T00:00:00Z' }],
    ['rjct.total_count.invalid', { message_ts: new Date().toISOString(), total_count: 7 }],
    ['rjct.action.invalid', { message_ts: new Date().toISOString(), action: 'subscribe' }],
    ['rjct.action.not_supported', { message_ts: new Date().toISOString(), action: 'dance' }],
    ['rjct.version.invalid', { message_ts: new Date().toISOString(), version: '7' }],
  ])('%s', async (code, header) => {
    expect(await rejected(header)).toBe(code);
  });

  test('others are answered past an old time and a wrong count', async () => {
    expect(await rejected({ message_ts: '2020-01-01T00:00:00Z', total_count: 7 }, {})).toBeUndefined();
  });

  test('a message of more than 200 requests is rejected as a whole, as is one with too many errors', async () => {
    const many = (count: number, query: unknown) =>
      message(Array.from({ length: count }, (_, index) => item(String(index), 'idtype-value', query)));
    const tooMany = await gateway.post(many(201, { type: 'UIN', value: 'ANN' }));
    expect(tooMany.body.header['status_reason_code']).toBe('rjct.total_count.limit_exceeded');
    const tooBad = await gateway.post(many(101, 5));
    expect(tooBad.body.header['status_reason_code']).toBe('rjct.errors.too_many');
    expect([tooMany.status, tooBad.status]).toEqual([200, 200]);
  });
});
