import { item, message, type PartnerGateway, predicate, startPartnerGateway, uin } from './partner-gateway.js';

let gateway: PartnerGateway;
beforeAll(async () => {
  gateway = await startPartnerGateway('spdci-1.0', { config: { partnerRequestsPerSecond: 0 } });
});
afterAll(() => gateway.close());
afterEach(async () => {
  await gateway.database.pool.query("delete from individuals where given_name = 'Many'");
});

async function add(uinPrefix: string, count: number, born: string): Promise<void> {
  await gateway.database.pool.query(
    `with person as (
       insert into individuals (given_name, birth_date, birth_date_precision)
       select 'Many', $3::date + n, 'day' from generate_series(1, $2::integer) n returning id, birth_date
     )
     insert into identifiers (individual_id, type, value, value_key)
     select id, 'UIN', $1 || (birth_date - $3::date), $1 || (birth_date - $3::date) from person`,
    [uinPrefix, count, born],
  );
}

const page = (number: number, size: number, from = '2010-01-01') =>
  item('r', 'predicate', predicate('birth_date', 'gt', from), {
    sort: [{ attribute_name: 'birth_date', sort_order: 'asc' }],
    pagination: { page_size: size, page_number: number },
  });

async function read(number: number, size: number, headers: Record<string, string> = {}) {
  const { body } = await gateway.post(message([page(number, size)]), headers);
  const [one] = body.message.search_response;
  return { people: (one?.data.reg_records ?? []).map(uin), pagination: one?.pagination };
}

test('a page goes on where the page before ended, whatever was added in between', async () => {
  await add('B', 9, '2012-01-01');
  const first = await read(1, 3);
  // Without a remembered end these would push people of the first page into the second.
  await add('A', 3, '2011-01-01');
  const [second, third] = [await read(2, 3), await read(3, 3)];
  expect([...first.people, ...second.people, ...third.people]).toEqual('B1 B2 B3 B4 B5 B6 B7 B8 B9'.split(' '));
  expect(second.pagination).toEqual({ page_size: 3, page_number: 2, total_count: 9 });
  // Who asks for the first page again sees everything that is there now.
  expect(await read(1, 3)).toEqual({
    people: ['A1', 'A2', 'A3'],
    pagination: { page_size: 3, page_number: 1, total_count: 12 },
  });
  expect((await read(2, 3)).people).toEqual(['B1', 'B2', 'B3']);
});

test('a page whose predecessor nobody asked for is found by counting, also by another client', async () => {
  await add('B', 9, '2012-01-01');
  await read(1, 2);
  const other = await gateway.createClient({ name: 'Other' });
  const headers = { authorization: `Bearer ${await gateway.token(other)}` };
  await add('A', 2, '2011-01-01');
  expect((await read(2, 2, headers)).people).toEqual(['B1', 'B2']);
  expect((await read(4, 2)).people).toEqual(['B5', 'B6']);
  expect(await read(9, 2)).toEqual({ people: [], pagination: { page_size: 2, page_number: 9, total_count: 11 } });
});

test('the next page costs no counting', async () => {
  await add('B', 9, '2012-01-01');
  await read(1, 3);
  gateway.database.statements.length = 0;
  await read(2, 3);
  expect(gateway.database.statements.filter((text) => /count\(/u.test(text))).toEqual([]);
});

test('the last page leaves nothing behind', async () => {
  await gateway.database.pool.query('delete from search_page_marks');
  await add('B', 2, '2012-01-01');
  await read(1, 3);
  const { rows } = await gateway.database.pool.query('select from search_page_marks');
  expect(rows).toHaveLength(0);
});

test('pages that are asked for at the same time are all remembered', async () => {
  await add('B', 40, '2012-01-01');
  await Promise.all(Array.from({ length: 30 }, (_, index) => read(1, index + 1)));
  await add('A', 3, '2011-01-01');
  const pages = await Promise.all(Array.from({ length: 30 }, (_, index) => read(2, index + 1)));
  expect(pages.map(({ people }) => people[0])).toEqual(pages.map((_, index) => `B${String(index + 2)}`));
});

test('up to 10,000 matches can be paged through; of more the caller is told to narrow the search', async () => {
  await add('B', 10_000, '1900-01-01');
  const search = async () => {
    const { body } = await gateway.post(message([page(1, 2, '1900-01-01')]));
    return body.message.search_response[0];
  };
  await gateway.database.pool.query("delete from individuals where birth_date < '2012-01-01' and given_name <> 'Many'");
  expect(await search()).toMatchObject({ status: 'succ', pagination: { total_count: 10_000 } });
  await add('C', 1, '1900-01-01');
  expect(await search()).toMatchObject({
    status: 'rjct',
    status_reason_code: 'rjct.search.too_many_records_found',
    data: { reg_records: [] },
  });
});
