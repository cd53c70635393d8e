import { z } from 'zod';
import { type BirthRegister } from '../births.js';
import { civilEntries } from './civil-events.js';
import { all, compares, type Fit, hasNumber } from './conditions.js';
import { type Entry, type Flavour, type Message, type Question, Refusal, type RejectedQuestion } from './flavour.js';
import { fitted, header, moment, pagination, sort } from './message-fields.js';
import { type StandardBirth, writtenNumber } from './standard-births.js';

const comparison = z.object({
  attribute_name: z.string(),
  operator: z.enum(['gt', 'lt', 'eq', 'ge', 'le', 'in']),
  attribute_value: z.union([z.string(), z.number(), z.boolean()]),
});
const common = {
  version: z.string().default('1.0.0'),
  reg_type: z.string().default('ns:org:RegistryType:Civil'),
  reg_event_type: z.string().optional(),
  reg_record_type: z.string().optional(),
  sort: sort.optional(),
  pagination: pagination.partial({ page_number: true }).optional(),
};
const criteria = z.discriminatedUnion('query_type', [
  z.object({
    ...common,
    query_type: z.literal('idtype-value'),
    query: z.object({ type: z.string(), value: z.string() }),
  }),
  z.object({
    ...common,
    query_type: z.literal('predicate'),
    query: z
      .array(
        z.object({
          seq_num: z.number().optional(),
          expression1: comparison,
          condition: z.enum(['and', 'or', 'not']).optional(),
          expression2: comparison.optional(),
        }),
      )
      .min(1),
  }),
  z.object({
    ...common,
    query_type: z.literal('expression'),
    query: z.object({
      type: z.string(),
      value: z.object({ expression: z.object({ query: z.record(z.string(), z.unknown()) }) }),
    }),
  }),
]);
type Criteria = z.infer<typeof criteria>;

const body = z.object({
  signature: z.string().optional(),
  header,
  message: z.object({
    transaction_id: z.string().max(99),
    search_request: z
      .array(
        z.object({
          reference_id: z.string(),
          timestamp: moment,
          search_criteria: criteria,
          locale: z
            .string()
            .regex(/^[a-z]{3}$/u)
            .optional(),
        }),
      )
      .min(1),
  }),
});

const ATTRIBUTES: ReadonlySet<string> = new Set([
  'birth_date',
  'death_date',
  'sex',
  'given_name',
  'surname',
  'registration_date',
  'last_updated',
]);
const EVENTS: ReadonlyMap<string, Entry['event']> = new Map([
  ['LiveBirth', 'birth'],
  ['Death', 'death'],
  ['Marriage', 'marriage'],
]);
const MONGO: Readonly<Record<string, string>> = {
  $eq: 'eq',
  $ne: 'ne',
  $gt: 'gt',
  $gte: 'ge',
  $lt: 'lt',
  $lte: 'le',
  $in: 'in',
};

const refuse = (sentence: string): Refusal => new Refusal(400, sentence, 'err.request.bad');

/** One question that cannot be answered; the others can. */
class Unanswerable extends Error {
  override readonly name = 'Unanswerable';
}

function fitOf(read: Criteria): Fit {
  switch (read.query_type) {
    case 'idtype-value':
      return hasNumber(read.query.type, read.query.value);
    case 'predicate':
      return all(
        read.query.map(({ expression1, condition = 'and', expression2 }) => {
          const [one, other] = [expression1, expression2].map((said) =>
            said === undefined ? null : compared(said.attribute_name, said.operator, String(said.attribute_value)),
          );
          const first: Fit = one ?? (() => true);
          if (condition === 'not') return (entry) => !first(entry);
          if (other === null || other === undefined) return first;
          return condition === 'or' ? (entry) => first(entry) || other(entry) : all([first, other]);
        }),
      );
    case 'expression':
      return conditionOf(read.query.value.expression.query);
  }
}

function conditionOf(condition: unknown): Fit {
  const fields = z.record(z.string(), z.unknown()).safeParse(condition);
  if (!fields.success) throw new Unanswerable('A condition is not an object');
  return all(
    Object.entries(fields.data).map(([name, inner]): Fit => {
      if (name === '$and' || name === '$or') {
        const parts = z.array(z.unknown()).parse(inner).map(conditionOf);
        return name === '$and' ? all(parts) : (entry) => parts.some((part) => part(entry));
      }
      if (name === '$not') {
        const part = conditionOf(inner);
        return (entry) => !part(entry);
      }
      const operators = z.record(z.string(), z.unknown()).parse(inner);
      return all(
        Object.entries(operators).map(([operator, value]) =>
          compared(name, MONGO[operator] ?? operator, String(value)),
        ),
      );
    }),
  );
}

