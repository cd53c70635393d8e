import { z } from 'zod';
import { type BirthRegister } from '../births.js';
import { civilEntries } from './civil-events.js';
import { all, compares, everybody, type Fit, hasNumber } from './conditions.js';
import { type Entry, type Flavour, type Message, type Question, Refusal } from './flavour.js';
import { fitted, header, moment, pagination, sort } from './message-fields.js';
import { type StandardBirth, writtenNumber } from './standard-births.js';

const range = z.object({ type: z.literal('range'), gte: z.string(), lte: z.string() });
const exact = z.object({ type: z.literal('exact'), term: z.string() });
const comparison = z.object({
  attribute_name: z.string(),
  operator: z.enum(['gt', 'lt', 'eq', 'ge', 'le', 'in']),
  attribute_value: z.string(),
});
const common = {
  version: z.literal('1.0.0').default('1.0.0'),
  reg_type: z.string().default('ns:org:RegistryType:Civil'),
  reg_event_type: z.string(),
  sort: sort.optional(),
  pagination: pagination.optional(),
};
const criteria = z.discriminatedUnion('query_type', [
  z.object({
    ...common,
    query_type: z.literal('idtype-value'),
    query: z.object({ type: z.enum(['UIN', 'BRN', 'DRN']), value: z.string() }),
  }),
  z.object({
    ...common,
    query_type: z.literal('predicate'),
    query: z.array(
      z.object({
        seq_num: z.number().optional(),
        expression1: comparison,
        condition: z.literal('and').optional(),
        expression2: comparison.optional(),
      }),
    ),
  }),
  z.object({
    ...common,
    query_type: z.literal('expression'),
    query: z.object({
      type: z.literal('ns:org:QueryType:expression'),
      value: z.object({ expression: z.object({ query: z.record(z.string(), z.unknown()) }) }),
    }),
  }),
]);
type Criteria = z.infer<typeof criteria>;

const body = z.object({
  signature: z.string().optional(),
  header: header.extend({ version: z.literal('1.0.0').default('1.0.0') }),
  message: z.object({
    transaction_id: z.string().max(99),
    search_request: z.array(
      z.object({
        reference_id: z.string(),
        timestamp: moment,
        search_criteria: criteria,
        locale: z
          .string()
          .regex(/^[a-z]{3}$/u)
          .default('eng'),
      }),
    ),
  }),
});

/** The events of a country that has changed nothing. */
const EVENTS: ReadonlyMap<string, Entry['event']> = new Map([
  ['birth', 'birth'],
  ['death', 'death'],
]);

/** What its search behind the server knows of every record. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ['dateOfEvent', 'event_date'],
  ['createdAt', 'registration_date'],
  ['updatedAt', 'last_updated'],
  ['legalStatuses.REGISTERED.createdAt', 'registration_date'],
]);

const refuse = (sentence: string): Refusal => new Refusal(400, `Validation error: ${sentence}`);

function fitOf(read: Criteria): Fit {
  switch (read.query_type) {
    case 'idtype-value':
      return hasNumber(read.query.type, read.query.value);
    case 'expression':
      return all(Object.entries(read.query.value.expression.query).map(([name, condition]) => ranged(name, condition)));
    case 'predicate': {
      // Of two comparisons of one attribute the second takes the place of the first.
      const asked = read.query.flatMap(({ expression1, expression2 }) =>
        expression2 === undefined ? [expression1] : [expression1, expression2],
      );
      const last = new Map(asked.map((one) => [one.attribute_name, one]));
      return all(
        [...last.values()].map(
          (one) => compares(factOf(one.attribute_name), one.operator, one.attribute_value) ?? everybody,
        ),
      );
    }
  }
}

function ranged(name: string, condition: unknown): Fit {
  const fact = factOf(name);
  const asRange = range.safeParse(condition);
  if (asRange.success) {
    const { gte, lte } = asRange.data;
    return all([compares(fact, 'ge', gte) ?? everybody, compares(fact, 'le', lte) ?? everybody]);
  }
  const asExact = exact.safeParse(condition);
  if (!asExact.success) throw new Refusal(400, `Search query failed: Invalid input at "${name}"`);
  return compares(fact, 'eq', asExact.data.term) ?? everybody;
}

function factOf(name: string): string {
  const fact = FIELDS.get(name);
  if (fact === undefined) throw new Refusal(400, `Search query failed: Unrecognized key: "${name}"`);
  return fact;
}

function read(content: unknown): Message {
  const { header: said, message } = fitted(body, content, refuse);
  return {
    header: {
      version: said.version,
      messageId: said.message_id,
      messageTs: said.message_ts,
      senderId: said.sender_id,
      receiverId: said.receiver_id,
    },
    transactionId: message.transaction_id,
    questions: message.search_request.map(({ reference_id, search_criteria: asked, locale }): Question => {
      const event = EVENTS.get(asked.reg_event_type);
      if (event === undefined) throw new Refusal(400, `Search query failed: no event ${asked.reg_event_type}`);
      if (asked.sort?.some(({ attribute_name: name }) => !FIELDS.has(name)) === true) {
        throw new Refusal(400, 'Search query failed: no such field to sort by');
      }
      return {
        referenceId: reference_id,
        locale,
        event,
        fits: fitOf(asked),
        repeated: { reg_type: asked.reg_type, reg_event_type: asked.reg_event_type },
        page: { size: asked.pagination?.page_size ?? 20, number: asked.pagination?.page_number ?? 1 },
      };
    }),
  };
}

function shape({ id, numbers, parents, ...birth }: StandardBirth): object {
  const [parent1, parent2] = parents.map(writtenNumber);
  return {
    '@context': 'https://schema.spdci.org/extensions/crvs/v1',
    '@id': `urn:uuid:${id}`,
    '@type': 'CRVS_Person',
    identifiers: numbers.map((number) => ({ '@type': 'Identifier', ...writtenNumber(number) })),
    name: { '@type': 'Name', given_name: birth.givenName, second_name: '', surname: birth.familyName },
    sex: birth.sex,
    birth_date: birth.birthDate,
    ...(birth.placeId === null ? {} : { birth_place: birth.placeId }),
    ...(parent1 === undefined ? {} : { parent1_identifier: parent1 }),
    ...(parent2 === undefined ? {} : { parent2_identifier: parent2 }),
  };
}

/** The DCI server of OpenCRVS 1.9. */
export const opencrvs19: Flavour = {
  name: 'opencrvs-1.9',
  paths: { search: '/registry/sync/search', token: '/oauth2/client/token', locations: '/.well-known/locations.json' },
  tokenPlaces: ['query', 'form'],
  needsDatabase: false,
  signature: null,
  holds: 'births',
  entries: (register: BirthRegister) =>
    civilEntries(register, { birth: shape, numbers: 'identifiers', showsDeathDate: false, holdsMarriages: false }),
  read,
  answer: {
    action: 'on-search',
    messageId: 'echoed',
    parties: 'echoed',
    counts: 'records',
    itemsWithoutMatch: 'kept',
    recordType: 'person',
    unsigned: null,
  },
  error: (status, message) => ({ error: { code: status, message } }),
};
