import {
  item,
  MAX_PAGE_SIZE,
  message,
  type PartnerGateway,
  predicate,
  startPartnerGateway,
} from './partner-gateway.js';

async function addMany(gateway: PartnerGateway, count: number): Promise<void> {
  await gateway.database.pool.query(
    `insert into individuals (given_name, birth_date, birth_date_precision)
     select 'Many', '2010-01-01', 'day' from generate_series(1, $1)`,
    [count],
  );
}

const bornIn2010 = item('r', 'predicate', predicate('birthdate', 'eq', '2010-01-01'), {
  reg_type: 'SPP:RegistryType:Individual',
});

describe.each(['openspp-17', 'opencrvs-1.0'])('a partner whose profile is %s, who never asks for a page', (name) => {
  let gateway: PartnerGateway;
  beforeAll(async () => {
    gateway = await startPartnerGateway(name);
  });
  afterAll(() => gateway.close());

  test('gets records with the names of its dialect', async () => {
    const { body } = await gateway.search(item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }));
    expect(body.header['action']).toBe('search');
    expect(body.header['message_id']).toBe('m-1');
    const [person] = body.message.search_response[0]?.data.reg_records ?? [];
    expect(person).toMatchObject({ givenName: 'Ann', familyName: 'Kabwe', birthDate: '2000-05-05', sex: 'female' });
    expect(JSON.stringify(person)).toContain('{"name":"UIN","identifier":"ANN"}');
  });

  test('gets all that match up to the largest page, and is told when there are more instead of getting a part', async () => {
    await addMany(gateway, MAX_PAGE_SIZE);
    const all = await gateway.search(bornIn2010);
    expect(all.body.message.search_response[0]?.data.reg_records).toHaveLength(MAX_PAGE_SIZE);
    await addMany(gateway, 1);
    const tooMany = await gateway.search(bornIn2010);
    expect(tooMany.status).toBe(200);
    expect(tooMany.body.message.search_response[0]).toMatchObject({
      status: 'rjct',
      status_reason_code: 'rjct.search.too_many_records_found',
    });
  });

  test('may ask for a page in the address, and is refused what is no page there', async () => {
    const of = (address: string) => gateway.post(message([bornIn2010]), {}, `/registry/sync/search?${address}`);
    await addMany(gateway, 5);
    const seen: number[] = [];
    for (const address of ['page=1&limit=2', 'page=2&limit=2', 'limit=1', 'page=1', 'page=99&limit=2']) {
      const { body } = await of(address);
      seen.push(body.message.search_response[0]?.data.reg_records.length ?? 0);
    }
    expect(seen).toEqual([2, 2, 1, 30, 0]);
    const own = item('r', 'predicate', predicate('birthdate', 'eq', '2010-01-01'), { pagination: { page_size: 4 } });
    const { body } = await gateway.post(message([own]), {}, '/registry/sync/search?page=1&limit=2');
    expect(body.message.search_response[0]?.data.reg_records).toHaveLength(4);
    for (const address of ['page=x', 'page=0', 'limit=-1', `limit=${String(MAX_PAGE_SIZE + 1)}`, 'page=1&page=2']) {
      expect((await of(address)).status).toBe(400);
    }
  });

  test('is told of an error where it looks for it', async () => {
    const { status, body } = await gateway.post('{');
    expect(status).toBe(400);
    expect(body.error?.message).toMatch(/JSON/u);
  });
});

describe('a partner who takes the published examples at their word', () => {
  let gateway: PartnerGateway;
  beforeAll(async () => {
    gateway = await startPartnerGateway('spdci-1.0-examples');
    await gateway.database.pool.query(`
      with home as (
        update individuals set home_place_text = '1 Lake Road' where id = '00000000-0000-4000-8000-000000000001'
      )
      insert into disabilities (individual_id, status) values ('00000000-0000-4000-8000-000000000001', '0')`);
  });
  afterAll(() => gateway.close());

  const find = async (regType: string, uin: string): Promise<unknown> => {
    const wanted = item('r', 'idtype-value', { type: 'UIN', value: uin }, { reg_type: regType });
    const { body } = await gateway.search(wanted);
    return body.message.search_response[0]?.data.reg_records;
  };

  test('is told one address, and days with a time', async () => {
    expect(await find('Civil', 'ANN')).toMatchObject([
      {
        birth_date: '2000-05-05T00:00:00Z',
        address: { address_line1: '1 Lake Road' },
        identifier: [{ identifier_type: 'BRN' }, { identifier_type: 'UIN' }],
      },
    ]);
    expect(await find('Social', 'ANN')).toMatchObject([
      { demographic_info: { birth_date: '2000-05-05T00:00:00Z', address: { address_line1: '1 Lake Road' } } },
    ]);
  });

  test('is told no day of a year', async () => {
    expect(await find('Civil', 'DAWIT')).toMatchObject([{ birth_date: '1990' }]);
  });

  test('gets the records of the disability registry in an object', async () => {
    expect(await find('DR', 'ANN')).toMatchObject({ data: [{ disability_status: '0' }] });
    expect(await find('DR', 'EVE')).toEqual({ data: [] });
  });
});
