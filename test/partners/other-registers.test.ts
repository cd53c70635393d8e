import { disabilityDetails, disabilitySupport, disabled } from '../../src/partners/search/disability.js';
import { enrolled } from '../../src/partners/search/enrolled.js';
import { enrolmentUpdates } from '../../src/partners/enrolment-updates.js';
import { CORE_CATALOGUE } from '../../src/record/catalogue.js';
import { message, type PartnerGateway, RECEPTION, SENDER_ID, startPartnerGateway } from './partner-gateway.js';
import { testLedger } from './test-ledger.js';

let gateway: PartnerGateway;
let writerToken: string;

beforeAll(async () => {
  gateway = await startPartnerGateway('spdci-1.0', {
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
        '/sync/enrollment/updates': enrolmentUpdates(context),
      };
    },
  });
  await gateway.database.pool.query(`
    with disability as (
      insert into disabilities (individual_id, status, level, details, attributes) values
        ('00000000-0000-4000-8000-000000000001', '0', '2', '[{"impairment_type": "1"}]',
          '{"disability_support": [{"assistive_technology": [{"type": "wheelchair", "status": "has"}]}]}'),
        ('00000000-0000-4000-8000-000000000002', '1', null, '[]', '{}')
    ), programme as (
      insert into programmes (id, identifier, identifier_key, name)
      values ('00000000-0000-4000-8000-0000000000f1', 'DCI001', 'DCI001', 'Cash for food')
    )
    insert into enrolments (programme_id, individual_id, status) values
      ('00000000-0000-4000-8000-0000000000f1', '00000000-0000-4000-8000-000000000001', '1'),
      ('00000000-0000-4000-8000-0000000000f1', '00000000-0000-4000-8000-000000000002', '3'),
      ('00000000-0000-4000-8000-0000000000f1', '00000000-0000-4000-8000-000000000003', '4')`);
  writerToken = await gateway.token(await gateway.createClient({ name: 'Writer', scopes: ['registry.write'] }));
});
afterAll(() => gateway.close());