function compared(name: string, operator: string, value: string): Fit {
  const fit = ATTRIBUTES.has(name) ? compares(name, operator, value) : null;
  if (fit === null) throw new Unanswerable(`${name} ${operator} cannot be searched by`);
  return fit;
}

function read(content: unknown): Message {
  const { header: said, message } = fitted(body, content, refuse);
  if (said.total_count !== message.search_request.length) throw refuse('total_count is not the number of requests');
  return {
    header: {
      version: said.version,
      messageId: said.message_id,
      messageTs: said.message_ts,
      senderId: said.sender_id,
      receiverId: said.receiver_id,
    },
    transactionId: message.transaction_id,
    questions: message.search_request.map(({ reference_id: referenceId, search_criteria: asked, locale }) => {
      try {
        return question(referenceId, asked, locale);
      } catch (error) {
        if (!(error instanceof Unanswerable || error instanceof z.ZodError)) throw error;
        return { referenceId, rejected: { code: 'rjct.search_criteria.invalid', message: error.message } };
      }
    }),
  };
}

function question(referenceId: string, asked: Criteria, locale: string | undefined): Question | RejectedQuestion {
  if (!asked.reg_type.endsWith(':Civil')) throw new Unanswerable(`${asked.reg_type} is not kept here`);
  const event = EVENTS.get(asked.reg_event_type?.split(':').at(-1) ?? 'LiveBirth');
  if (event === undefined) throw new Unanswerable('There is no such event');
  return {
    referenceId,
    locale,
    event,
    fits: fitOf(asked),
    repeated: { version: '1.0.0', reg_type: asked.reg_type },
    page: { size: asked.pagination?.page_size ?? 20, number: asked.pagination?.page_number ?? 1 },
  };
}

/** The standard gives a place a name, and the place around it, but no identifier. */
function shapeOf({ country }: BirthRegister): (birth: StandardBirth) => object {
  const nameOf = new Map(country.places.map(({ id, name, parentId }) => [id, { name, parentId }]));
  return ({ numbers, parents, ...birth }) => {
    const [parent1, parent2] = parents.map(writtenNumber);
    const place = nameOf.get(birth.placeId ?? birth.containedIn ?? '');
    const around = nameOf.get(place?.parentId ?? '');
    return {
      '@type': 'CRVS_Person',
      identifier: numbers.map(writtenNumber),
      name: { surname: birth.familyName, given_name: birth.givenName },
      sex: birth.sex,
      birth_date: birth.birthDate,
      ...(place === undefined
        ? {}
        : { birth_place: { '@type': 'Place', name: place.name, contained_in_place: { name: around?.name } } }),
      ...(parent1 === undefined ? {} : { parent1_identifier: parent1 }),
      ...(parent2 === undefined ? {} : { parent2_identifier: parent2 }),
      registration_date: `${birth.registeredAt}T00:00:00Z`,
      last_updated: `${birth.registeredAt}T00:00:00Z`,
    };
  };
}

/** A civil register as the published v1.0.0 has it. */
export const spdci1: Flavour = {
  name: 'spdci-1.0',
  paths: { search: '/registry/sync/search', token: '/oauth2/client/token', locations: null },
  tokenPlaces: ['form'],
  needsDatabase: false,
  signature: null,
  holds: 'births',
  entries: (register) =>
    civilEntries(register, {
      birth: shapeOf(register),
      numbers: 'identifier',
      showsDeathDate: true,
      holdsMarriages: true,
    }),
  read,
  answer: {
    action: 'on-search',
    messageId: 'new',
    parties: 'swapped',
    counts: 'items',
    itemsWithoutMatch: 'kept',
    recordType: 'spdci-extensions-dci:Person',
    unsigned: null,
  },
  error: (status, message) => ({
    errors: [{ code: status === 401 ? 'err.request.unauthorized' : 'err.request.bad', message }],
  }),
};
