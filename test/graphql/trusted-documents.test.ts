import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTrustedDocuments } from '../../src/graphql/trusted-documents.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const PLACES = 'query Places { locations { totalCount } }';
const SOURCES = 'query Sources { dataSources { ...S } }\nfragment S on DataSource { code }';

describe('where operations are registered', () => {
  let folder: string;
  let graph: TestGraph;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dci-operations-'));
    await writeFile(join(folder, 'all.graphql'), `# ours\n${PLACES}\n\n${SOURCES}\n`);
    graph = await openTestGraph({ environment: 'production', trustedDocuments: folder });
    graph.callAs({ scopes: ['graph.read'] });
  });
  afterAll(async () => {
    await graph.close();
    await rm(folder, { recursive: true });
  });

  const post = async (body: object): Promise<{ status: number; data?: unknown; code?: unknown }> => {
    const response = await graph.post(JSON.stringify(body));
    const { data, errors } = (await response.json()) as {
      data?: unknown;
      errors?: { extensions: { code: string } }[];
    };
    return { status: response.status, data, code: errors?.[0]?.extensions.code };
  };

  test.each([
    ['as it stands in its file', PLACES],
    ['with other blanks and comments', 'query Places{locations{totalCount}} # by hand'],
    ['with the fragments that it uses', SOURCES],
  ])('one of them runs by its text, %s', async (_, query) => {
    expect(await post({ query })).toMatchObject({ status: 200, data: expect.anything() as unknown });
  });

  test('one of them runs by its digest, in both spellings', async () => {
    const printed = 'query Places {\n  locations {\n    totalCount\n  }\n}';
    for (const name of [
      { documentId: `sha256:${digestOf(printed)}` },
      { extensions: { persistedQuery: { version: 1, sha256Hash: digestOf(printed) } } },
    ]) {
      expect(await post(name)).toEqual({ status: 200, data: { locations: { totalCount: 0 } }, code: undefined });
    }
  });

  test('no other runs, nor is it told what is wrong with it', async () => {
    for (const query of ['{ locations { totalCount } }', '{ nonsense', `${PLACES} query More { __typename }`]) {
      expect(await post({ query })).toEqual({ status: 400, data: undefined, code: 'PERSISTED_QUERY_REQUIRED' });
    }
    expect(await post({ documentId: 'a'.repeat(64) })).toMatchObject({
      status: 400,
      code: 'PERSISTED_QUERY_NOT_FOUND',
    });
  });

  test('whoever has the scope graph.adhoc runs what it likes', async () => {
    graph.callAs({ scopes: ['graph.read', 'graph.adhoc'] });
    expect(await post({ query: '{ locations { totalCount } }' })).toMatchObject({ status: 200 });
    graph.callAs({ scopes: ['graph.read'] });
  });

  test('a file of digests or texts, and the manifest of Apollo, are read; anything else is refused with its name', async () => {
    const file = join(folder, 'operations.json');
    for (const held of [
      [digestOf(PLACES)],
      { [digestOf(PLACES)]: PLACES },
      {
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [{ id: 'places', body: PLACES, name: 'Places', type: 'query' }],
      },
    ]) {
      await writeFile(file, JSON.stringify(held));
      expect((await readTrustedDocuments(file)).has(PLACES, digestOf(PLACES))).toBe(true);
    }
    for (const text of ['{', '[]', '["no digest"]', '{"a":"{ b }"}']) {
      await writeFile(file, text);
      await expect(readTrustedDocuments(file)).rejects.toMatchObject({ code: 'TRUSTED_DOCUMENTS_INVALID' });
    }
    await expect(readTrustedDocuments(join(folder, 'none'))).rejects.toMatchObject({
      code: 'TRUSTED_DOCUMENTS_INVALID',
    });
  });
});
