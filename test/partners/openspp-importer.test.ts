import { item, message, type PartnerGateway, startPartnerGateway } from './partner-gateway.js';

let gateway: PartnerGateway;
let credentials: { clientId: string; clientSecret: string };
beforeAll(async () => {
  gateway = await startPartnerGateway();
  const reception = { allowQueryCredentials: true };
  credentials = await gateway.createClient({ name: 'OpenSPP', dialect: 'openspp-17', reception });
});
afterAll(() => gateway.close());

interface Place {
  readonly identifier: readonly { readonly identifier: string }[];
  readonly containedInPlace: string | null;
}

interface Person {
  readonly identifier: readonly { readonly name: string; readonly identifier: string }[];
  readonly givenName: string;
  readonly familyName: string;
  readonly sex: string;
  readonly birthDate: string;
  readonly birthPlace: { readonly identifier?: string; readonly address?: string };
  readonly relations?: readonly {
    readonly '@type': string;
    readonly givenName: string;
    readonly identifier: unknown;
  }[];
}

/** The steps of OpenSPP 17's importer of civil registers: its requests, and what it reads of the answers. */
class Importer {
  async token(clientSecret: string): Promise<Response> {
    const query = new URLSearchParams({
      client_id: credentials.clientId,
      client_secret: clientSecret,
      grant_type: 'client_credentials',
    });
    const headers = { 'content-type': 'application/json' };
    return fetch(`${gateway.url}/oauth2/client/token?${query.toString()}`, { method: 'POST', headers });
  }

  async locations(): Promise<readonly Place[]> {
    const response = await fetch(`${gateway.url}/.well-known/locations.json`);
    return ((await response.json()) as { locations: readonly Place[] }).locations;
  }

  async search(query: unknown): Promise<{ status: number; people: readonly Person[]; error: string | undefined }> {
    const { token_type, access_token } = (await (await this.token(credentials.clientSecret)).json()) as Record<
      string,
      string
    >;
    const body = message([item('r', 'predicate', query, { reg_type: 'ocrvs:registry_type:birth' })], {
      version: false,
      sender_uri: '',
      receiver_id: 'crvs',
      total_count: 10,
      message_ts: '2026-01-15T10:30:00.123456+00:00',
      encryption_algorithm: '',
    });
    const answer = await fetch(`${gateway.url}/registry/sync/search`, {
      method: 'POST',
      headers: { authorization: `${String(token_type)} ${String(access_token)}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const read = (await answer.json()) as {
      error?: { message: string };
      message?: { search_response: readonly { data: { reg_records: readonly Person[] } }[] };
    };
    const people = read.message?.search_response.flatMap(({ data }) => data.reg_records) ?? [];
    return { status: answer.status, people, error: read.error?.message };
  }
}

const compare = (attribute: string, operator: string, value: string) => ({
  attribute_name: attribute,
  operator,
  attribute_value: value,
});

test("OpenSPP's importer of civil registers gets its people with their places and mothers", async () => {
  const importer = new Importer();
  const places = await importer.locations();
  const known = new Set<string>();
  for (const { identifier, containedInPlace } of places) {
    // It reads the list once, so that a place must come after the one that holds it.
    if (containedInPlace !== null) expect(known).toContain(containedInPlace);
    known.add(identifier[0]?.identifier ?? '');
  }
  const { status, people } = await importer.search([
    {
      seq_num: 1,
      expression1: compare('birthdate', 'gt', '1999-01-01'),
      condition: 'and',
      expression2: compare('birthdate', 'lt', '2002-01-01'),
    },
    { seq_num: 2, expression1: compare('birthplace', 'eq', '00000000-0000-4000-8000-0000000000a2') },
  ]);
  expect(status).toBe(200);
  expect(people.map(({ givenName }) => givenName).sort()).toEqual(['Ann', 'Bob']);
  for (const person of people) {
    expect(person.identifier.map(({ name }) => name)).toContain('BRN');
    expect(['male', 'female']).toContain(person.sex.toLowerCase());
    expect(person.birthDate).toMatch(/^\d{4}-\d{2}-\d{2}$/u);
    expect(known).toContain(person.birthPlace.identifier);
    expect(person.relations).toMatchObject([
      { '@type': 'spdci:Mother', givenName: 'Mary', identifier: [{ name: 'UIN' }] },
    ]);
  }
});

test('the fields that it reads without looking are there for somebody of whom little is known', async () => {
  const { people } = await new Importer().search([
    {
      seq_num: 1,
      expression1: compare('birthdate', 'gt', '2004-12-31'),
      condition: 'and',
      expression2: compare('birthdate', 'lt', '2005-01-02'),
    },
  ]);
  expect(people).toHaveLength(1);
  expect(people[0]).toMatchObject({ givenName: 'Cleo', sex: 'female', birthPlace: expect.any(Object) as object });
});

test('it finds the sentence of an error where it looks for it', async () => {
  const response = await fetch(`${gateway.url}/registry/sync/search`, {
    method: 'POST',
    headers: { authorization: 'Bearer nonsense', 'content-type': 'application/json' },
    body: '{}',
  });
  const { error } = (await response.json()) as { error: { message: string } };
  expect(error.message).toMatch(/token/u);
  expect((await new Importer().token('dci_wrong')).status).toBe(400);
});
