import type { SearchItem } from '../../src/dci/search-message.js';
import { Problem } from '../../src/record/problem.js';
import {
  accepted,
  body,
  bornIn2000,
  criteria,
  HEADER,
  item,
  LIMITS,
  onlyItem,
  readSearchMessage,
} from './search-body.js';

function codeOfRefusal(written: unknown): unknown {
  try {
    readSearchMessage(written, LIMITS);
    return 'accepted';
  } catch (error) {
    return error instanceof Problem ? error.code : error;
  }
}

const good = [item('r-1', criteria(bornIn2000))];

describe('a body that is no search message is refused as a whole', () => {
  test.each<[string, unknown]>([
    ['a JSON array', [body(good)]],
    ['a text', 'search'],
    ['null', null],
    ['a header that is a text holding every field name', { ...body(good), header: JSON.stringify(HEADER) }],
    ['no header', { message: body(good).message }],
    ['no message', { header: HEADER }],
    ['no message_id', body(good, { message_id: undefined })],
    ['an empty sender_id', body(good, { sender_id: '' })],
    ['no action', body(good, { action: null })],
    ['no message_ts', body(good, { message_ts: undefined })],
    ['a message_ts without zone', body(good, { message_ts: '2026-01-15T10:30:00' })],
    ['a message_ts on an impossible day', body(good, { message_ts: '2026-02-30T10:30:00Z' })],
    ['a sender_id with a NUL', body(good, { sender_id: 'a\u0000b' })],
    ['no transaction_id', body(good, {}, { transaction_id: undefined })],
    ['a transaction_id of 100 characters', body(good, {}, { transaction_id: 'x'.repeat(100) })],
    ['an empty search_request', body([])],
    ['a search_request that is a text', body('all')],
    ['a locale of two letters', body([item('r-1', criteria(bornIn2000), { locale: 'en' })])],
    ['a page_size of 0', body([item('r-1', criteria(bornIn2000, { pagination: { page_size: 0 } }))])],
    [
      'a page_number of 0 beside the criteria',
      body([item('r-1', criteria(bornIn2000), { pagination: { page_size: 5, page_number: '0' } })]),
    ],
  ])('%s', (_, written) => {
    expect(codeOfRefusal(written)).toBe('err.request.bad');
  });

  test('a text without end in the header is called too long, not missing', () => {
    expect(() => readSearchMessage(body(good, { message_id: 'x'.repeat(1001) }), LIMITS)).toThrow(
      'header.message_id is longer than 1000 characters',
    );
  });

  test('a transaction_id of 99 characters is accepted', () => {
    expect(accepted(body(good, {}, { transaction_id: 'x'.repeat(99) })).transactionId).toHaveLength(99);
  });
});

describe('a message of another version or action is answered with a rejecting header', () => {
  test.each<[string, unknown, string]>([
    ['version 2', body(good, { version: '2.0.0' }), 'rjct.version.invalid'],
    ['a version that is no text', body(good, { version: { major: 1 } }), 'rjct.version.invalid'],
    ['action on-search', body(good, { action: 'on-search' }), 'rjct.action.invalid'],
    [
      'more items than are answered at once',
      body(Array.from({ length: 201 }, (_, index) => item(`r-${index}`, criteria(bornIn2000)))),
      'rjct.total_count.limit_exceeded',
    ],
  ])('%s', (_, written, code) => {
    expect(readSearchMessage(written, LIMITS)).toMatchObject({ rejected: true, code, transactionId: 't-1' });
  });

  test.each(['1.0.0', 'v1.0.0', '1.1', '', false, null, undefined, 1])('version %p is spoken', (version) => {
    expect(accepted(body(good, { version })).items).toHaveLength(1);
  });
});

describe('habits of peers are read past', () => {
  test('one object for the list of requests', () => {
    expect(accepted(body(item('r-1', criteria(bornIn2000)))).items).toMatchObject([{ ok: true }]);
  });

  test('total_count may be absent, a text, or wrong', () => {
    expect(accepted(body(good, { total_count: undefined })).header.totalCount).toBeNull();
    expect(accepted(body(good, { total_count: '10' })).header.totalCount).toBe(10);
  });

  test('empty texts are absent and unknown keys are nothing', () => {
    const written = body(
      [item('r-1', criteria(bornIn2000, { sort: '', pagination: '' }), { locale: '', consent: '' })],
      {
        sender_uri: '',
        meta: '',
        encryption_algorithm: '',
      },
    );
    expect(accepted(written)).toMatchObject({
      header: { senderUri: null },
      items: [{ ok: true, page: null, sort: [], locale: null }],
    });
  });

  test('the timestamp under its old misspellings', () => {
    const written = {
      ...item('r-1', criteria(bornIn2000)),
      timestamp: undefined,
      timesatmp: '2026-01-15T10:30:00+02:00',
    };
    expect(accepted(body([written])).items).toMatchObject([{ ok: true }]);
  });

  test('a reference_id and page numbers written in the other type', () => {
    const pagination = { page_size: '50', page_number: '2' };
    const [read] = accepted(body([{ ...item('', criteria(bornIn2000, { pagination })), reference_id: 7 }])).items;
    expect(read).toMatchObject({ ok: true, referenceId: '7', page: { size: 50, number: 2 } });
  });

  test('a reg_type wrapped with its namespace, as releases of 2023 have it', () => {
    const regType = { namespace: 'ns', refUri: '', value: 'ns:org:RegistryType:Civil' };
    expect(onlyItem(criteria(bornIn2000, { reg_type: regType }))).toMatchObject({ ok: true, registryKind: 'crvs' });
  });
});

