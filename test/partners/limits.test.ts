import { randomUUID } from 'node:crypto';
import { enrolmentUpdates } from '../../src/partners/enrolment-updates.js';
import { disabilityDetails, disabilitySupport, disabled } from '../../src/partners/search/disability.js';
import { enrolled } from '../../src/partners/search/enrolled.js';
import { CORE_CATALOGUE } from '../../src/record/catalogue.js';
import type { AccessDocument } from '../../src/security/access-document.js';
import {
  type Answer,
  item,
  message,
  type PartnerGateway,
  predicate,
  RECEPTION,
  SENDER_ID,
  startPartnerGateway,
  uin,
} from './partner-gateway.js';
import { onRecord, testLedger } from './test-ledger.js';

const LUSAKA = '00000000-0000-4000-8000-0000000000a1';

let gateway: PartnerGateway;
beforeAll(async () => {
  gateway = await startPartnerGateway('spdci-1.0', {
    config: { partnerRequestsPerSecond: 0 },
    ledger: (real) => ({
      note: (deed, db) => real.note(deed, db),
      disclose: (disclosure, db) =>
        ledgerFails ? Promise.reject(new Error('disk full')) : real.disclose(disclosure, db),
    }),
    handlers: ({ database: { pool }, keys, log }) => {
      const context = {
        pool,
        keys,
        ledger: testLedger(pool, keys),
        log,
        config: RECEPTION,
        senderId: () => SENDER_ID,
        catalogue: () => CORE_CATALOGUE,
      };
      return {
        '/sync/get-disability-details': disabilityDetails(context),
        '/sync/get-disability-support': disabilitySupport(context),
        '/sync/disabled': disabled(context),
        '/sync/enrolled': enrolled(context),
        '/sync/enrollment/updates': enrolmentUpdates({ ...context, keys }),
      };
    },
  });
  await gateway.database.pool.query(`
    with disability as (
      insert into disabilities (individual_id, status, level, attributes)
      values ('00000000-0000-4000-8000-000000000001', '0', '2', '{"disability_support": [{"assistive_technology": []}]}')
    ), programme as (
      insert into programmes (id, identifier, identifier_key, name)
      values ('00000000-0000-4000-8000-0000000000f1', 'DCI001', 'DCI001', 'Cash for food')
    )
    insert into enrolments (programme_id, individual_id, status)
    values ('00000000-0000-4000-8000-0000000000f1', '00000000-0000-4000-8000-000000000001', '1')`);
});
afterAll(() => gateway.close());

let ledgerFails = false;
beforeEach(async () => {
  ledgerFails = false;
  await gateway.database.pool.query('delete from record_budgets');
});

interface Limited {
  readonly clientId: string;
  readonly post: (body: unknown, path?: string) => Promise<Answer>;
  readonly search: (...items: readonly unknown[]) => Promise<Answer>;
}

/** A partner with these limits and its way of asking. */
async function limited(access: AccessDocument, consentRequired = false): Promise<Limited> {
  const client = await gateway.createClient({ name: `Limited ${randomUUID()}` });
  await gateway.database.pool.query('update api_clients set access = $2, consent_required = $3 where client_id = $1', [
    client.clientId,
    access,
    consentRequired,
  ]);
  const authorization = `Bearer ${await gateway.token(client)}`;
  const post: Limited['post'] = (body, path) => gateway.post(body, { authorization }, path);
  return { clientId: client.clientId, post, search: (...items) => post(message(items)) };
}

const everybody = (criteria: Record<string, unknown> = {}) =>
  item('r', 'predicate', predicate('birth_date', 'gt', '1900-01-01'), criteria);
const byNumber = (value: string, criteria: Record<string, unknown> = {}) =>
  item('r', 'idtype-value', { type: 'UIN', value }, criteria);
const found = ({ body }: Answer): string[] => (body.message.search_response[0]?.data.reg_records ?? []).map(uin).sort();
const refusal = ({ body }: Answer): string | undefined => body.message.search_response[0]?.status_reason_code;
const recordOf = (partner: Limited) =>
  onRecord(gateway.database.pool, gateway.keys, 'search.answered').then((entries) =>
    entries.filter(({ actor }) => actor === `client:${partner.clientId}`),
  );

