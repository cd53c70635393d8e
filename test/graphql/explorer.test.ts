import { openTestGraph, type TestGraph } from './test-graph.js';

describe('the explorer', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph({ environment: 'development' });
    graph.callAs(null);
  });
  afterAll(() => graph.close());

  const open = (path = '', accept = 'text/html,application/xhtml+xml,*/*;q=0.8') =>
    fetch(`${graph.url}${path}`, { headers: { accept } });

  test('is the page that a browser is shown at the address of the graph, also without a token', async () => {
    const response = await open();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/u);
    const page = await response.text();
    expect(page).toContain('<script src="/graphql/explorer/explorer.js" defer></script>');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(/script-src ([^;]+)/u.exec(policy)?.[1]).toBe("'self' https://embeddable-sandbox.cdn.apollographql.com");
  });

  test('holds no script in the page itself, which its policy would not run', async () => {
    const page = await (await open()).text();
    expect(page.match(/<script/gu)).toHaveLength(1);
    expect(page).not.toMatch(/ on\w+=|javascript:/u);
  });

  test('brings GraphiQL along, packed, and does not send it twice', async () => {
    for (const [file, type] of [
      ['explorer.js', 'text/javascript'],
      ['graphiql.js', 'text/javascript'],
      ['graphiql.css', 'text/css'],
      ['editor-worker.js', 'text/javascript'],
      ['json-worker.js', 'text/javascript'],
      ['graphql-worker.js', 'text/javascript'],
    ]) {
      const response = await open(`/explorer/${file ?? ''}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain(type);
      expect(response.headers.get('content-encoding')).toBe('gzip');
      expect((await response.text()).length).toBeGreaterThan(1000);
      const tag = response.headers.get('etag') ?? '';
      const again = await fetch(`${graph.url}/explorer/${file ?? ''}`, { headers: { 'if-none-match': tag } });
      expect(again.status).toBe(304);
    }
  });

  test('follows subscriptions where streams are served', async () => {
    const script = await (await open('/explorer/explorer.js')).text();
    const [, path = ''] = /subscriptionsEndpoint: location\.origin \+ '\/graphql([^']*)'/u.exec(script) ?? [];
    const response = await open(`${path}?query=subscription{importRun(id:"x"){state}}`, 'text/event-stream');
    expect([path, response.status]).toEqual(['/stream', 401]);
    // An endpoint takes the place of this one in GraphiQL.
    expect(script).not.toMatch(/\bendpoint:/u);
  });

  test('does not stand in the way of a client, who is asked for a token', async () => {
    expect((await open('', 'application/json')).status).toBe(401);
    expect((await open('?query={__typename}')).status).toBe(401);
    expect((await open('/explorer/constructor')).status).toBe(401);
  });
});