describe('one bad item never takes the others with it', () => {
  test('S3: three items, the middle one bad, give three in order', () => {
    const { items } = accepted(
      body([
        item('r-1', criteria(bornIn2000)),
        item(
          'r-2',
          criteria([{ expression1: { attribute_name: 'birthdate', operator: 'like', attribute_value: '2' } }]),
        ),
        item('r-3', criteria(bornIn2000)),
      ]),
    );
    expect(items).toMatchObject([
      { referenceId: 'r-1', ok: true },
      { referenceId: 'r-2', ok: false, code: 'rjct.search_criteria.invalid' },
      { referenceId: 'r-3', ok: true },
    ]);
  });

  test('the second item with a reference_id is the duplicate', () => {
    const { items } = accepted(body([item('r-1', criteria(bornIn2000)), item('r-1', criteria(bornIn2000))]));
    expect(items).toMatchObject([{ ok: true }, { ok: false, code: 'rjct.reference_id.duplicate' }]);
  });

  test.each<[string, unknown, string]>([
    ['no object', 5, 'rjct.reference_id.invalid'],
    ['no reference_id', item('', criteria(bornIn2000)), 'rjct.reference_id.invalid'],
    ['no timestamp', item('r', criteria(bornIn2000), { timestamp: '' }), 'rjct.timestamp.invalid'],
    [
      'a timestamp without zone',
      item('r', criteria(bornIn2000), { timestamp: '2026-01-15T10:30:00' }),
      'rjct.timestamp.invalid',
    ],
    ['no criteria', item('r', undefined), 'rjct.search_criteria.invalid'],
    [
      'an unknown reg_type',
      item('r', criteria(bornIn2000, { reg_type: 'ns:org:RegistryType:Vehicles' })),
      'rjct.search_criteria.invalid',
    ],
    [
      'a group of a civil register',
      item('r', criteria(bornIn2000, { reg_record_type: 'Group' })),
      'rjct.search_criteria.invalid',
    ],
    [
      'a sort by nothing that is held',
      item('r', criteria(bornIn2000, { sort: [{ attribute_name: 'shoe_size' }] })),
      'rjct.sort.invalid',
    ],
    [
      'a sort in no direction',
      item('r', criteria(bornIn2000, { sort: [{ attribute_name: 'dob', sort_order: 'up' }] })),
      'rjct.sort.invalid',
    ],
    [
      'a page above the cap',
      item('r', criteria(bornIn2000, { pagination: { page_size: 101 } })),
      'rjct.pagination.invalid',
    ],
    [
      'a page size in words',
      item('r', criteria(bornIn2000, { pagination: { page_size: 'all' } })),
      'rjct.pagination.invalid',
    ],
    ['half a page', item('r', criteria(bornIn2000, { pagination: { page_size: 2.5 } })), 'rjct.pagination.invalid'],
    [
      'a page beyond every number',
      item('r', criteria(bornIn2000, { pagination: { page_size: 9, page_number: 1e300 } })),
      'rjct.pagination.invalid',
    ],
  ])('%s is a rejected item', (_, written, code) => {
    expect(accepted(body([written])).items).toMatchObject([{ ok: false, code }]);
  });

  test('the reason names the reg_type', () => {
    expect(onlyItem(criteria(bornIn2000, { reg_type: 'ns:org:RegistryType:Vehicles' }))).toMatchObject({
      message: expect.stringContaining('RegistryType:Vehicles') as string,
    });
  });
});

function readItems(
  fields: Readonly<Record<string, unknown>>,
  context: Parameters<typeof readSearchMessage>[1],
): readonly SearchItem[] {
  const message = readSearchMessage(body([item('r-1', criteria(bornIn2000, fields))]), context);
  if (message.rejected) throw new Error(message.message);
  return message.items;
}

