import { gzipSync } from 'node:zlib';
import { auditServer } from 'graphql-http';
import { openTestGraph, type TestGraph } from './test-graph.js';

describe('a request to the graph', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
  });
  beforeEach(() => {
    graph.callAs({});
    graph.logLines.length = 0;
  });
  afterAll(() => graph.close());

  const answerOf = async (response: Response) => {
    expect(response.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/u);
    const text = await response.text();
    return {
      status: response.status,
      text,
      body: JSON.parse(text) as { errors: { message: string; extensions: { code: string } }[] },
    };
  };

  test.each<[string, string, Record<string, string>, number, string]>([
    ['malformed JSON', '{"query": "{ secret-77', {}, 400, 'BAD_REQUEST'],
    ['a JSON array', '[{"query":"{__typename}"}]', {}, 400, 'BAD_REQUEST'],
    ['a JSON text', '"{__typename}"', {}, 400, 'BAD_REQUEST'],
    ['an empty object', '{}', {}, 400, 'BAD_REQUEST'],
    ['an empty body', '', {}, 400, 'BAD_REQUEST'],
    ['a query that is no text', '{"query": {"a": 1}}', {}, 400, 'BAD_REQUEST'],
    ['variables that are no object', '{"query":"{__typename}","variables":[1]}', {}, 400, 'BAD_REQUEST'],
    ['a form', 'query={__typename}', { 'content-type': 'application/x-www-form-urlencoded' }, 400, 'BAD_REQUEST'],
    ['plain text', '{"query":"{__typename}"}', { 'content-type': 'text/plain' }, 400, 'BAD_REQUEST'],
    ['another charset', '{}', { 'content-type': 'application/json; charset=latin1' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a syntax error', '{"query":"{ secret-77 "}', {}, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{"query":"{ nothing }"}', {}, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an unknown operation',
      '{"query":"query A { __typename }","operationName":"B"}',
      {},
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'a persisted query',
      `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'0'.repeat(64)}"}}}`,
      {},
      200,
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ],
  ])('with %s is answered by JSON with a code', async (_, body, headers, status, code) => {
    const answer = await answerOf(await graph.post(body, headers));
    expect(answer).toMatchObject({ status, body: { errors: [{ extensions: { code } }] } });
    expect(answer.text).not.toContain('stack');
    expect(graph.logLines.join('')).not.toContain('secret-77');
  });

  test('with malformed JSON does not have its body repeated', async () => {
    const { text } = await answerOf(await graph.post('{"query": secret-77'));
    expect(text).not.toContain('secret-77');
  });

  test('with a compressed body is refused before it is decoded', async () => {
    const body = gzipSync('{"query":"{__typename}"}');
    const answer = await answerOf(await graph.post(body, { 'content-encoding': 'gzip' }));
    expect(answer).toMatchObject({
      status: 415,
      body: { errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] },
    });
  });

  test('of ten megabytes is refused by its size', async () => {
    const body = JSON.stringify({ query: `{ __typename } # ${'x'.repeat(10_000_000)}` });
    const answer = await answerOf(await graph.post(body));
    expect(answer).toMatchObject({ status: 413, body: { errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] } });
  });

  test('without a token is answered 401 with a challenge, whatever its body', async () => {
    graph.callAs(null);
    for (const body of ['{"query":"{__typename}"}', '{broken']) {
      const response = await graph.post(body);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="dci-gateway"');
      expect(await answerOf(response)).toMatchObject({
        status: 401,
        body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
      });
    }
  });

  test('by GET from another site, without a preflight, is refused', async () => {
    const response = await fetch(`${graph.url}?query={__typename}`, { headers: { accept: 'application/json' } });
    expect(await answerOf(response)).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    });
  });

  test('by GET or POST is answered with what no cache may keep', async () => {
    const headers = { accept: 'application/json', 'apollo-require-preflight': '1' };
    const got = await fetch(`${graph.url}?query=${encodeURIComponent('{ individuals { totalCount } }')}`, { headers });
    const posted = await graph.post('{"query":"{ individuals { totalCount } }"}');
    expect([got, posted].map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual([
      [200, 'no-store'],
      [200, 'no-store'],
    ]);
  });

  test('by GET may not change anything', async () => {
    const query = encodeURIComponent('mutation { revokeApiClient(clientId: "x") { __typename } }');
    const response = await fetch(`${graph.url}?query=${query}`, {
      headers: { accept: 'application/json', 'apollo-require-preflight': '1' },
    });
    expect(await answerOf(response)).toMatchObject({ status: 405 });
  });

  test('that fails by our fault is answered without the insides, under an id that the log has', async () => {
    const query = '{ location(id: "TG9jYXRpb246MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAx") { name } }';
    const broken = await openTestGraph();
    await broken.database.close();
    const answer = await answerOf(await broken.post(JSON.stringify({ query })));
    const [error] = answer.body.errors;
    expect(error?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    const requestId = /request ([0-9a-f-]{36})/u.exec(error?.message ?? '')?.[1];
    expect(requestId).toBeDefined();
    expect(broken.logLines.filter((line) => line.includes(requestId ?? '-'))).toHaveLength(1);
    await broken.close().catch(() => undefined);
  });

  test('follows the GraphQL over HTTP specification: no error, and only the warnings that are known', async () => {
    const results = await auditServer({ url: graph.url, fetchFn: fetch });
    const failed = results.filter((result) => result.status !== 'ok');
    expect(failed.filter(({ status }) => status === 'error')).toEqual([]);
    // Since version 5 Apollo Server answers what cannot run with 400 under application/json as well.
    expect(failed.filter(({ status }) => status === 'warn').map(({ name }) => name)).toEqual([
      'SHOULD use 200 status code on document parsing failure when accepting application/json',
      'SHOULD use 200 status code on document validation failure when accepting application/json',
      'SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
    ]);
    // A GET needs a header that makes a browser ask first: else another site could have it sent.
    expect(failed.filter(({ status }) => status === 'notice').map(({ name }) => name)).toEqual([
      'MAY accept application/x-www-form-urlencoded formatted GET requests',
      'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
      'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
    ]);
  });
});
