import { dialect } from '../../src/dci/dialects/dialect.js';
import { NO_PURPOSE } from '../../src/dci/consent.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import type { Filter } from '../../src/record/filter.js';
import { answerItem } from '../../src/partners/search/answer-item.js';
import { type PartnerGateway, startPartnerGateway } from './partner-gateway.js';

let gateway: PartnerGateway;
beforeAll(async () => {
  gateway = await startPartnerGateway();
});
afterAll(() => gateway.close());

async function seen(filter: Filter, visible: Filter): Promise<number> {
  const outcome = await answerItem(
    gateway.database.pool,
    {
      ok: true,
      referenceId: 'r',
      regType: null,
      regRecordType: null,
      registryKind: 'social',
      record: 'individual',
      query: { filter },
      sort: [],
      page: { size: 20, number: 1 },
      locale: null,
      given: NO_PURPOSE,
      warnings: [],
    },
    {
      pool: gateway.database.pool,
      dialect: dialect('spdci-1.0'),
      access: { ...FULL_ACCESS, rows: visible },
      maxPageSize: 50,
      addressPage: null,
      reading: { by: 'cursor', after: null, total: null },
    },
  );
  if (!outcome.ok) throw new Error(outcome.message);
  expect(outcome.records).toHaveLength(outcome.total);
  return outcome.total;
}

test('whatever is asked, a caller sees only whom it may see', async () => {
  const women: Filter = { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['female'] };
  const everybody: Filter = {
    kind: 'or',
    filters: [
      { kind: 'and', filters: [] },
      { kind: 'not', filter: women },
    ],
  };
  const bob: Filter = { kind: 'identifier', type: 'UIN', values: ['BOB'] };
  expect(await seen(everybody, { kind: 'and', filters: [] })).toBe(6);
  expect(await seen(everybody, women)).toBe(3);
  expect(await seen(bob, women)).toBe(0);
  expect(await seen(everybody, { kind: 'or', filters: [] })).toBe(0);
});
