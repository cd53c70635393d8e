import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import pino from 'pino';
import { Agent, request } from 'undici';
import { readConfig } from '../../src/config.js';
import { loadDemo } from '../../src/registry/demo/demo.js';
import { createApiClient } from '../../src/security/client-administration.js';
import { type RunningServer, startServer } from '../../src/server.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { messageFor } from './published-messages.js';
import { operator } from '../security/operator.js';

/** Cases in all; each is one request. */
const CASES = process.env['DCI_NIGHTLY'] === undefined ? 500 : 10_000;
/** Longer than any answer may take, shorter than anybody would wait. */
const HANG_MS = 20_000;

const ENDPOINTS: readonly (readonly [registry: string, path: string, action: string])[] = [
  ...['social', 'crvs', 'fr', 'dr', 'ibr'].flatMap((registry): [string, string, string][] => [
    [registry, '/registry/search', 'search'],
    [registry, '/registry/on-search', 'on-search'],
    [registry, '/registry/subscribe', 'subscribe'],
    [registry, '/registry/on-subscribe', 'on-subscribe'],
    [registry, '/registry/notify', 'notify'],
    [registry, '/registry/unsubscribe', 'unsubscribe'],
    [registry, '/registry/on-unsubscribe', 'on-unsubscribe'],
    [registry, '/registry/txn/status', 'txn-status'],
    [registry, '/registry/txn/on-status', 'txn-on-status'],
    [registry, '/registry/sync/search', 'search'],
    [registry, '/registry/sync/txn/status', 'txn-status'],
  ]),
  ['dr', '/registry/sync/get-disability-support', 'search'],
  ['dr', '/registry/sync/get-disability-details', 'search'],
  ['dr', '/registry/sync/disabled', 'search'],
  ['ibr', '/registry/sync/enrolled', 'search'],
  ['ibr', '/registry/sync/enrollment/updates', 'notify'],
];

const QUERIES: readonly { readonly query_type: string; readonly query: unknown }[] = [
  { query_type: 'idtype-value', query: { type: 'UIN', value: '100' } },
  {
    query_type: 'predicate',
    query: [
      {
        seq_num: 1,
        expression1: { attribute_name: 'birth_date', operator: 'ge', attribute_value: '1990-01-01' },
        condition: 'and',
        expression2: { attribute_name: 'sex', operator: 'in', attribute_value: 'male,female' },
      },
    ],
  },
  {
    query_type: 'expression',
    query: {
      type: 'ns:org:QueryType:expression',
      value: {
        expression: {
          query: {
            $or: [
              { age: { $lt: 5 } },
              { $not: { birth_date: { type: 'range', gte: '1990-01-01', lte: '2000-01-01' } } },
            ],
          },
        },
      },
    },
  },
];

/** Values that programs stumble over; the first holds what a page would run if it were shown unescaped. */
const CANARY = '<script>alert("dci")</script>';
const UGLY = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, 2 ** 53, '', ' ', [], {}, [[]], [null]),
  },
  fc.constantFrom<unknown>(
    CANARY,
    "'; drop table individuals; --",
    '\u0000',
    '\ud800',
    'é',
    '١٢٣',
    '%00',
    '${7*7}',
    '__proto__',
    'constructor',
  ),
  fc.constantFrom<unknown>(
    '2026-02-30',
    '2026-01-15T10:30:00',
    '99999-01-01',
    'NaN',
    '1e999',
    '9'.repeat(400),
    'x'.repeat(5000),
  ),
  fc.constantFrom<unknown>(
    { $where: '1' },
    { $and: [] },
    { $not: {} },
    { type: 'range' },
    { __proto__: { a: 1 } },
    { namespace: 'a', value: 'b' },
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 4 }),
);

type Path = readonly (string | number)[];

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [
    at,
    ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...at, Array.isArray(value) ? Number(key) : key])),
  ];
}

type Change = { readonly kind: 'replace'; readonly value: unknown } | { readonly kind: 'remove' | 'repeat' | 'rename' };

const CHANGE: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: UGLY.map((value): Change => ({ kind: 'replace', value })) },
  { weight: 2, arbitrary: fc.constant<Change>({ kind: 'remove' }) },
  fc.constantFrom<Change>({ kind: 'repeat' }, { kind: 'rename' }),
);

