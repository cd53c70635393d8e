import { z } from 'zod';
import { all, compares, type Fit, hasNumber } from './conditions.js';
import { type Flavour, type Message, type Question, Refusal } from './flavour.js';
import { fitted, header, pagination, sort } from './message-fields.js';
import { type Person, peopleOf } from './people.js';

const body = z.object({
  signature: z.string(),
  header: header.extend({
    version: z.string(),
    message_ts: z.string(),
    action: z.string(),
    receiver_id: z.string(),
    total_count: z.number().nullish(),
  }),
  message: z.object({
    transaction_id: z.string().max(99),
    search_request: z.array(
      z.object({
        reference_id: z.string().max(99),
        timestamp: z.string().nullish(),
        search_criteria: z.object({
          version: z.string().default('1.0.0'),
          reg_type: z.string(),
          reg_record_type: z.string(),
          query_type: z.string(),
          query: z.object({ type: z.string(), value: z.record(z.string(), z.unknown()) }),
          sort: sort.nullish(),
          pagination: pagination.nullish(),
        }),
        locale: z.string().nullish(),
      }),
    ),
  }),
});
type Criteria = z.infer<typeof body>['message']['search_request'][number]['search_criteria'];

const COLUMNS: Readonly<Record<string, string>> = {
  internal_record_id: 'id',
  birth_date: 'birth_date',
  first_name: 'first_name',
  middle_name: 'middle_name',
  last_name: 'last_name',
};
const OPERATORS: Readonly<Record<string, string>> = {
  $eq: 'eq',
  $ne: 'ne',
  $neq: 'ne',
  $gt: 'gt',
  $gte: 'ge',
  $lt: 'lt',
  $lte: 'le',
};

const invalid = (message: string): Refusal => new Refusal(200, message, 'rjct.search_criteria.invalid');

function fitOf({ query_type: type, query: { value } }: Criteria): Fit {
  switch (type) {
    case 'idtype-value': {
      const asked = z.object({ id_type: z.string().min(1), id_value: z.string().min(1) }).safeParse(value);
      if (!asked.success) throw invalid('Identifier type is required.');
      return hasNumber(asked.data.id_type.toUpperCase(), asked.data.id_value);
    }
    case 'expression': {
      const asked = z.object({ expression: z.object({ query: z.unknown() }) }).safeParse(value);
      if (!asked.success) throw invalid('expression is required and must be an object.');
      return conditionOf(asked.data.expression.query);
    }
    case 'predicate':
      throw invalid('A predicate query must be a list of conditions.');
    default:
      throw invalid(`Unsupported query_type '${type}'.`);
  }
}

function conditionOf(node: unknown): Fit {
  const fields = z.record(z.string(), z.unknown()).safeParse(node);
  const entries = fields.success ? Object.entries(fields.data) : [];
  if (entries.length === 0) throw invalid('Expression node must be a non-empty object.');
  return all(
    entries.map(([name, inner]): Fit => {
      if (name === '$and' || name === '$or') {
        if (entries.length > 1 || !Array.isArray(inner)) throw invalid(`${name} must stand alone with a list.`);
        const parts = inner.map(conditionOf);
        return name === '$and' ? all(parts) : (entry) => parts.some((part) => part(entry));
      }
      if (name.startsWith('$')) throw invalid(`Unsupported expression operator '${name}'.`);
      const operators = z.record(z.string(), z.unknown()).safeParse(inner);
      const wanted = operators.success ? Object.entries(operators.data) : [['$eq', inner] as const];
      return all(wanted.map(([operator, value]) => compared(name, operator, value)));
    }),
  );
}

function compared(name: string, operator: string, value: unknown): Fit {
  const fact = COLUMNS[name];
  if (fact === undefined) throw invalid(`Field '${name}' is not searchable.`);
  if (operator === '$in') {
    const values = Array.isArray(value) ? value.map(String) : [];
    return ({ facts }) => values.includes(facts[fact] ?? '');
  }
  // Every row has its id.
  if (operator === '$ne' && value === '') return ({ facts }) => (facts[fact] ?? '') !== '';
  const fit = compares(fact, OPERATORS[operator] ?? '', String(value));
  if (fit === null) throw invalid(`Unsupported operator '${operator}'.`);
  return fit;
}

function read(content: unknown): Message {
  const { header: said, message } = fitted(body, content, (sentence) => new Refusal(422, sentence));
  return {
    header: {
      version: said.version,
      messageId: said.message_id,
      messageTs: said.message_ts,
      senderId: said.sender_id,
      receiverId: said.receiver_id,
    },
    transactionId: message.transaction_id,
    questions: message.search_request.map(({ reference_id, search_criteria: asked }): Question => {
      if (asked.reg_type !== 'Individual')
        throw new Refusal(200, `Register implementation not found: ${asked.reg_type}`, 'G2P-REG-500');
      for (const { attribute_name: name } of asked.sort ?? []) {
        if (COLUMNS[name] === undefined) throw invalid(`Field '${name}' is not searchable.`);
      }
      return {
        referenceId: reference_id,
        locale: 'en',
        event: 'birth',
        fits: fitOf(asked),
        repeated: { reg_type: asked.reg_type },
        page: { size: asked.pagination?.page_size ?? 10, number: asked.pagination?.page_number ?? 1 },
      };
    }),
  };
}

/** A template of a country decides what a record is like: this one is as many are. */
function shape(person: Person): object {
  return {
    '@type': 'Person',
    identifier: person.numbers.map(({ type, value }) => ({ identifier_type: type, identifier_value: value })),
    name: { first_name: person.givenName, middle_name: null, last_name: person.familyName },
    gender: person.sex.toUpperCase(),
    birth_date: person.birthDate,
    address: { locality: person.town },
  };
}

/** The partner interface of OpenG2P's registry platform. */
export const openg2p: Flavour = {
  name: 'openg2p',
  paths: { search: '/dci/registry/sync/search', token: null, locations: null },
  tokenPlaces: [],
  needsDatabase: false,
  signature: 'jws-detached',
  holds: 'people',
  entries: (register) =>
    peopleOf(register).map((person) => ({
      event: 'birth',
      numbers: person.numbers,
      facts: {
        id: person.key,
        birth_date: person.birthDate,
        first_name: person.givenName,
        last_name: person.familyName ?? '',
      },
      record: () => shape(person),
    })),
  read,
  answer: {
    action: 'search',
    messageId: 'echoed',
    parties: 'swapped',
    counts: 'items',
    itemsWithoutMatch: 'kept',
    recordType: 'spdci-extensions-dci:Person',
    unsigned: 'signature_validation_disabled',
  },
  error: (status, message) => ({ detail: message, status }),
};
