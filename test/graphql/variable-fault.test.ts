import { openTestGraph, type TestGraph } from './test-graph.js';

const CREATE_SOURCE = `mutation ($input: CreateDataSourceInput!) {
  createDataSource(input: $input) { __typename ... on Refusal { code message } }
}`;
const PEOPLE =
  'query ($filter: IndividualFilter, $first: Int) { individuals(filter: $filter, first: $first) { nodes { id } } }';
const SOURCE = { code: 'crvs', name: 'CRVS', baseUrl: 'https://crvs.example.org' };
/** Stands where a caller might have put something that nobody else may read. */
const SECRET = 'secret-77" at "input.nothing"; Field "x';

describe('a variable that does not fit its type', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(() => graph.close());

  const refusals: [string, string, object, string][] = [
    [
      'leaves out a field',
      CREATE_SOURCE,
      { input: { code: SECRET, name: 'x' } },
      '"$input" does not fit its type: Field "baseUrl" of required type "String!" was not provided.',
    ],
    [
      'has a field that is none',
      CREATE_SOURCE,
      { input: { ...SOURCE, clientSecert: SECRET } },
      '"$input" does not fit its type: Field "clientSecert" is not defined by type "CreateDataSourceInput". Did you mean "clientSecret"?',
    ],
    [
      'has something else for a text',
      CREATE_SOURCE,
      { input: { ...SOURCE, clientSecret: { value: SECRET } } },
      '"$input" does not fit its type, at "input.clientSecret": text is expected',
    ],
    [
      'has something else within a list',
      CREATE_SOURCE,
      { input: { ...SOURCE, parameters: [{ name: 'locale', value: 'eng' }, SECRET] } },
      '"$input" does not fit its type, at "input.parameters[1]": Expected type "DataSourceParameterInput" to be an object.',
    ],
    [
      'has null where a value must be',
      CREATE_SOURCE,
      { input: { ...SOURCE, name: null } },
      '"$input" does not fit its type, at "input.name": Expected non-nullable type "String!" not to be null.',
    ],
    [
      'is a text instead of an object',
      CREATE_SOURCE,
      { input: SECRET },
      '"$input" does not fit its type: Expected type "CreateDataSourceInput" to be an object.',
    ],
    [
      'has a word that is none of an enum',
      PEOPLE,
      { filter: { sex: { eq: 'FEMAL' } } },
      '"$filter" does not fit its type, at "filter.sex.eq": a value of Sex is expected. Did you mean the enum value "FEMALE" or "MALE"?',
    ],
    [
      'has a hostile text for an enum',
      PEOPLE,
      { filter: { sex: { eq: SECRET } } },
      '"$filter" does not fit its type, at "filter.sex.eq": a value of Sex is expected',
    ],
    [
      'has a number for an enum',
      PEOPLE,
      { filter: { sex: { eq: 77 } } },
      '"$filter" does not fit its type, at "filter.sex.eq": a value of Sex is expected',
    ],
    [
      'has an impossible day',
      PEOPLE,
      { filter: { birthDate: { ge: '2021-02-30' } } },
      '"$filter" does not fit its type, at "filter.birthDate.ge": a calendar day is expected, as YYYY-MM-DD',
    ],
    [
      'has no instant',
      PEOPLE,
      { filter: { updatedAt: { ge: SECRET } } },
      '"$filter" does not fit its type, at "filter.updatedAt.ge": an instant with its zone is expected, such as 2024-05-06T07:08:09Z',
    ],
    ['is no whole number', PEOPLE, { first: '20' }, '"$first" does not fit its type: a whole number is expected'],
  ];

  // A query is compiled when it comes a second time; its variables are read elsewhere then.
  test.each(refusals)('and %s is told where and why, without its value', async (_, query, variables, told) => {
    for (let times = 0; times < 3; times += 1) {
      graph.logLines.length = 0;
      const { data, errors } = await graph.ask(query, variables);
      expect(data).toBeUndefined();
      expect(errors).toEqual([
        {
          message: `The value of variable ${told}`,
          locations: expect.anything() as unknown,
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
      expect(graph.logLines.join('')).not.toContain('secret-77');
    }
  });
});

test('in production a variable that does not fit is told where, and nothing of the schema', async () => {
  const graph = await openTestGraph({ environment: 'production' });
  const { errors } = await graph.ask(CREATE_SOURCE, { input: { ...SOURCE, clientSecret: 77, nam: SECRET } });
  expect(errors?.map(({ message }) => message)).toEqual([
    'The value of variable "$input" does not fit its type, at "input.clientSecret"',
    'The value of variable "$input" does not fit its type',
  ]);
  await graph.close();
});
