import { dialect } from '../../src/dci/dialects/dialect.js';
import { readIndividualRecord } from '../../src/dci/records/read-record.js';
import { named, said } from './said-records.js';
import { count, database, eachTestHasARegistry, outcomes, person, write } from './written-page.js';

eachTestHasARegistry();

interface Told {
  readonly id: string;
  readonly sex?: string;
  readonly married?: string | string[];
  readonly divorced?: string;
  readonly related?: readonly (readonly [kinship: string, id: string])[];
}

/** A member as the published standard writes one. */
function member({ id, sex, married, divorced, related = [] }: Told) {
  const identifier = (value: string) => [{ identifier_type: 'UIN', identifier_value: value }];
  return readIndividualRecord(
    {
      member_identifier: identifier(id),
      demographic_info: { name: { given_name: `Given ${id}`, surname: 'Family' }, ...(sex ? { sex } : {}) },
      ...(married === undefined ? {} : { marriage_date: married }),
      ...(divorced === undefined ? {} : { divorce_date: divorced }),
      related_person: related.map(([kinship, other]) => ({
        relationship_type: kinship,
        related_member: { identifier: identifier(other), name: { given_name: `Given ${other}` } },
      })),
    },
    dialect('spdci-1.0'),
    '2026-01-01',
  );
}

async function ties(): Promise<string[]> {
  const { rows } = await database.pool.query<{ tie: string }>(`
    select a.value || ' ' || r.type || ' ' || b.value as tie from relationships r
    join identifiers a on a.individual_id = r.source_id join identifiers b on b.individual_id = r.target_id
    order by 1`);
  return rows.map(({ tie }) => tie);
}

async function marriages(): Promise<string[]> {
  const { rows } = await database.pool.query<{ told: string }>(`
    select a.value || ' ' || coalesce(b.value, '?') || ' ' || m.married_on || ' ' || coalesce(m.divorced_on::text, '-')
      as told
    from marriages m join identifiers a on a.individual_id = m.individual_id
    left join identifiers b on b.individual_id = m.spouse_id order by 1`);
  return rows.map(({ told }) => told);
}

test('spouses and children that a record of the standard names are tied to its subject, and again nothing changes', async () => {
  const records = [
    member({
      id: 'w',
      sex: 'female',
      married: '2010-05-06',
      related: [
        ['SPS', 'h'],
        ['CHILD', 'c'],
      ],
    }),
    member({
      id: 'h',
      sex: 'male',
      married: '2010-05-06',
      related: [
        ['SPS', 'w'],
        ['CHILD', 'c'],
      ],
    }),
  ];
  const first = await write(records);
  expect(outcomes(first)).toEqual(['created', 'updated']);
  expect(first.records.flatMap(({ issues }) => issues)).toEqual([]);
  expect(first.individualsCreated).toBe(3);
  expect(await ties()).toEqual(['h father_of c', 'w mother_of c', 'w spouse_of h']);
  expect(await marriages()).toEqual(['h w 2010-05-06 -', 'w h 2010-05-06 -']);
  const before = await count('changes');
  expect(outcomes(await write(records))).toEqual(['unchanged', 'unchanged']);
  expect(await count('changes')).toBe(before);
});

test('a marriage learns who the spouse is and that it has ended, and forgets neither', async () => {
  await write([member({ id: 'w', married: '2010-05-06' })]);
  expect(await marriages()).toEqual(['w ? 2010-05-06 -']);
  expect(outcomes(await write([member({ id: 'w', married: '2010-05-06', related: [['SPS', 'h']] })]))).toEqual([
    'updated',
  ]);
  expect(await marriages()).toEqual(['h w 2010-05-06 -', 'w h 2010-05-06 -']);
  await write([member({ id: 'w', married: '2010-05-06', divorced: '2015-01-01' })]);
  expect(await marriages()).toEqual(['h w 2010-05-06 -', 'w h 2010-05-06 2015-01-01']);
  // Said without it, as absent says nothing.
  await write([member({ id: 'w', married: '2010-05-06' })]);
  expect(await marriages()).toEqual(['h w 2010-05-06 -', 'w h 2010-05-06 2015-01-01']);
});

test('who cannot be taken is left out, and the record says so', async () => {
  await write([
    member({
      id: 'c',
      related: [
        ['MTH', 'm1'],
        ['FTH', 'f1'],
      ],
    }),
    member({ id: 'w', sex: 'female' }),
  ]);
  const before = await ties();
  const itself = await write([member({ id: 'w', married: '2010-05-06', related: [['SPS', 'w']] })]);
  expect(itself.records[0]?.issues).toMatchObject([{ field: 'spouse', code: 'relative_left_out' }]);
  const third = await write([member({ id: 'w', sex: 'female', related: [['CHILD', 'c']] })]);
  expect(third.records[0]?.issues).toMatchObject([{ field: 'child', code: 'relative_left_out' }]);
  expect(await ties()).toEqual(before);
  expect(await marriages()).toEqual(['w ? 2010-05-06 -']);
});

test('who is only named as a spouse has no record of their own: a child’s record is believed, on the same page as on the next', async () => {
  const couple = (number: string) =>
    said({
      ids: `UIN:h${number}`,
      marriages: [{ marriedOn: '2010-05-06', spouse: said({ ids: `UIN:w${number}`, name: named('Ana', 'Dias') }) }],
    });
  const child = (number: string) =>
    said({ ids: `UIN:c${number}`, mother: { ids: `UIN:w${number}`, name: named('Ana', 'Lima') } });
  await write([couple('1'), child('1')]);
  await write([couple('2')]);
  await write([child('2')]);
  const names = await Promise.all(['w1', 'w2'].map(async (id) => (await person('UIN', id)).family_name));
  expect(names).toEqual(['Lima', 'Lima']);
});
