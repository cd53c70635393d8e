import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { all, compares, everybody, type Fit, hasNumber } from './conditions.js';
import { type Entry, type Flavour, type Message, type Question, Refusal, type RejectedQuestion } from './flavour.js';
import { fitted, header, moment, pagination, sort } from './message-fields.js';
import { type Person, peopleOf } from './people.js';

const body = z.object({
  signature: z.string(),
  header: header.extend({ receiver_id: z.string(), sender_id: z.string() }),
  message: z.object({
    transaction_id: z.string(),
    search_request: z.array(
      z.object({
        reference_id: z.string(),
        timestamp: moment,
        search_criteria: z.object({
          version: z.string().default('1.0.0'),
          reg_type: z.string().nullish(),
          reg_event_type: z.string().nullish(),
          query_type: z.string(),
          query: z.unknown(),
          sort: sort.nullish(),
          pagination: pagination.partial({ page_number: true }).nullish(),
        }),
        locale: z.string().nullish(),
      }),
    ),
  }),
});
type Item = z.infer<typeof body>['message']['search_request'][number];

const pair = z.object({ type: z.string().min(1), value: z.string().min(1) });
const sequence = z.object({
  seq: z.array(z.object({ attribute: z.string(), operator: z.string(), value: z.unknown() })).nullish(),
});
const REG_TYPES: ReadonlySet<string> = new Set(['ns:org:registrytype:social', 'social_registry', 'social']);
const OPERATORS: Readonly<Record<string, string>> = {
  '=': 'eq',
  '==': 'eq',
  '!=': 'ne',
  '>': 'gt',
  '<': 'lt',
  '>=': 'ge',
  '<=': 'le',
};
const FACTS: Readonly<Record<string, string>> = { birth_date: 'birth_date', birthdate: 'birth_date' };

const refuse = (sentence: string): Refusal => new Refusal(400, `Invalid search request message: ${sentence}`);

function fitOf({ search_criteria: { query_type, query } }: Item): Fit | null {
  switch (query_type) {
    case 'idtype-value': {
      const asked = pair.safeParse(query);
      if (!asked.success) return null;
      // Two conditions, each of which any number of the person may meet.
      const { type, value } = asked.data;
      const ofType: Fit = ({ numbers }) => numbers.some((one) => one.type === type);
      return all([ofType, hasNumber(null, value)]);
    }
    case 'expression': {
      const asked = sequence.safeParse(query);
      if (!asked.success) return null;
      const fits = (asked.data.seq ?? []).map(({ attribute, operator, value }) =>
        attribute === 'is_group'
          ? ({ isGroup = false }: Entry) => isGroup === (value === true)
          : compares(FACTS[attribute] ?? attribute, OPERATORS[operator] ?? '', String(value)),
      );
      return fits.every((fit) => fit !== null) ? all(fits) : null;
    }
    case 'predicate':
      // An expression of a language of its own; an empty one, and a list, say nothing.
      return Array.isArray(query) && query.length > 0 ? null : everybody;
    default:
      return null;
  }
}

function read(content: unknown): Message {
  const { header: said, message } = fitted(body, content, refuse);
  if (!/^[\w.-]+$/u.test(said.sender_id))
    throw new Refusal(401, `Unknown sender_id: ${said.sender_id}`, 'err.sender.unknown');
  return {
    header: {
      version: said.version,
      messageId: said.message_id,
      messageTs: said.message_ts,
      senderId: said.sender_id,
      receiverId: said.receiver_id,
    },
    transactionId: message.transaction_id,
    questions: message.search_request.map(question),
  };
}

function question(item: Item): Question | RejectedQuestion {
  const { reference_id: referenceId, locale, search_criteria: asked } = item;
  const regType = asked.reg_type ?? 'social';
  if (!REG_TYPES.has(regType.toLowerCase())) {
    return rejected(referenceId, 'rjct.search_criteria.invalid', `Expected SOCIAL_REGISTRY, got ${regType}`);
  }
  const fits = fitOf(item);
  if (fits === null) return rejected(referenceId, 'rjct.filter.invalid', 'Invalid query');
  return {
    referenceId,
    locale: locale ?? undefined,
    event: 'birth',
    fits,
    repeated: { version: '1.0.0', reg_type: 'SOCIAL_REGISTRY' },
    page: { size: asked.pagination?.page_size ?? 20, number: asked.pagination?.page_number ?? 1 },
  };
}

function rejected(referenceId: string, code: string, message: string): RejectedQuestion {
  return { referenceId, rejected: { code, message } };
}

function shape(person: Person): object {
  return {
    '@type': 'Person',
    identifier: person.numbers.map(({ type, value }) => ({
      identifier_type: `urn:openspp:vocab:id-type#${type}`,
      identifier_value: value,
    })),
    name: { given_name: person.givenName, surname: person.familyName ?? '' },
    sex: person.sex,
    birth_date: person.birthDate,
    address: [{ locality: person.town }],
    registration_date: '2025-06-01T08:00:00',
    last_updated: '2025-06-01T08:00:00',
  };
}

/** Every so many people there is a group among them. */
const GROUP_EVERY = 10;

function entriesOf(people: readonly Person[]): Entry[] {
  return people.flatMap((person, index): Entry[] => {
    const entry: Entry = {
      event: 'birth',
      numbers: person.numbers,
      facts: { birth_date: person.birthDate },
      // It cannot write somebody without a number, and says nothing of it.
      isShown: person.numbers.length > 0,
      record: () => shape(person),
    };
    const group: Entry = {
      event: 'birth',
      numbers: [],
      facts: {},
      isGroup: true,
      record: () => ({ '@type': 'Group', group_type: 'Household', member_list: [] }),
    };
    return index % GROUP_EVERY === 0 ? [entry, group] : [entry];
  });
}

/** The social registry of OpenSPP 2. */
export const openspp2: Flavour = {
  name: 'openspp-2',
  paths: { search: '/dci_api/v1/social/registry/sync/search', token: '/oauth2/client/token', locations: null },
  tokenPlaces: ['form', 'json', 'basic'],
  needsDatabase: false,
  signature: 'cavage',
  holds: 'people',
  entries: (register) => entriesOf(peopleOf(register)),
  read,
  answer: {
    action: 'on-search',
    messageId: 'new',
    parties: 'swapped',
    counts: 'items',
    itemsWithoutMatch: 'kept',
    recordType: 'PERSON',
    unsigned: '',
  },
  error: (status, message) => ({
    message: {
      ack_status: 'ERR',
      timestamp: new Date().toISOString(),
      correlation_id: randomUUID(),
      error: { code: `err.${String(status)}`, message },
    },
  }),
};