function mutated(value: unknown, path: Path, change: Change): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change.kind === 'replace' ? change.value : value;
  if (Array.isArray(value)) {
    return value.flatMap((part: unknown, index) => {
      if (index !== key) return [part];
      if (rest.length > 0) return [mutated(part, rest, change)];
      return change.kind === 'remove' ? [] : change.kind === 'replace' ? [change.value] : [part, part];
    });
  }
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([name, part]: [string, unknown]) => {
      if (name !== key) return [[name, part]];
      if (rest.length > 0) return [[name, mutated(part, rest, change)]];
      if (change.kind === 'remove') return [];
      if (change.kind === 'rename') return [[`${name}_`, part]];
      return [[name, change.kind === 'replace' ? change.value : [part, part]]];
    }),
  );
}

interface Described {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface OpenApi {
  readonly paths: Readonly<
    Record<string, { readonly post: { readonly responses: Readonly<Record<string, Described>> } }>
  >;
  readonly components: { readonly responses: Readonly<Record<string, Described>> };
}

describe('messages that were tampered with', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let keysDir: string;
  let token: string;
  let described: OpenApi;
  const agent = new Agent({ connections: 8, headersTimeout: HANG_MS, bodyTimeout: HANG_MS });
  const validators = new Map<string, ValidateFunction>();

  beforeAll(async () => {
    database = await createTestDatabase();
    keysDir = await mkdtemp(join(tmpdir(), 'dci-keys-'));
    const config = readConfig({
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      KEYS_DIR: keysDir,
      PORT: '0',
      LOG_LEVEL: 'silent',
      PARTNER_REQUESTS_PER_SECOND: '100000',
    });
    server = await startServer(config, pino({ level: 'silent' }));
    await loadDemo(database.pool, { individuals: 60 });
    const { client, clientSecret } = await createApiClient(
      database.pool,
      server.keys,
      {
        name: 'SPMIS',
        scopes: ['registry.search', 'registry.subscribe', 'registry.write'],
      },
      { by: operator(database.pool) },
    );
    const answer = await fetch(`${server.url}/oauth2/client/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_secret: clientSecret,
      }),
    });
    token = ((await answer.json()) as { access_token: string }).access_token;
    described = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
  });

  afterAll(async () => {
    await agent.close();
    await server.close();
    await database.close();
    await rm(keysDir, { recursive: true, force: true });
  });

  /** The validator of what the interface says of an answer with this status. */
  function validatorOf(path: string, status: number): ValidateFunction {
    const key = `${String(status)} ${path}`;
    const held = validators.get(key);
    if (held) return held;
    const responses = described.paths[path]?.post.responses ?? {};
    const named = responses[String(status)] ?? responses[`${String(status).slice(0, 1)}XX`] ?? responses['default'];
    const response =
      named?.$ref === undefined ? named : described.components.responses[named.$ref.split('/').at(-1) ?? ''];
    const schema = response?.content?.['application/json']?.schema;
    if (schema === undefined) throw new Error(`${path} does not describe an answer with status ${String(status)}`);
    const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
    addFormats.default(ajv);
    // References of the schema start at the document.
    const validate = ajv.compile({ ...described, ...schema });
    validators.set(key, validate);
    return validate;
  }

  test(
    `never break an answer: ${String(CASES)} cases over ${String(ENDPOINTS.length)} endpoints`,
    async () => {
      const cases = fc.record({
        endpoint: fc.constantFrom(...ENDPOINTS),
        query: fc.constantFrom(...QUERIES),
        changes: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999_999, noNaN: true }), CHANGE), {
          minLength: 1,
          maxLength: 3,
        }),
      });
      await fc.assert(
        fc.asyncProperty(cases, async ({ endpoint: [registry, path, action], query, changes }) => {
          let message: unknown = messageFor(path, action, {
            registry,
            query,
            callbackUri: 'http://127.0.0.1:9/closed',
          });
          for (const [where, change] of changes) {
            const paths = pathsOf(message);
            const at = paths[Math.floor(where * paths.length)] ?? [];
            message = mutated(message, at, change);
          }
          const full = `/${registry}${path}`;
          const answer = await request(`${server.url}${full}`, {
            method: 'POST',
            dispatcher: agent,
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            body: JSON.stringify(message),
          });
          const text = await answer.body.text();
          expect(answer.statusCode).toBeLessThan(500);
          expect(answer.headers['content-type']).toMatch(/^application\/json/u);
          expect(text).not.toContain('<script>');
          const body: unknown = JSON.parse(text);
          const validate = validatorOf(full, answer.statusCode);
          expect(validate(body) ? [] : { errors: validate.errors, body }).toEqual([]);
        }),
        { numRuns: CASES, seed: Number(process.env['DCI_SEED'] ?? 20_261_123), endOnFailure: false },
      );
      const { rows } = await database.pool.query<{ count: number }>('select count(*)::int as count from individuals');
      expect(rows[0]?.count).toBeGreaterThanOrEqual(60);
    },
    CASES * 200,
  );
});
