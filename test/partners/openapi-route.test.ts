import { once } from 'node:events';
import { createServer } from 'node:http';
import { Validator } from '@seriousme/openapi-schema-validator';
import express from 'express';
import { EXCHANGES } from '../../src/dci/schemas/exchanges.js';
import type { Handler } from '../../src/partners/reception/endpoint.js';
import { endpoints } from '../../src/partners/reception/endpoints.js';
import { openApiRoute } from '../../src/partners/openapi-route.js';
import { readRegistryPath } from '../../src/partners/reception/paths.js';
import { REGISTRY_KINDS } from '../../src/record/registry-kind.js';

const never: Handler = () => Promise.reject(new Error('nothing is called here'));
const table = endpoints(Object.fromEntries([...EXCHANGES.keys()].map((path) => [path, never])));

test('everybody can read what is served, and every path of it leads to its endpoint', async () => {
  const publicUrl = () => 'https://gateway.example.org';
  const server = createServer(express().use(openApiRoute({ endpoints: table, registries: REGISTRY_KINDS, publicUrl })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const response = await fetch(`http://127.0.0.1:${String(address.port)}/openapi.json`);
    expect(response.headers.get('content-type')).toContain('application/json');
    const document = (await response.json()) as { paths: Record<string, unknown>; servers: unknown };
    expect(document.servers).toEqual([{ url: 'https://gateway.example.org' }]);
    const described = Object.keys(document.paths).filter((path) => path.includes('/registry/'));
    // Of five registries and of any: eleven of all, three of one and two of another.
    expect(described).toHaveLength(6 * 11 + 2 * 3 + 2 * 2);
    expect(table).toHaveLength(EXCHANGES.size);
    const known = new Set(table.map(({ path }) => path));
    for (const path of described) expect(known).toContain(readRegistryPath(path)?.endpoint);
    expect((await new Validator().validate(document)).valid).toBe(true);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
