import {
  CreateDataSourceDocument,
  CreateSearchCriteriaDocument,
  EnableFetchingDocument,
  FetchDocument,
  SyncLocationsDocument,
} from '../../schema/generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { ask, expectMade, watchImport } from './ask.js';
import { gatewayFolder, type GatewayProcess, runCommand, startGateway } from './gateway-process.js';

/**
 * People by their identifiers with their children, and families by the identifiers of head and members: what two
 * registries can compare, and what the records of one tell another.
 */
const PEOPLE = `
  with known as (
    select individual_id, array_agg(type || ':' || value order by type, value) as identifiers
    from identifiers group by individual_id)
  select k.identifiers, i.given_name, i.middle_name, i.family_name, i.sex, i.birth_date, i.birth_date_precision,
    array(select r.type || ' ' || c.identifiers[1] from relationships r join known c on c.individual_id = r.target_id
      where r.source_id = i.id and r.type in ('mother_of', 'father_of') order by r.type, c.identifiers) as ties
  from individuals i
  left join known k on k.individual_id = i.id
  order by k.identifiers`;
const FAMILIES = `
  with known as (
    select individual_id, min(type || ':' || value) as identifier from identifiers group by individual_id)
  select g.kind, g.name,
    array_agg(coalesce(m.role, 'member') || ' ' || k.identifier order by m.role, k.identifier) as members
  from groups g
  join memberships m on m.group_id = g.id and m.ended_on is null
  left join known k on k.individual_id = m.individual_id
  where g.kind = 'family'
  group by g.id
  order by members`;

describe('two gateways on one machine', () => {
  let databases: TestDatabase[];
  let gateways: GatewayProcess[];
  let folders: Awaited<ReturnType<typeof gatewayFolder>>[];

  beforeEach(async () => {
    databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
    folders = await Promise.all([gatewayFolder(), gatewayFolder()]);
    gateways = await Promise.all(
      databases.map(({ url, ownerUrl }, index) =>
        startGateway(folders[index]?.folder ?? '', {
          DATABASE_URL: url,
          DATABASE_OWNER_URL: ownerUrl,
          LOG_LEVEL: 'warn',
        }),
      ),
    );
  });

  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await Promise.all(databases.map((database) => database.close()));
    await Promise.all(folders.map((folder) => folder.remove()));
  });

  test.each([
    ['opencrvs-1.0', 'OPENCRVS_1_0'],
    ['spdci-1.0', 'SPDCI_1_0'],
  ] as const)(
    'end with the same people and families when one imports from the other in %s',
    async (profile, dialect) => {
      const [held, importing] = gateways;
      const [heldDatabase, importingDatabase] = databases;
      if (!held || !importing || !heldDatabase || !importingDatabase)
        throw new Error('two gateways were to be started');
      await held.command('demo', 'load', '--individuals', '150', '--json');
      const { clientId, clientSecret } = JSON.parse(
        await held.command('client', 'create', 'The other gateway', '--dialect', profile, '--json'),
      ) as { clientId: string; clientSecret: string };

      const { createDataSource } = await ask(importing.url, CreateDataSourceDocument, {
        input: {
          code: 'other',
          name: 'The other gateway',
          baseUrl: held.url,
          dialect,
          pageSize: 40,
          clientId,
          clientSecret,
        },
      });
      expectMade(createDataSource, 'DataSource');
      const { syncLocations } = await ask(importing.url, SyncLocationsDocument, { source: 'other' });
      expect(expectMade(syncLocations, 'LocationSync')).toMatchObject({ roots: 1, orphans: [], problems: [] });
      const { createSearchCriteria } = await ask(importing.url, CreateSearchCriteriaDocument, {
        input: {
          name: 'Everybody',
          dataSource: 'other',
          bornFrom: { date: '1900-01-01' },
          bornUntil: { date: '2100-01-01' },
        },
      });
      const criteria = expectMade(createSearchCriteria, 'SearchCriteria');
      const { fetch: started } = await ask(importing.url, FetchDocument, { searchCriteriaId: criteria.id });
      const run = await watchImport(importing.url, expectMade(started, 'ImportRun').id);
      expect(run).toMatchObject({
        errorMessage: null,
        state: 'SUCCEEDED',
        recordsDone: 150,
        outcomes: { conflict: 0, failed: 0, skipped: 0 },
      });

      const people = await heldDatabase.pool.query({ text: PEOPLE });
      const families = await heldDatabase.pool.query({ text: FAMILIES });
      expect(people.rowCount).toBe(150);
      expect((await importingDatabase.pool.query({ text: PEOPLE })).rows).toEqual(people.rows);
      expect((await importingDatabase.pool.query({ text: FAMILIES })).rows).toEqual(families.rows);

      await ask(importing.url, EnableFetchingDocument, { searchCriteriaId: criteria.id });
      const { fetch: again } = await ask(importing.url, FetchDocument, { searchCriteriaId: criteria.id });
      const repeated = await watchImport(importing.url, expectMade(again, 'ImportRun').id);
      expect(repeated.outcomes).toMatchObject({ created: 0, updated: 0, unchanged: 150 });
    },
  );

  test('a setting that cannot be used ends the program with a sentence that names it', async () => {
    await expect(runCommand(['serve'], { PATH: process.env.PATH ?? '', PORT: 'many' })).rejects.toThrow(/PORT/u);
  });
});
