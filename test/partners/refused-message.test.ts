import { item, message, type PartnerGateway, startPartnerGateway } from './partner-gateway.js';

let gateway: PartnerGateway;
beforeAll(async () => {
  gateway = await startPartnerGateway();
});
afterAll(() => gateway.close());

describe('a message that is refused as a whole', () => {
  const good = () => message([item('r', 'idtype-value', { type: 'UIN', value: 'ANN' })]);
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const without = (name: string) => {
    const whole = good();
    return { ...whole, header: Object.fromEntries(Object.entries(whole.header).filter(([key]) => key !== name)) };
  };

  const refused: [string, () => unknown, number, Record<string, string>?][] = [
    ['malformed JSON', () => '{"header":', 400],
    ['an empty body', () => '', 400],
    ['a JSON array', () => [good()], 400],
    ['JSON null', () => 'null', 400],
    ['a text', () => '"search"', 400],
    ['bytes that are not UTF-8', () => Buffer.of(0x22, 0xff, 0x22), 400],
    [
      'a header that is a text holding the names of the fields',
      () => ({ ...good(), header: 'message_id message_ts action sender_id' }),
      400,
    ],
    ['a message that is a list', () => ({ ...good(), message: [] }), 400],
    ['no header', () => ({ message: good().message }), 400],
    ['no message_id', () => without('message_id'), 400],
    ['no message_ts', () => without('message_ts'), 400],
    ['no sender_id', () => without('sender_id'), 400],
    ['a time without zone', () => message([], { message_ts: '2026-01-15T10:30:00' }), 400],
    ['no transaction_id', () => ({ ...good(), message: { search_request: good().message.search_request } }), 400],
    ['no request', () => message([]), 400],
    ['requests that are a text', () => ({ ...good(), message: { transaction_id: 't', search_request: 'all' } }), 400],
    [
      'a page of size zero',
      () => message([item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }, { pagination: { page_size: 0 } })]),
      400,
    ],
    [
      'a locale of two letters',
      () => message([{ ...item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }), locale: 'en' }]),
      400,
    ],
    ['a thousand brackets', () => nested(1000), 400],
    ['brackets to the limit of the body', () => nested(500_000), 400],
    ['a body of 10 MB', () => 'a'.repeat(10_000_000), 413],
    ['a form', () => 'a=b', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['text that may be JSON', () => good(), 415, { 'content-type': 'text/plain' }],
    ['a compressed body', () => good(), 415, { 'content-encoding': 'gzip' }],
  ];
  // One object for each case: jest takes a parameter that a row lacks for the callback of a test without a promise.
  test.each(refused.map(([title, body, expected, headers]) => ({ title, body, expected, headers })))(
    '$title',
    async ({ body, expected, headers }) => {
      const { status, text, body: answer, headers: answered } = await gateway.post(body(), headers);
      expect({ status, text: status === expected ? '' : text }).toEqual({ status: expected, text: '' });
      expect(answered.get('content-type')).toMatch(/^application\/json/u);
      expect(answered.get('cache-control')).toBe('no-store');
      const [error] = answer.errors ?? [];
      expect(error?.code).toBe('err.request.bad');
      expect(answer.error).toEqual(error);
      expect(answer.message).toMatchObject({ ack_status: 'ERR', error });
      expect(answer.message.correlation_id).not.toBe('');
    },
  );

  test.each<[string, string | null, string]>([
    ['no Authorization', null, 'err.request.unauthorized'],
    ['Basic', 'Basic YTpi', 'err.request.unauthorized'],
    ['an empty token', 'Bearer ', 'err.request.unauthorized'],
    ['a token of somebody else', 'Bearer abc.def.ghi', 'err.request.unauthorized'],
  ])('%s is 401 before anything of the message is looked at', async (_title, authorization, code) => {
    for (const body of ['{', JSON.stringify(good())]) {
      const response = await fetch(`${gateway.url}/registry/sync/search`, {
        method: 'POST',
        body,
        headers: authorization === null ? {} : { authorization },
      });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /u);
      expect(await response.json()).toMatchObject({ errors: [{ code }], message: { ack_status: 'ERR' } });
    }
  });

  test('the token of an internal tool is 403', async () => {
    const internal = await gateway.token(await gateway.createClient({ name: 'Dashboard', scopes: ['graph.read'] }));
    const { status, headers, body } = await gateway.post(good(), { authorization: `Bearer ${internal}` });
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toContain('insufficient_scope');
    expect(body.errors?.[0]?.code).toBe('err.request.forbidden');
  });

  test('GET is 405 with Allow', async () => {
    const response = await fetch(`${gateway.url}/registry/sync/search`);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toMatchObject({ message: { ack_status: 'ERR' } });
  });

  test.each([
    ['a version of the future', { version: '2.0.0' }, 'rjct.version.invalid'],
    ['an action that belongs elsewhere', { action: 'subscribe' }, 'rjct.action.invalid'],
  ])('%s is rejected in the header with HTTP 200', async (_title, header, code) => {
    const { status, body } = await gateway.post(message(good().message.search_request, header));
    expect(status).toBe(200);
    expect(body.header).toMatchObject({ status: 'rjct', status_reason_code: code });
  });

  test('an unexpected failure is a 500 that tells nothing of its insides, and the next search works', async () => {
    const { pool } = gateway.database;
    gateway.logLines.length = 0;
    const client = await gateway.createClient({ name: 'Broken', dialect: 'klingon' });
    const { status, text, body } = await gateway.post(good(), {
      authorization: `Bearer ${await gateway.token(client)}`,
    });
    expect(status).toBe(500);
    expect(text).not.toMatch(/klingon|dialect|stack|\.ts/iu);
    expect(body.errors?.[0]?.code).toBe('err.service.unavailable');
    // Who looks into the log finds the failure by the correlation id that the partner was told.
    expect(gateway.logLines.join('')).toContain(body.message.correlation_id);
    await pool.query('delete from api_clients where client_id = $1', [client.clientId]);
    expect((await gateway.search(item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }))).status).toBe(200);
  });
});