describe('what is asked for', () => {
  test.each([
    ['ns:org:RegistryType:Civil', 'crvs'],
    ['CRVS', 'crvs'],
    ['ocrvs:registry_type:birth', 'crvs'],
    ['ns:org:RegistryType:Social', 'social'],
    ['SOCIAL_REGISTRY', 'social'],
    ['SPP:RegistryType:Individual', 'social'],
    [undefined, 'social'],
  ])('reg_type %s is the registry %s', (regType, registryKind) => {
    expect(onlyItem(criteria(bornIn2000, { reg_type: regType }))).toMatchObject({ ok: true, registryKind });
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['reg_type', { reg_type: 'SPP:RegistryType:Group' }],
    ['reg_record_type', { reg_type: 'Social', reg_record_type: 'spdci-extensions-dci:Group' }],
    ['response_entity', { reg_type: 'Social', response_entity: 'Household' }],
    [
      'reg_record_type beside a strange response_entity',
      { reg_type: 'Social', response_entity: 'DRPerson', reg_record_type: 'Group' },
    ],
    [
      'collection',
      {
        reg_type: 'Social',
        query_type: 'expression',
        query: {
          type: 'expression',
          value: { expression: { collection: 'Group', query: { group_size: { $lt: 5 } } } },
        },
      },
    ],
  ])('S20: groups that %s asks for are never answered as persons', (_, fields) => {
    expect(onlyItem(criteria(bornIn2000, fields))).toMatchObject({ ok: true, registryKind: 'social', record: 'group' });
  });

  test.each([
    ['Social', 'social', 'individual'],
    ['Civil', 'crvs', 'individual'],
    ['FR', 'fr', 'farmer'],
    ['DR', 'dr', 'disability'],
    ['IBR', 'ibr', 'enrolment'],
  ])('the registry %s is answered with records of its own', (regType, registryKind, record) => {
    const asked = onlyItem(criteria([], { reg_type: `ns:org:RegistryType:${regType}`, query: { UIN: '1' } }));
    expect(asked).toMatchObject({ ok: true, registryKind, record });
  });

  test('the address says which registry is asked, whatever the message says; then reg_type, then receiver_id', () => {
    const asked = (...of: Parameters<typeof readItems>) => readItems(...of)[0];
    const social = { reg_type: 'ns:org:RegistryType:Social' };
    const unsaid = { reg_type: undefined };
    expect(asked(social, { registry: 'crvs' })).toMatchObject({ registryKind: 'crvs' });
    expect(asked({ reg_type: 'vehicles' }, { registry: 'crvs' })).toMatchObject({ ok: true, registryKind: 'crvs' });
    expect(asked(social, { receiverId: 'crvs.example.org' })).toMatchObject({ registryKind: 'social' });
    expect(asked(unsaid, { receiverId: 'crvs.example.org' })).toMatchObject({ registryKind: 'crvs' });
    expect(asked(unsaid, { receiverId: 'https://ibr.example.org/' })).toMatchObject({ registryKind: 'ibr' });
    expect(asked(unsaid, { receiverId: 'registry.example.org' })).toMatchObject({ registryKind: 'social' });
  });

  test('a registry that is not served is no answer of another one', () => {
    const [only] = readItems({ reg_type: 'ns:org:RegistryType:FR' }, { servedRegistries: ['social', 'crvs'] });
    expect(only).toMatchObject({ ok: false, code: 'rjct.search_criteria.invalid' });
    const [unsaid] = readItems({ reg_type: undefined }, { servedRegistries: ['crvs'] });
    expect(unsaid).toMatchObject({ ok: false, code: 'rjct.search_criteria.invalid' });
  });

  test('a register of marriages holds those who married', () => {
    const query = { dateOfEvent: { type: 'range', gte: '2020-01-01' } };
    const asked = onlyItem(criteria(query, { reg_type: 'ocrvs:registry_type:marriage', query_type: 'expression' }));
    expect(asked).toMatchObject({
      ok: true,
      query: { filter: { kind: 'and', filters: [{ attribute: 'marriage_date' }, { attribute: 'marriage_date' }] } },
    });
  });

  test('a death register holds those who died, and dateOfEvent is the date of death there', () => {
    const query = { dateOfEvent: { type: 'range', gte: '2020-01-01' } };
    const asked = onlyItem(criteria(query, { reg_event_type: 'death', query_type: 'expression' }));
    expect(asked).toMatchObject({
      ok: true,
      query: {
        filter: {
          kind: 'and',
          filters: [
            { attribute: 'death_date', operator: 'ge', values: ['2020-01-01'] },
            { attribute: 'deceased', operator: 'eq', values: [true] },
          ],
        },
      },
    });
  });

  test('a sort without an order is ascending; a page without a size has 20', () => {
    const asked = onlyItem(
      criteria(bornIn2000, {
        sort: [
          { attribute_name: 'surname' },
          { attribute_name: 'dob', sort_order: 'DESC' },
          { attribute_name: 'birthdate' },
        ],
        pagination: { page_number: 3 },
      }),
    );
    expect(asked).toMatchObject({
      sort: [
        { attribute: 'family_name', direction: 'asc' },
        { attribute: 'birth_date', direction: 'desc' },
      ],
      page: { size: 20, number: 3 },
    });
  });
});
