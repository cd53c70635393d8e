import { readRegistryPath } from '../../src/partners/reception/paths.js';

test.each([
  ['/registry/sync/search', null, '/sync/search'],
  ['/registry/sync/search/', null, '/sync/search'],
  ['//registry//sync/search', null, '/sync/search'],
  ['/Registry/Sync/Search', null, '/sync/search'],
  ['/dci_api/v1/registry/search', null, '/search'],
  ['/some/gateway/registry/search', null, '/search'],
  ['/social/registry/search', 'social', '/search'],
  ['/sr/registry/search', 'social', '/search'],
  ['/crvs/v1.0.0/registry/txn/status', 'crvs', '/txn/status'],
  ['/gateway/crvs/1.0.0/registry/txn/status', 'crvs', '/txn/status'],
  ['/dr/sync/disabled', 'dr', '/sync/disabled'],
  ['/ibr/v1/sync/enrollment/updates', 'ibr', '/sync/enrollment/updates'],
  ['/fr', 'fr', '/'],
  ['/registry', null, '/'],
])('%s', (path, registry, endpoint) => {
  expect(readRegistryPath(path)).toEqual({ registry, endpoint });
});

test.each([
  '/',
  '/graphql',
  '/.well-known/jwks.json',
  '/crv/sync/search',
  '/a/b/c/d/e/registry/search',
  '/x'.repeat(200),
])('%s is no address of a registry', (path) => {
  expect(readRegistryPath(path)).toBeNull();
});
