import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../src/dci/openapi.js';
import { EXCHANGES } from '../../src/dci/schemas/exchanges.js';
import { type RegistryKind, REGISTRY_KINDS } from '../../src/record/registry-kind.js';
import { wireObject, type WireObject } from '../../src/dci/wire-object.js';
import { body, bornIn2000, criteria, item } from './search-body.js';

const ONLY: Readonly<Record<string, readonly RegistryKind[]>> = {
  '/sync/get-disability-support': ['dr'],
  '/sync/get-disability-details': ['dr'],
  '/sync/disabled': ['dr'],
  '/sync/enrolled': ['ibr'],
  '/sync/enrollment/updates': ['ibr'],
};
const CALLBACKS = ['/on-search', '/on-subscribe', '/on-unsubscribe', '/notify', '/txn/on-status'];

const endpoints = [...EXCHANGES.keys()].map((path) => ({
  path,
  mode: path.startsWith('/sync/')
    ? ('sync' as const)
    : CALLBACKS.includes(path)
      ? ('callback' as const)
      : ('request' as const),
  registries: ONLY[path] ?? REGISTRY_KINDS,
  scopes: ['registry.search'],
}));

function documentOf(registries: readonly RegistryKind[]): WireObject {
  const document: unknown = JSON.parse(
    JSON.stringify(
      openApiDocument({
        endpoints,
        registries,
        publicUrl: 'https://gateway.example.org',
        scopes: { 'registry.search': 'Search' },
      }),
    ),
  );
  return wireObject(document) ?? {};
}

const DOCUMENT = documentOf(REGISTRY_KINDS);

function part(...names: readonly string[]): WireObject {
  return names.reduce<WireObject>((object, name) => wireObject(object[name]) ?? {}, DOCUMENT);
}

test('is a valid document of OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(DOCUMENT));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

test('has every path of the table of the standard: 9 of all, 2 synchronous ones, and those of single registries', () => {
  const paths = Object.keys(part('paths'));
  expect(EXCHANGES.size).toBe(16);
  for (const { path, registries } of endpoints) {
    expect(paths).toContain(`/registry${path}`);
    for (const kind of REGISTRY_KINDS) {
      const named = `/${kind}/registry${path}`;
      if (registries.includes(kind)) expect(paths).toContain(named);
      else expect(paths).not.toContain(named);
    }
  }
  expect(paths).toEqual(
    expect.arrayContaining(['/oauth2/client/token', '/.well-known/jwks.json', '/.well-known/locations.json']),
  );
});

test('leaves out what is not served', () => {
  const paths = Object.keys(wireObject(documentOf(['crvs'])['paths']) ?? {});
  expect(paths).toContain('/crvs/registry/sync/search');
  expect(paths.filter((path) => /social|disab|enrol/u.test(path))).toEqual([]);
});

test('gives every operation an id of its own', () => {
  const ids = Object.values(part('paths')).flatMap((operations) =>
    Object.values(wireObject(operations) ?? {}).map((operation) => wireObject(operation)?.['operationId']),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain('crvs_sync_search');
});

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(DOCUMENT).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/gu)];
  expect(references.length).toBeGreaterThan(100);
  for (const [, kind = '', name = ''] of references) expect(part('components', kind)).toHaveProperty([name]);
  expect(JSON.stringify(DOCUMENT)).not.toContain('$defs');
});

describe('its schemas are those of what is read', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document', components: part('components') });
  const validate = ajv.compile({ $ref: 'document#/components/schemas/SearchMessage' });
  const good = [item('r-1', criteria(bornIn2000))];

  test.each<[string, boolean, unknown]>([
    ['a message', true, body(good)],
    ['a transaction_id of 99 characters', true, body(good, {}, { transaction_id: 'x'.repeat(99) })],
    ['a transaction_id of 100 characters', false, body(good, {}, { transaction_id: 'x'.repeat(100) })],
    ['a locale of two letters', false, body([item('r-1', criteria(bornIn2000), { locale: 'en' })])],
    ['a page of no records', false, body([item('r-1', criteria(bornIn2000, { pagination: { page_size: 0 } }))])],
    ['a header without sender_id', false, body(good, { sender_id: undefined })],
    ['a time without its zone', false, body(good, { message_ts: '2026-01-15T10:30:00' })],
    ['another action', false, body(good, { action: 'notify' })],
    ['no requests', false, body([])],
    ['what nobody knows', true, body(good, { colour: 'red' }, { shoe_size: 44 })],
  ])('%s: %p', (_, fits, message) => {
    expect(validate(JSON.parse(JSON.stringify(message)))).toBe(fits);
  });
});
