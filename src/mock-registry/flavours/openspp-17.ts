import { z } from 'zod';
import { all, compares, type Fit } from './conditions.js';
import { type Flavour, type Message, type Question, Refusal } from './flavour.js';
import { fitted } from './message-fields.js';
import { type Person, peopleOf } from './people.js';

// It asks for these keys and looks at little of what stands in them.
const body = z.object({
  header: z.looseObject({
    message_id: z.string(),
    message_ts: z.unknown(),
    action: z.unknown(),
    sender_id: z.unknown(),
    total_count: z.unknown(),
  }),
  message: z.looseObject({ transaction_id: z.string(), search_request: z.array(z.unknown()) }),
});
const item = z.object({
  reference_id: z.string(),
  timestamp: z.unknown(),
  search_criteria: z.object({
    reg_type: z.literal('SPP:RegistryType:Individual'),
    query_type: z.literal('predicate'),
    query: z.array(
      z.object({
        expression1: z.object({
          attribute_name: z.literal('birthdate'),
          operator: z.enum(['eq', 'gt', 'lt', 'ge', 'le', 'in']),
          attribute_value: z.string(),
        }),
      }),
    ),
  }),
});

const refuse = (): Refusal => new Refusal(400, 'header or message is missing a required key.');

function read(content: unknown): Message {
  const { header, message } = fitted(body, content, refuse);
  if (['message_ts', 'action', 'sender_id', 'total_count'].some((key) => header[key] === undefined)) throw refuse();
  const questions: Question[] = [];
  for (const written of message.search_request) {
    const asked = item.safeParse(written);
    // A question that it cannot answer, and all after it, are left out of the answer without a word.
    if (!asked.success) break;
    const { reference_id: referenceId, search_criteria: criteria } = asked.data;
    questions.push({
      referenceId,
      locale: 'eng',
      event: 'birth',
      fits: all(criteria.query.map(({ expression1: one }) => bound(one.operator, one.attribute_value))),
      repeated: { reg_type: criteria.reg_type },
      page: null,
    });
  }
  return {
    header: {
      version: '1.0.0',
      messageId: header.message_id,
      messageTs: '',
      senderId: String(header.sender_id),
      receiverId: undefined,
    },
    transactionId: message.transaction_id,
    questions,
  };
}

function bound(operator: string, value: string): Fit {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(value)) throw new Refusal(500, 'Internal Server Error');
  return compares('birth_date', operator, value) ?? (() => false);
}

/** What is empty comes out as the word for it in Python, of names as the value itself. */
function shape(person: Person): object {
  return {
    identifier: person.numbers.map(({ type, value }) => ({ name: type, identifier: value })),
    birthDate: person.birthDate,
    givenName: person.givenName === '' ? false : person.givenName,
    familyName: person.familyName ?? false,
    sex: person.sex,
    birthPlace: 'False',
  };
}

/** The server module of OpenSPP 17. */
export const openspp17: Flavour = {
  name: 'openspp-17',
  paths: { search: '/registry/sync/search', token: '/oauth2/client/token', locations: null },
  tokenPlaces: ['json'],
  needsDatabase: true,
  signature: null,
  holds: 'people',
  entries: (register) =>
    peopleOf(register)
      .filter(({ numbers }) => numbers.length > 0)
      .map((person) => ({
        event: 'birth',
        numbers: person.numbers,
        facts: { birth_date: person.birthDate },
        record: () => shape(person),
      })),
  read,
  answer: {
    action: 'search',
    messageId: 'echoed',
    parties: 'absent',
    counts: 'nothing',
    itemsWithoutMatch: 'left-out',
    recordType: 'person',
    unsigned: null,
  },
  error: (status, message) => ({ error: { code: status, message } }),
};
