import { bornOn, named, said } from './said-records.js';
import { database, eachTestHasARegistry, addSource, addPlace, write, count, person, outcomes } from './written-page.js';

eachTestHasARegistry();

describe('values', () => {
  test('that a later record leaves out are kept', async () => {
    const full = said({
      ids: 'BRN:B1',
      name: named('A', 'C', 'B'),
      sex: 'male',
      birthDate: bornOn('2020-01-02'),
      deathDate: bornOn('2021-01-02'),
    });
    await write([full]);
    expect(outcomes(await write([said({ ids: 'BRN:B1' })]))).toEqual(['unchanged']);
    expect(await person('BRN', 'B1')).toMatchObject({ middle_name: 'B', sex: 'male', deceased: true });
  });

  test('that are corrected at the source are taken over', async () => {
    await write([said({ ids: 'BRN:B1', name: named('Aysha', 'M'), sex: 'unknown' })]);
    const page = await write([said({ ids: 'BRN:B1', name: named('Aisha', 'M'), sex: 'female' })]);
    expect(outcomes(page)).toEqual(['updated']);
    expect(await person('BRN', 'B1')).toMatchObject({ given_name: 'Aisha', sex: 'female' });
    const { rows } = await database.pool.query("select fields from changes where kind = 'updated'");
    expect(rows).toEqual([{ fields: ['givenName', 'sex'] }]);
  });

  test('a year alone keeps its precision and does not blur a day that is known', async () => {
    await write([said({ ids: 'BRN:B1', birthDate: { date: '2021-01-01', precision: 'year' } })]);
    expect(await person('BRN', 'B1')).toMatchObject({ birth_date: '2021-01-01', birth_date_precision: 'year' });
    await write([said({ ids: 'BRN:B1', birthDate: bornOn('2021-07-08') })]);
    await write([said({ ids: 'BRN:B1', birthDate: { date: '2021-07-01', precision: 'month' } })]);
    expect(await person('BRN', 'B1')).toMatchObject({ birth_date: '2021-07-08', birth_date_precision: 'day' });
  });

  test('an unknown sex never hides a known one, a missing death never revives', async () => {
    await write([said({ ids: 'BRN:B1', sex: 'female', deathDate: bornOn('2022-01-01') })]);
    await write([said({ ids: 'BRN:B1', sex: 'unknown', deceased: false })]);
    expect(await person('BRN', 'B1')).toMatchObject({ sex: 'female', deceased: true, death_date: '2022-01-01' });
  });

  test('that the database cannot hold are left out and named, and the page goes on', async () => {
    const page = await write([
      said({ ids: 'BRN:B1 NID:N\u0000', name: named('A\u0000', 'B'), mother: { name: named('x'.repeat(5000), 'M') } }),
      said({ ids: `BRN:${'9'.repeat(3000)}` }),
      said({ ids: 'BRN:B2', name: named('\ud800', 'C') }),
    ]);
    expect(outcomes(page)).toEqual(['created', 'skipped', 'created']);
    expect(page.records[0]?.issues.map((issue) => issue.field)).toEqual(['name', 'identifiers', 'mother.name']);
    expect(await person('BRN', 'B1')).toMatchObject({ given_name: null, family_name: 'B' });
  });
});

describe('places', () => {
  test('are found by the id of the source, a home birth by the place that contains it', async () => {
    const facility = await addPlace('Clinic', 'F1');
    const district = await addPlace('District', 'D1');
    await write([
      said({ ids: 'BRN:B1', birthPlace: { externalId: 'F1', type: 'HEALTH_FACILITY' } }),
      said({ ids: 'BRN:B2', birthPlace: { containedInExternalId: 'D1', text: 'Baobab Street' } }),
    ]);
    expect(await person('BRN', 'B1')).toMatchObject({ birth_location_id: facility });
    expect(await person('BRN', 'B2')).toMatchObject({ birth_location_id: district, birth_place_text: 'Baobab Street' });
  });

  test('that are not known raise an issue, keep the words, and never wipe the place that is held', async () => {
    const home = await addPlace('Home', 'H1');
    await write([said({ ids: 'BRN:B1', homePlace: { externalId: 'H1' } })]);
    const page = await write([
      said({
        ids: 'BRN:B1',
        homePlace: { externalId: 'nowhere' },
        birthPlace: { externalId: 'ship', text: 'At sea' },
        mother: { ids: 'NID:M1', homePlace: { externalId: 'gone' } },
      }),
    ]);
    expect(page.records[0]?.issues.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'birthPlace place_unknown',
      'homePlace place_unknown',
      'mother.homePlace place_unknown',
    ]);
    expect(await person('BRN', 'B1')).toMatchObject({
      home_location_id: home,
      birth_place_text: 'At sea',
      birth_location_id: null,
    });
  });

  test('that became known since are filled in although the record says the same', async () => {
    const record = said({ ids: 'BRN:B1', birthPlace: { externalId: 'F1' } });
    await write([record]);
    const facility = await addPlace('Clinic', 'F1');
    expect(outcomes(await write([record]))).toEqual(['updated']);
    expect(await person('BRN', 'B1')).toMatchObject({ birth_location_id: facility });
  });
});

describe('other sources', () => {
  test('are noted beside the first without changing the person', async () => {
    const other = await addSource('other');
    await write([said({ ids: 'NID:N1', name: named('A', 'B') })]);
    const page = await write([said({ ids: 'NID:N1', name: named('A', 'B') })], other);
    expect(outcomes(page)).toEqual(['unchanged']);
    expect(await count('individual_sources')).toBe(2);
  });
});