describe('rows', () => {
  test('whoever asks anything sees only the people of its region, and reads no number of others', async () => {
    const partner = await limited({ rows: { bornWithin: [LUSAKA] } });
    expect(found(await partner.search(everybody()))).toEqual(['ANN', 'BOB']);
    expect(found(await partner.search(byNumber('MUM')))).toEqual([]);
    // Their mother was born elsewhere: the record of a child does not tell of her.
    const { text } = await partner.search(byNumber('ANN'));
    expect(text).toContain('"ANN"');
    expect(text).not.toContain('MUM');
    expect(found(await partner.search(everybody({ pagination: { page_size: 1, page_number: 2 } })))).toHaveLength(1);
  });

  test.each<[string, AccessDocument]>([
    ['some of the people', { rows: { programmes: ['DCI001'] } }],
    ['no identifiers', { never: ['individual.identifier'] }],
  ])('whoever sees %s writes no enrolments: they would tell of others, or open them to it', async (_, access) => {
    const partner = await limited(access);
    const enrolmentOf = (value: string) => ({
      ...message([]),
      header: { ...message([]).header, action: 'notify', total_count: 1 },
      message: {
        transaction_id: 't',
        enrolled_updates: {
          beneficiaries: [
            {
              member: { member_identifier: [{ identifier_type: 'UIN', identifier_value: value }] },
              programme_identifier: [{ programme_identifier: 'DCI001' }],
            },
          ],
        },
      },
    });
    const answers = ['MUM', 'nobody'].map((who) =>
      partner.post(enrolmentOf(who), '/ibr/registry/sync/enrollment/updates'),
    );
    const codes = (await Promise.all(answers)).map(({ status, body }) => ({ status, code: body.error?.code }));
    expect(codes).toEqual([0, 1].map(() => ({ status: 403, code: 'err.request.forbidden' })));
  });

  test('what was granted last holds at the next call', async () => {
    const partner = await limited({});
    expect(found(await partner.search(everybody()))).toHaveLength(5);
    await gateway.database.pool.query('update api_clients set access = $2 where client_id = $1', [
      partner.clientId,
      { rows: { sources: ['nobody'] } },
    ]);
    expect(found(await partner.search(everybody()))).toEqual([]);
  });
});

describe('fields', () => {
  test('what is not granted is neither told nor read', async () => {
    const partner = await limited({ only: ['individual.identifier', 'individual.sex'] });
    gateway.database.statements.length = 0;
    const { body } = await partner.search(byNumber('ANN'));
    const [record] = body.message.search_response[0]?.data.reg_records ?? [];
    expect(record).toMatchObject({
      sex: 'female',
      identifier: [{ identifier_value: 'B-ANN' }, { identifier_value: 'ANN' }],
    });
    expect(JSON.stringify(record)).not.toMatch(/Kabwe|2000-05-05|Lusaka|MUM|deceased/u);
    expect(gateway.database.statements.filter((text) => /\bi\.family_name\b/u.test(text))).toEqual([]);
    const [entry] = await recordOf(partner);
    expect(entry).toMatchObject({ uins: ['ANN'], fields: ['individual.identifier', 'individual.sex'] });
  });

  test.each<[string, AccessDocument, unknown, string]>([
    ['a filter', { never: ['individual.birth_date'] }, everybody(), 'rjct.filter.invalid'],
    [
      'a filter under not',
      { never: ['individual.sex'] },
      item('r', 'expression', { $not: { sex: 'female' } }),
      'rjct.filter.invalid',
    ],
    [
      'a sort',
      { never: ['individual.name'] },
      everybody({ sort: [{ attribute_name: 'family_name', sort_order: 'asc' }] }),
      'rjct.sort.invalid',
    ],
    ['an identifier', { never: ['individual.identifier'] }, byNumber('ANN'), 'rjct.filter.invalid'],
    ['an operator', { operators: ['eq'] }, everybody(), 'rjct.filter.invalid'],
    ['a page', { largestPage: 2 }, everybody({ pagination: { page_size: 3 } }), 'rjct.pagination.invalid'],
    ['a registry', { registries: ['social'] }, everybody(), 'rjct.search_criteria.invalid'],
  ])('%s that is not granted refuses the item, whether anybody would match or not', async (_, access, asked, code) => {
    const partner = await limited(access);
    const answer = await partner.search(asked);
    expect({ status: answer.status, code: refusal(answer) }).toEqual({ status: 200, code });
    expect(await recordOf(partner)).toEqual([]);
  });

  test('a page that names no size has no more records than are granted', async () => {
    const partner = await limited({ largestPage: 2 });
    const { body } = await partner.search(everybody());
    expect(body.message.search_response[0]?.data.reg_records).toHaveLength(2);
    const tooLarge = await partner.post(message([everybody()]), '/registry/sync/search?page=1&limit=3');
    expect(tooLarge.status).toBe(400);
  });
});

