import { type DataSourceInput } from '../../src/sources/data-source.js';
import {
  createDataSource,
  findDataSource,
  getDataSource,
  listDataSources,
  openClientSecret,
  updateDataSource,
} from '../../src/sources/data-sources.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { reversingSeal } from './reversing-seal.js';
import { operator } from '../security/operator.js';

const CRVS: DataSourceInput = {
  code: 'crvs',
  name: 'CRVS',
  baseUrl: 'https://crvs.example.org/',
  dialect: 'opencrvs-1.0',
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.pool.query('delete from data_sources');
});

const create = (input: DataSourceInput) =>
  createDataSource(database.pool, reversingSeal, input, operator(database.pool));

describe('registering a data source', () => {
  test('gives it the paths of its dialect and the defaults of the standard', async () => {
    const source = await create(CRVS);
    expect(source).toEqual({
      id: expect.any(String) as string,
      code: 'crvs',
      name: 'CRVS',
      baseUrl: 'https://crvs.example.org',
      dialect: 'opencrvs-1.0',
      authType: 'bearer',
      grantType: 'client_credentials',
      credentialLocation: 'form',
      clientId: null,
      hasSecret: false,
      secretMark: null,
      pageSize: 100,
      timeoutMs: 30_000,
      paths: {
        search: '/registry/sync/search',
        token: '/oauth2/client/token',
        locations: '/.well-known/locations.json',
      },
      parameters: {},
      fieldMappings: {},
      sealing: {
        signature: 'none',
        inboundSignature: 'optional',
        encryptRequests: false,
        jwks: null,
        jwksUri: null,
      },
      keepExchanges: 'requests',
      requestLimits: { requestsPerSecond: null, requestsPerDay: null },
      trust: { trustRank: 100, fieldPolicies: {} },
      locationsSyncedAt: null,
    });
  });

  test('keeps the secret sealed and never shows it', async () => {
    const made = await create({ ...CRVS, clientId: 'gateway', clientSecret: 'open sesame' });
    expect(made.hasSecret).toBe(true);
    const seen = JSON.stringify([
      made,
      await findDataSource(database.pool, 'crvs'),
      await listDataSources(database.pool),
    ]);
    expect(seen).not.toContain('sesame');
    const rows = await database.pool.query('select * from data_sources');
    expect(JSON.stringify(rows.rows)).not.toContain('sesame');
    expect(await openClientSecret(database.pool, reversingSeal, made.id)).toBe('open sesame');
  });

  test('reads a path, parameters and field mappings back as given; null removes a path', async () => {
    const source = await create({
      ...CRVS,
      paths: { search: '/dci/sync/search', locations: null },
      parameters: { reg_type: 'ns:org:RegistryType:Civil', page_size: '250' },
      fieldMappings: { birth_date: 'born' },
    });
    expect(source.paths).toEqual({ search: '/dci/sync/search', token: '/oauth2/client/token' });
    expect(source.parameters).toEqual({ reg_type: 'ns:org:RegistryType:Civil', page_size: '250' });
    expect(source.fieldMappings).toEqual({ birth_date: 'born' });
    expect(source.pageSize).toBe(250);
  });

  test.each<[string, Partial<Record<keyof DataSourceInput, unknown>>, string, RegExp]>([
    ['a grant type but client_credentials', { grantType: 'password' }, 'GRANT_TYPE_UNSUPPORTED', /client_credentials/],
    ['an unknown dialect', { dialect: 'fhir' }, 'DIALECT_UNKNOWN', /spdci-1\.0/],
    ['a code with capitals', { code: 'CRVS' }, 'DATA_SOURCE_INVALID', /code/],
    ['an empty name', { name: '  ' }, 'DATA_SOURCE_INVALID', /name/],
    ['an address that is none', { baseUrl: 'crvs.example.org' }, 'DATA_SOURCE_INVALID', /https:\/\//],
    ['a file address', { baseUrl: 'file:///etc/passwd' }, 'DATA_SOURCE_INVALID', /https:\/\//],
    ['a password in the address', { baseUrl: 'https://a:b@crvs.example.org' }, 'DATA_SOURCE_INVALID', /password/],
    ['a query in the address', { baseUrl: 'https://crvs.example.org/?x=1' }, 'DATA_SOURCE_INVALID', /\?/],
    ['an unknown auth type', { authType: 'cookie' }, 'DATA_SOURCE_INVALID', /bearer, none/],
    ['an unknown credential location', { credentialLocation: 'header' }, 'DATA_SOURCE_INVALID', /form, basic/],
    ['an empty secret', { clientSecret: '' }, 'DATA_SOURCE_INVALID', /client secret/],
    ['the word for an unset secret', { clientSecret: 'False' }, 'DATA_SOURCE_INVALID', /client secret/],
    ['a page size of zero', { pageSize: 0 }, 'DATA_SOURCE_INVALID', /page size/],
    ['a timeout that is no number', { timeoutMs: Number.NaN }, 'DATA_SOURCE_INVALID', /timeout/],
    ['a path without a slash', { paths: { search: 'sync' } }, 'DATA_SOURCE_INVALID', /search path/],
    ['a path that leads elsewhere', { paths: { search: '//evil.example/x' } }, 'DATA_SOURCE_INVALID', /search path/],
    ['a path of another name', { paths: { notify: '/x' } }, 'DATA_SOURCE_INVALID', /notify/],
    ['a misspelt parameter', { parameters: { regtype: 'x' } }, 'DATA_SOURCE_PARAMETER_UNKNOWN', /"regtype".*reg_type/],
    ['a secret as parameter', { parameters: { client_secret: 'x' } }, 'DATA_SOURCE_PARAMETER_UNKNOWN', /client secret/],
    ['a page size in words', { parameters: { page_size: 'many' } }, 'DATA_SOURCE_INVALID', /page_size/],
    [
      'more of exchanges than there is',
      { keepExchanges: 'everything' },
      'DATA_SOURCE_INVALID',
      /none, requests, answers/,
    ],
    ['messages without items', { parameters: { items_per_message: '0' } }, 'DATA_SOURCE_INVALID', /items_per_message/],
    ['a locale of two letters', { parameters: { locale: 'en' } }, 'DATA_SOURCE_INVALID', /locale/],
    [
      'a control character in a parameter',
      { parameters: { receiver_id: 'a\u0000' } },
      'DATA_SOURCE_INVALID',
      /receiver_id/,
    ],
    ['a control character in a mapping', { fieldMappings: { sex: '\u0000' } }, 'DATA_SOURCE_INVALID', /field mapping/],
    ['a control character in a path', { paths: { search: '/\u0000' } }, 'DATA_SOURCE_INVALID', /search path/],
    ['a name without end', { name: 'x'.repeat(201) }, 'DATA_SOURCE_INVALID', /name/],
    ['a mapping to nothing', { fieldMappings: { sex: ' ' } }, 'DATA_SOURCE_INVALID', /field mapping/],
    ['two mappings to one field', { fieldMappings: { sex: 'x', gender_x: 'x' } }, 'DATA_SOURCE_INVALID', /"x"/],
    ['one field mapped twice', { fieldMappings: { dob: 'a', birth_date: 'b' } }, 'DATA_SOURCE_INVALID', /birth_date/],
  ])('refuses %s', async (_what, wrong, code, message) => {
    const attempt = create({ ...CRVS, clientId: 'gateway', ...wrong } as DataSourceInput);
    await expect(attempt).rejects.toMatchObject({
      name: 'Problem',
      code,
      message: expect.stringMatching(message) as string,
    });
    expect(await listDataSources(database.pool)).toEqual([]);
  });

  test('refuses a code or name that is taken', async () => {
    await create(CRVS);
    await expect(create({ ...CRVS, name: 'Other' })).rejects.toMatchObject({ code: 'DATA_SOURCE_CODE_TAKEN' });
    await expect(create({ ...CRVS, code: 'other', name: ' CRVS ' })).rejects.toMatchObject({
      code: 'DATA_SOURCE_NAME_TAKEN',
    });
  });
});

describe('changing a data source', () => {
  test('a source is found by its code, so that renaming it breaks nothing', async () => {
    const made = await create(CRVS);
    const renamed = await updateDataSource(
      database.pool,
      reversingSeal,
      'crvs',
      { name: 'Civil Register' },
      operator(database.pool),
    );
    expect(renamed).toEqual({ ...made, name: 'Civil Register' });
    expect(await findDataSource(database.pool, 'crvs')).toEqual(renamed);
    expect(await findDataSource(database.pool, made.id)).toEqual(renamed);
    expect(await findDataSource(database.pool, 'Civil Register')).toBeNull();
    expect(await findDataSource(database.pool, 'no code \u0000 at all')).toBeNull();
  });

  test('changes what is given and nothing else', async () => {
    const made = await create({ ...CRVS, clientId: 'gateway', clientSecret: 's1', parameters: { locale: 'fra' } });
    const changed = await updateDataSource(
      database.pool,
      reversingSeal,
      'crvs',
      {
        baseUrl: 'http://other.example/dci/',
        clientSecret: 's2',
        paths: { search: null, token: '/token' },
        timeoutMs: 1000,
      },
      operator(database.pool),
    );
    expect(changed.secretMark).not.toBe(made.secretMark);
    expect(changed).toEqual({
      ...made,
      secretMark: changed.secretMark,
      baseUrl: 'http://other.example/dci',
      timeoutMs: 1000,
      paths: { token: '/token', locations: '/.well-known/locations.json' },
    });
    expect(await openClientSecret(database.pool, reversingSeal, made.id)).toBe('s2');
  });

  test('null forgets the credentials; a new list of parameters takes the place of the old one', async () => {
    await create({ ...CRVS, clientId: 'gateway', clientSecret: 's1', parameters: { locale: 'fra' } });
    const changed = await updateDataSource(
      database.pool,
      reversingSeal,
      'crvs',
      {
        clientId: null,
        clientSecret: null,
        parameters: { version: '1.1.0' },
      },
      operator(database.pool),
    );
    expect(changed).toMatchObject({ clientId: null, hasSecret: false, parameters: { version: '1.1.0' } });
  });

  test('refuses an unknown source, a taken name, and changes nothing when one part is wrong', async () => {
    const made = await create(CRVS);
    await create({ ...CRVS, code: 'other', name: 'Other' });
    const update = (code: string, change: Record<string, unknown>) =>
      updateDataSource(database.pool, reversingSeal, code, change, operator(database.pool));
    await expect(update('nobody', { name: 'x' })).rejects.toMatchObject({ code: 'DATA_SOURCE_UNKNOWN' });
    await expect(update('crvs', { name: 'Other', pageSize: 7 })).rejects.toMatchObject({
      code: 'DATA_SOURCE_NAME_TAKEN',
    });
    await expect(update('crvs', { name: 'New', pageSize: -1 })).rejects.toMatchObject({ code: 'DATA_SOURCE_INVALID' });
    expect(await getDataSource(database.pool, 'crvs')).toEqual(made);
  });
});
