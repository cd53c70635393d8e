import { randomUUID } from 'node:crypto';

/** What a partner sends. */
export interface Message {
  readonly header: Readonly<Record<string, unknown>>;
  readonly message: Readonly<Record<string, unknown>>;
}

const REG_TYPES: Readonly<Record<string, string>> = {
  social: 'ns:org:RegistryType:Social',
  crvs: 'ns:org:RegistryType:Civil',
  fr: 'ns:org:RegistryType:FR',
  dr: 'ns:org:RegistryType:DR',
  ibr: 'ns:org:RegistryType:IBR',
};
const RECORD_TYPES: Readonly<Record<string, string>> = {
  social: 'SRPerson',
  crvs: 'spdci-extensions-dci:Person',
  fr: 'spdci-extensions-dci:Farmer',
  dr: 'spdci-extensions-dci:DisabledPerson',
  ibr: 'Member',
};
/** Where a document names the events that exist. */
const EVENT_TYPES: Readonly<Record<string, string>> = {
  social: 'REGISTER',
  crvs: 'spdci-common:RegistryEventType:LiveBirth',
  fr: 'REGISTER',
  dr: 'REGISTER',
  ibr: 'enrollement',
};

const now = (): string => new Date().toISOString();

/** What varies from message to message. */
export interface MessageParts {
  readonly registry: string;
  readonly callbackUri: string;
  readonly transactionId?: string;
  readonly query?: { readonly query_type: string; readonly query: unknown };
  readonly codes?: readonly string[];
}

const ANYBODY = { query_type: 'idtype-value', query: { type: 'UIN', value: 'NOBODY-1' } };

/** A message for each action that the documents publish, by path where the action does not tell. */
export function messageFor(path: string, action: string, parts: MessageParts): Message {
  const transactionId = parts.transactionId ?? randomUUID();
  const isAnswer = /\/(on-[a-z]+|notify|updates)$/u.test(path);
  return {
    header: {
      version: '1.0.0',
      message_id: randomUUID(),
      message_ts: now(),
      action,
      ...(isAnswer ? { status: 'succ', completed_count: 1 } : {}),
      sender_id: 'spmis.example.org',
      sender_uri: parts.callbackUri,
      receiver_id: `${parts.registry}.example.org`,
      total_count: 1,
      is_msg_encrypted: false,
      meta: {},
    },
    message: { transaction_id: transactionId, ...bodyOf(path.replace('/registry', ''), parts, transactionId) },
  };
}

function bodyOf(path: string, parts: MessageParts, transactionId: string): Record<string, unknown> {
  const { registry, query = ANYBODY } = parts;
  const types = { reg_type: REG_TYPES[registry], reg_record_type: RECORD_TYPES[registry] };
  const item = { reference_id: randomUUID(), timestamp: now(), locale: 'eng' };
  const correlated = { correlation_id: randomUUID() };
  const searchResponse = [
    {
      ...item,
      status: 'succ',
      data: { version: '1.0.0', ...types, reg_records: [] },
      pagination: { page_size: 20, page_number: 1, total_count: 0 },
    },
  ];
  switch (path) {
    case '/search':
    case '/sync/search':
      return {
        search_request: [
          {
            ...item,
            search_criteria: { version: '1.0.0', ...types, ...query, pagination: { page_size: 5, page_number: 1 } },
          },
        ],
      };
    case '/on-search':
      return { ...correlated, search_response: searchResponse };
    case '/subscribe':
      return {
        subscribe_request: [
          {
            ...item,
            subscribe_criteria: {
              version: '1.0.0',
              reg_type: REG_TYPES[registry],
              reg_event_type: EVENT_TYPES[registry],
              filter_type: query.query_type,
              filter: query.query,
              notify_record_type: RECORD_TYPES[registry],
            },
          },
        ],
      };
    case '/on-subscribe':
      return {
        ...correlated,
        subscribe_response: [
          { ...item, status: 'succ', subscriptions: [{ code: randomUUID(), status: 'subscribe', timestamp: now() }] },
        ],
      };
    case '/notify':
      return {
        notify_event: [
          {
            ...item,
            data: { version: '1.0.0', ...types, reg_event_type: EVENT_TYPES[registry], reg_records: { name: 'A' } },
          },
        ],
      };
    case '/unsubscribe':
      return { timestamp: now(), subscription_codes: parts.codes ?? [randomUUID()] };
    case '/on-unsubscribe':
      return {
        ...correlated,
        timestamp: now(),
        status: 'succ',
        subscription_status: [{ code: randomUUID(), status: 'unsubscribe' }],
      };
    case '/txn/status':
    case '/sync/txn/status':
      return {
        txnstatus_request: {
          reference_id: randomUUID(),
          txn_type: 'search',
          attribute_type: 'transaction_id',
          attribute_value: transactionId,
          locale: 'eng',
        },
      };
    case '/txn/on-status':
      return {
        ...correlated,
        txnstatus_response: {
          txn_type: 'search',
          txn_status: { transaction_id: transactionId, ...correlated, search_response: [] },
        },
      };
    case '/sync/get-disability-support':
    case '/sync/get-disability-details':
    case '/sync/disabled':
      return {
        disabled_criteria: { query_type: 'expression', query: { 'member.member_identifier': { eq: 'NOBODY-1' } } },
      };
    case '/sync/enrolled':
      return {
        enrolled_criteria: {
          query_type: 'expression',
          response_entity: 'Member',
          query: {
            person_identifier: { eq: 'NOBODY-1' },
            'programme_identifier.program.programme_identifier': { eq: 'DCI001' },
          },
        },
      };
    case '/sync/enrollment/updates':
      return {
        enrolled_updates: {
          beneficiaries: [
            {
              member: { member_identifier: [{ identifier_type: 'UIN', identifier_value: 'NOBODY-1' }] },
              programme_identifier: [{ programme_identifier: 'DCI001', programme_name: 'Cash for all' }],
              enrollment_date: '2026-01-15',
              enrollment_status: '1',
            },
          ],
        },
      };
    default:
      throw new Error(`No message for ${path}`);
  }
}