/** A message of one criteria. */
const asking = (name: string, query: unknown, criteria: Record<string, unknown> = {}) => ({
  header: { ...message([]).header, total_count: 1 },
  message: { transaction_id: 't-1', [name]: { query_type: 'expression', query, ...criteria } },
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const { status, text } = await gateway.post(body, headers, path);
  const answer = JSON.parse(text) as {
    header: Record<string, unknown>;
    message?: Record<string, unknown> & { [items: `${string}_response`]: Record<string, unknown>[] };
    errors?: { code: string }[];
  };
  return { status, text, answer };
}

describe.each(['/registry/sync/disabled', '/dr/v1.0.0/registry/sync/get-disability-status'])('%s', (path) => {
  const ask = (query: unknown) => post(path, asking('disabled_criteria', query));

  test.each([
    ['ANN', 'yes', undefined],
    ['BOB', 'no', expect.stringMatching(/not approved/u)],
    ['CLEO', 'no', expect.stringMatching(/No person/u)],
    ['NOBODY', 'no', expect.stringMatching(/No person/u)],
  ])('says of %s: %s', async (uin, status, note) => {
    const { status: http, answer } = await ask({ 'member.member_identifier': { eq: uin } });
    expect(http).toBe(200);
    expect(answer.header).toMatchObject({ action: 'on-search', status: 'succ', total_count: 1 });
    const [item] = answer.message?.disabled_response ?? [];
    expect(item).toMatchObject({ status: 'succ', disabled_status: status });
    expect(item?.['reference_id']).toMatch(/^[0-9a-f-]{36}$/u);
    expect(item?.['status_reason_message']).toEqual(note);
  });

  test('a query that cannot be read is refused in the header: a "no" in an item would be taken for an answer', async () => {
    const { status, answer } = await ask('select');
    expect(status).toBe(200);
    expect(answer.header).toMatchObject({ action: 'on-search', status: 'rjct' });
    expect(answer.header['status_reason_message']).toMatch(/\w/u);
    expect(answer).not.toHaveProperty('message');
  });

  test('criteria that are missing are an HTTP 400', async () => {
    const { status, answer } = await post(path, asking('nothing', {}));
    expect(status).toBe(400);
    expect(answer.errors).toMatchObject([{ code: 'err.request.bad' }]);
  });
});

test.each(['/registry/sync/get-disability-details', '/dr/registry/sync/get-disability-info'])(
  '%s tells of the disabilities',
  async (path) => {
    const query = { 'member.member_identifier': { eq: 'ANN' } };
    const { status, answer } = await post(path, asking('disabled_criteria', query));
    expect(status).toBe(200);
    const [item] = answer.message?.search_response ?? [];
    expect(item).toMatchObject({
      status: 'succ',
      data: { reg_records: [{ disability_details: [{ impairment_type: '1' }] }] },
      pagination: { page_number: 1, total_count: 1 },
    });
  },
);

test('get-disability-support lists what supports each person', async () => {
  const query = { 'member.member_identifier': { eq: 'ANN' } };
  const { answer } = await post('/registry/sync/get-disability-support', asking('disabled_criteria', query));
  const [item] = answer.message?.search_response ?? [];
  expect(item).toMatchObject({ data: { reg_records: [[{ assistive_technology: [{ type: 'wheelchair' }] }]] } });
});

describe('sync/enrolled', () => {
  test.each([
    ['ANN', 'yes', undefined],
    ['BOB', 'no', expect.stringMatching(/graduation/u)],
    ['CLEO', 'yes', expect.stringMatching(/suspended/u)],
    ['EVE', 'no', expect.stringMatching(/No enrolment/u)],
  ])('says of %s: %s', async (uin, status, note) => {
    const query = {
      person_identifier: { eq: uin },
      'programme_identifier.program.programme_identifier': { eq: 'DCI001' },
    };
    const { status: http, answer } = await post('/ibr/registry/sync/enrolled', asking('enrolled_criteria', query));
    expect(http).toBe(200);
    expect(answer.header).toMatchObject({ action: 'on-search', status: 'succ' });
    const [item] = answer.message?.enrolled_response ?? [];
    expect(item).toMatchObject({ status: 'succ', enrolled_status: status });
    expect(item?.['status_reason_message']).toEqual(note);
  });

  test('a person in a programme is no group in it', async () => {
    const query = { person_identifier: { eq: 'ANN' } };
    const group = asking('enrolled_criteria', query, { response_entity: 'Group' });
    const { answer } = await post('/registry/sync/enrolled', group);
    expect(answer.message?.enrolled_response).toMatchObject([{ enrolled_status: 'no' }]);
  });
});

describe('sync/enrollment/updates', () => {
  const beneficiary = (uin: string, status = '1', programme = 'DCI001') => ({
    member: { member_identifier: [{ identifier_type: 'UIN', identifier_value: uin }] },
    programme_identifier: [{ programme_identifier: programme }],
    enrollment_date: '2026-01-01',
    enrollment_status: status,
  });
  const updates = (messageId: string, ...beneficiaries: unknown[]) => ({
    header: {
      ...message([], { action: 'notify', message_id: messageId, total_count: beneficiaries.length }).header,
      status: 'succ',
    },
    message: { transaction_id: 't-1', enrolled_updates: { beneficiaries } },
  });
  const path = '/registry/sync/enrollment/updates';
  const send = (body: unknown) => post(path, body, { authorization: `Bearer ${writerToken}` });
  const statusOf = async (uin: string) => {
    const { rows } = await gateway.database.pool.query<{ status: string }>(
      `select e.status from enrolments e join identifiers h using (individual_id) where h.value = $1`,
      [uin],
    );
    return rows.map(({ status }) => status);
  };

  test('writes each beneficiary or says why not, in order', async () => {
    const { status, answer } = await send(
      updates('u-1', beneficiary('EVE'), { '@type': 'Beneficiary' }, beneficiary('ANN', '4')),
    );
    expect(status).toBe(200);
    expect(answer.header).toMatchObject({ action: 'notify', status: 'succ', total_count: 3, completed_count: 3 });
    expect(answer.message?.enrolled_response?.map((item) => item['status'])).toEqual(['succ', 'rjct', 'succ']);
    expect(answer.message?.enrolled_response?.[1]?.['status_reason_message']).toMatch(/\w/u);
    expect(await statusOf('EVE')).toEqual(['1']);
    expect(await statusOf('ANN')).toEqual(['4']);
  });

  test('a beneficiary is written whole or refused whole, and the others stand', async () => {
    const named = (uin: string, programme: string) => {
      const { member, ...enrolment } = beneficiary(uin, '1', programme);
      return { member: { ...member, demographic_info: { name: { given_name: 'New' } } }, ...enrolment };
    };
    const { answer } = await send(
      updates(
        'u-6',
        { '@id': 'urn:uuid:00000000-0000-4000-8000-00000000dead', ...named('NOBODY-1', 'NEW-1') },
        named('NOBODY-2', 'NEW-2'),
        // Nobody has this identifier, and it is all that is said.
        beneficiary('NOBODY-3', '1', 'NEW-3'),
      ),
    );
    const items = answer.message?.enrolled_response ?? [];
    expect(items.map((item) => item['status'])).toEqual(['rjct', 'succ', 'rjct']);
    expect(items[0]?.['status_reason_message']).toMatch(/has this id/u);
    expect(items[2]?.['status_reason_message']).toMatch(/Nobody in the registry/u);
    const { pool } = gateway.database;
    const people = await pool.query("select value from identifiers where value like 'NOBODY%'");
    expect(people.rows).toEqual([{ value: 'NOBODY-2' }]);
    const programmes = await pool.query("select identifier from programmes where identifier like 'NEW%'");
    expect(programmes.rows).toEqual([{ identifier: 'NEW-2' }]);
    expect(await statusOf('NOBODY-2')).toEqual(['1']);
  });

  test('who and what is held already is enrolled as it is: its facts are not the partner’s to change', async () => {
    const { pool } = gateway.database;
    const held = async () =>
      (
        await pool.query<Record<string, unknown>>(
          `select i.given_name, i.sex, i.phone_numbers, p.name, array(
             select value from identifiers h where h.individual_id = i.id order by value) as identifiers
           from individuals i, programmes p where i.id = $1 and p.identifier = 'DCI001'`,
          ['00000000-0000-4000-8000-000000000003'],
        )
      ).rows;
    const before = await held();
    const { member_identifier: identifiers } = beneficiary('CLEO').member;
    const { answer } = await send(
      updates('u-7', {
        member: {
          member_identifier: [...identifiers, { identifier_type: 'NIN', identifier_value: 'MINE' }],
          demographic_info: { name: { given_name: 'Somebody', surname: 'Else' }, sex: 'male', phone_number: ['+1'] },
        },
        programme_identifier: [{ programme_identifier: 'DCI001', programme_name: 'Renamed' }],
        enrollment_status: '1',
      }),
    );
    expect(answer.message?.enrolled_response).toMatchObject([{ status: 'succ' }]);
    expect(await statusOf('CLEO')).toEqual(['1']);
    expect(await held()).toEqual(before);
  });

  test('the same message again is answered as before and writes nothing; another under its id is rejected', async () => {
    const first = await send(updates('u-2', beneficiary('MUM')));
    await gateway.database.pool.query("update enrolments set status = '3' where enrolled_on = '2026-01-01'");
    const again = await send(updates('u-2', beneficiary('MUM')));
    expect(again.text).toBe(first.text);
    expect(await statusOf('MUM')).toEqual(['3']);
    const other = await send(updates('u-2', beneficiary('MUM', '4')));
    expect(other.status).toBe(200);
    expect(other.answer.header).toMatchObject({ status: 'rjct', status_reason_code: 'rjct.message_id.duplicate' });
    expect(await statusOf('MUM')).toEqual(['3']);
  });

  test('one message that comes twice at once is done once', async () => {
    const both = await Promise.all([
      send(updates('u-3', beneficiary('DAWIT'))),
      send(updates('u-3', beneficiary('DAWIT'))),
    ]);
    expect(both[0].text).toBe(both[1].text);
    expect(await statusOf('DAWIT')).toEqual(['1']);
  });

  test('what was answered is stored where nobody reads it', async () => {
    const { rows } = await gateway.database.pool.query<{ answer: string }>(
      "select encode(answer_sealed, 'escape') as answer from answered_messages",
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ answer }) => answer).join('')).not.toMatch(/enrolled_response/u);
  });

  test('needs a scope of its own', async () => {
    expect((await post(path, updates('u-4', beneficiary('EVE')))).status).toBe(403);
  });

  test('an update of nobody is an HTTP 400', async () => {
    expect((await send(updates('u-5'))).status).toBe(400);
  });
});

test('what only one registry publishes is not found at another', async () => {
  const { status, answer } = await post('/crvs/registry/sync/disabled', asking('disabled_criteria', {}));
  expect(status).toBe(404);
  expect(answer.errors).toMatchObject([{ code: 'err.request.not_found' }]);
});