describe('registries', () => {
  test('an address of a registry that is not granted answers 403 in the shape of an acknowledgement', async () => {
    const partner = await limited({ registries: ['social'] });
    const question = { ...message([]), message: { transaction_id: 't', disabled_criteria: {} } };
    for (const [path, body] of [
      ['/crvs/registry/sync/search', message([everybody()])],
      ['/registry/sync/disabled', question],
    ] as const) {
      const answer = await partner.post(body, path);
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({
        message: { ack_status: 'ERR', error: { code: 'err.request.forbidden' } },
        errors: [{ code: 'err.request.forbidden' }],
      });
    }
    const social = await partner.post(message([everybody()]), '/social/registry/sync/search');
    expect(refusal(social)).toBeUndefined();
  });

  test.each([
    ['/registry/sync/disabled', 'disabled_criteria', 'disability.*'],
    ['/registry/sync/enrolled', 'enrolled_criteria', 'enrolment.enrolment_status'],
  ])('%s answers neither yes nor no to who may not be told', async (path, criteria, field) => {
    const ask = { query_type: 'expression', query: { identifier: { $eq: 'ANN' } } };
    const body = { ...message([]), message: { transaction_id: 't', [criteria]: ask } };
    const open = await (await limited({})).post({ ...body, header: { ...body.header, total_count: 1 } }, path);
    expect(open.text).toMatch(/"(?:yes|true|Yes)"|:true/iu);
    const partner = await limited({ never: [field] });
    const { status, text } = await partner.post({ ...body, header: { ...body.header, total_count: 1 } }, path);
    expect({ status, text }).toMatchObject({ status: 200, text: expect.stringContaining('may not be told') as string });
    expect(text).not.toContain('_response');
    expect(await recordOf(partner)).toEqual([]);
  });
});

