import { registerEnumType } from 'type-graphql';

/** `txn-status` is `TXN_STATUS` in the graph: enum values have no hyphens. */
export const LaterActionEnum = {
  SEARCH: 'search',
  SUBSCRIBE: 'subscribe',
  UNSUBSCRIBE: 'unsubscribe',
  TXN_STATUS: 'txn-status',
} as const;
registerEnumType(LaterActionEnum, {
  name: 'RequestAction',
  description: 'What a registry can be asked to answer later; the `action` of the message.',
  valuesConfig: {
    SEARCH: { description: 'Search.' },
    SUBSCRIBE: { description: 'Tell of events from now on.' },
    UNSUBSCRIBE: { description: 'Tell of them no longer.' },
    TXN_STATUS: { description: 'Say what became of an earlier request.' },
  },
});

export const CallbackActionEnum = {
  ON_SEARCH: 'on-search',
  ON_SUBSCRIBE: 'on-subscribe',
  ON_UNSUBSCRIBE: 'on-unsubscribe',
  NOTIFY: 'notify',
  TXN_ON_STATUS: 'txn-on-status',
} as const;
registerEnumType(CallbackActionEnum, {
  name: 'CallbackAction',
  description: 'What registries send of themselves; the `action` of the message.',
  valuesConfig: {
    ON_SEARCH: { description: 'The answer to a search.' },
    ON_SUBSCRIBE: { description: 'The answer to a request to subscribe.' },
    ON_UNSUBSCRIBE: { description: 'The answer to a request to unsubscribe.' },
    NOTIFY: { description: 'Events that were subscribed to.' },
    TXN_ON_STATUS: { description: 'What became of an earlier request.' },
  },
});

export const SourceRequestStateEnum = {
  SENDING: 'sending',
  ACKNOWLEDGED: 'acknowledged',
  ANSWERED: 'answered',
  REFUSED: 'refused',
  FAILED: 'failed',
} as const;
registerEnumType(SourceRequestStateEnum, {
  name: 'SourceRequestState',
  description: 'What became of a request to another registry.',
  valuesConfig: {
    SENDING: { description: 'It is being sent, or the gateway ended while it was.' },
    ACKNOWLEDGED: { description: 'The registry took it; the answer is yet to come.' },
    ANSWERED: { description: 'It was answered.' },
    REFUSED: { description: 'The registry refused it, at once or later.' },
    FAILED: { description: 'The registry could not be asked.' },
  },
});

export const InboxStateEnum = { MATCHED: 'matched', QUARANTINED: 'quarantined' } as const;
registerEnumType(InboxStateEnum, {
  name: 'InboxState',
  description: 'Whether a message of another registry belongs to something that we asked.',
  valuesConfig: {
    MATCHED: { description: 'It does.' },
    QUARANTINED: { description: 'It does not: it was acknowledged, is kept, and nothing uses it.' },
  },
});

export const DeliveryStateEnum = { WAITING: 'waiting', DELIVERED: 'delivered', DEAD: 'dead' } as const;
registerEnumType(DeliveryStateEnum, {
  name: 'DeliveryState',
  description: 'What became of a message to a partner.',
  valuesConfig: {
    WAITING: { description: 'It waits for its first or next attempt.' },
    DELIVERED: { description: 'The partner took it.' },
    DEAD: { description: 'It failed too often and waits for `replayDelivery`.' },
  },
});