describe('on record', () => {
  const consent = { '@type': 'Consent', purpose: { text: 'Cash for food', code: 'food' }, id: 'c-17' };

  test('an answer names who asked, why, by which consent, of whom it told and what', async () => {
    const partner = await limited({});
    const { body } = await partner.search(byNumber('ANN', { consent, authorize: '' }));
    const entries = await recordOf(partner);
    expect(entries).toMatchObject([
      {
        action: 'search.answered',
        registry: 'crvs',
        purpose: 'food',
        correlationId: body.message.correlation_id,
        // Also of the mother, whose number stands in the record of her child.
        uins: ['ANN', 'MUM'],
        detail: { items: 1, rejected: 0, records: 1, people: 2 },
      },
    ]);
    expect(JSON.parse(entries[0]?.evidence ?? '')).toEqual({ consent });
    expect(entries[0]?.fields).toEqual([
      'individual.birth_date',
      'individual.birth_place',
      'individual.identifier',
      'individual.name',
      'individual.relationships',
      'individual.sex',
    ]);
  });

  test('that nobody was found is on record; what was refused is not a disclosure', async () => {
    const partner = await limited({});
    await partner.search(byNumber('NOBODY'));
    await partner.search(item('r', 'predicate', predicate('birth_date', 'gt', 'no date')));
    expect(await recordOf(partner)).toMatchObject([{ action: 'search.answered', uins: [], detail: { people: 0 } }]);
  });

  test('items of several purposes and registries are told apart, those of one stand together', async () => {
    const partner = await limited({});
    const other = { purpose: 'audit' };
    await partner.search(
      { ...byNumber('ANN', { consent }), reference_id: '1' },
      { ...byNumber('BOB', { consent }), reference_id: '2' },
      { ...byNumber('CLEO'), reference_id: '3', authorize: other },
      { ...byNumber('EVE', { reg_type: 'ns:org:RegistryType:Social' }), reference_id: '4' },
    );
    const entries = await recordOf(partner);
    expect(entries.map(({ purpose, registry, uins }) => ({ purpose, registry, uins }))).toEqual([
      { purpose: 'food', registry: 'crvs', uins: ['ANN', 'BOB', 'MUM'] },
      { purpose: 'audit', registry: 'crvs', uins: ['CLEO'] },
      { purpose: null, registry: 'social', uins: ['EVE'] },
    ]);
    expect(JSON.parse(entries[1]?.evidence ?? '')).toEqual({ authorize: other });
  });

  test.each<[string, unknown]>([
    ['a text', 'yes'],
    ['an empty object', {}],
    ['a list', [consent]],
    ['nothing', undefined],
  ])(
    'where consent is required %s is none: the item is refused, beside it stands the consent as well',
    async (_, given) => {
      const partner = await limited({}, true);
      expect(refusal(await partner.search(byNumber('ANN', { consent: given })))).toBe('rjct.search_criteria.invalid');
      expect(found(await partner.search({ ...byNumber('ANN'), consent }))).toEqual(['ANN']);
    },
  );

  test.each<[string, unknown]>([
    ['far too long', { purpose: { text: 'x'.repeat(5_000) } }],
    ['with a NUL', { purpose: { code: 'a\u0000b' } }],
    ['half a character', { purpose: { text: 'a\ud800b' } }],
    ['a number', { purpose: 7 }],
    ['deep', { purpose: { code: { value: ['x'] } } }],
  ])('a purpose that is %s neither stops the answer nor breaks the record', async (_, given) => {
    const partner = await limited({});
    const answer = await partner.search(byNumber('ANN', { consent: given }));
    expect(answer.status).toBe(200);
    const [entry] = await recordOf(partner);
    expect((entry?.purpose ?? '').length).toBeLessThanOrEqual(200);
  });

  test('what cannot be put on record does not leave: 503, and nobody is told', async () => {
    const partner = await limited({});
    ledgerFails = true;
    const answer = await partner.search(byNumber('ANN'));
    expect({ status: answer.status, retry: answer.headers.get('retry-after') }).toEqual({ status: 503, retry: '5' });
    expect(answer.body.errors).toMatchObject([{ code: 'err.service.unavailable' }]);
    expect(answer.text).not.toMatch(/Kabwe|disk full/u);
  });

  test('who was told of as many people as an hour allows is refused with 429 until the next hour', async () => {
    const partner = await limited({ recordsPerHour: 3 });
    expect(found(await partner.search(byNumber('ANN')))).toEqual(['ANN']);
    const answer = await partner.search(byNumber('BOB'));
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.body).toMatchObject({
      message: { ack_status: 'ERR', error: { code: 'err.request.too_many_requests' } },
    });
    expect(answer.text).not.toContain('Kabwe');
    // One person is left: what fits is still told.
    expect(found(await partner.search(byNumber('CLEO')))).toEqual(['CLEO']);
  });
});

test('what is kept of where pages end names nobody', async () => {
  await gateway.search(
    item('r', 'predicate', predicate('family_name', 'eq', 'Kabwe'), {
      sort: [{ attribute_name: 'family_name', sort_order: 'asc' }],
      pagination: { page_size: 1, page_number: 1 },
    }),
  );
  const { rows } = await gateway.database.pool.query<{ kept: string }>(
    `select m::text || encode(cursor_sealed, 'escape') as kept from search_page_marks m`,
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map(({ kept }) => kept).join()).not.toMatch(/kabwe|1975|2000-05-05/iu);
});
