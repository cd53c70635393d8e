import { type Jobs, startJobs } from '../../src/database/jobs.js';
import { acceptSearch, answerSearch } from '../../src/partners/search/async-search.js';
import { type DeliveringContext, startDelivering } from '../../src/partners/deliveries/delivering.js';
import { answerSubscribe, subscribe } from '../../src/partners/subscriptions/subscribe.js';
import type { TransactionContext } from '../../src/partners/transactions/transaction-context.js';
import { acceptStatus, answerStatus, syncStatus } from '../../src/partners/transactions/transaction-status.js';
import { startTransactionWorkers } from '../../src/partners/transactions/transaction-workers.js';
import { answerUnsubscribe, unsubscribe } from '../../src/partners/subscriptions/unsubscribe.js';
import { CORE_CATALOGUE } from '../../src/record/catalogue.js';
import { json, type LocalPeer, startLocalPeer } from '../sources/local-peer.js';
import { message, type PartnerGateway, RECEPTION, SENDER_ID, startPartnerGateway } from './partner-gateway.js';
import { testLedger } from './test-ledger.js';
import { OPEN_AGENT, OPEN_KEYS } from '../open-agent.js';

export interface AckAnswer {
  readonly status: number;
  readonly text: string;
  readonly ack: string;
  readonly correlationId: string;
  readonly timestamp: string;
  readonly errorCode: string | undefined;
}

/** A callback, as much of it as the tests look at. */
export interface PostedCallback {
  readonly path: string;
  readonly body: {
    readonly header: Readonly<Record<string, unknown>>;
    readonly message: Readonly<Record<string, unknown>> & {
      readonly correlation_id: string;
      readonly search_response?: readonly {
        readonly reference_id: string;
        readonly status: string;
        readonly status_reason_code?: string;
        readonly data: { readonly reg_records: readonly unknown[] };
        readonly pagination?: {
          readonly page_size: number;
          readonly page_number: number;
          readonly total_count: number;
        };
      }[];
      readonly txnstatus_response?: {
        readonly txn_type: string;
        readonly txn_status: Readonly<Record<string, unknown>>;
      };
    };
  };
}

export interface AsyncGateway {
  readonly gateway: PartnerGateway;
  readonly peer: LocalPeer;
  readonly jobs: Jobs;
  readonly context: TransactionContext & DeliveringContext;
  /** From now on requests are worked on and callbacks posted. */
  startWorkers(): Promise<void>;
  /** Posts a message; `token` of another client where it is not the first one's. */
  send(path: string, body: unknown, token?: string): Promise<AckAnswer>;
  /** Resolves when the partner has got as many callbacks under that correlation id. */
  callbacks(correlationId: string, count: number): Promise<PostedCallback[]>;
  newToken(name: string): Promise<string>;
  close(): Promise<void>;
}

/** A gateway with the asynchronous endpoints and a partner that acknowledges callbacks at `/cb`. */
export async function startAsyncGateway(): Promise<AsyncGateway> {
  const peer = await startLocalPeer();
  peer.on('/cb', json({ message: { ack_status: 'ACK' } }));
  const started: { jobs?: Promise<Jobs>; context?: AsyncGateway['context'] } = {};
  const gateway = await startPartnerGateway('spdci-1.0', {
    handlers: ({ database, keys, log }) => {
      // Handlers are made before anything can be awaited.
      const jobs = startJobs({ url: database.url, log });
      started.jobs = jobs;
      const late: Jobs = {
        send: async (...parameters) => (await jobs).send(...parameters),
        work: () => undefined,
        repeat: async (...parameters) => (await jobs).repeat(...parameters),
        close: async () => (await jobs).close(),
      };
      const context: AsyncGateway['context'] = {
        pool: database.pool,
        jobs: late,
        keys,
        ledger: testLedger(database.pool, keys),
        log,
        config: { ...RECEPTION, callbacks: 'any', callbackAttempts: 3 },
        agent: OPEN_AGENT,
        partnerKeys: OPEN_KEYS,
        catalogue: () => CORE_CATALOGUE,
        senderId: () => SENDER_ID,
      };
      started.context = context;
      return {
        '/search': acceptSearch(context),
        '/subscribe': subscribe(context),
        '/unsubscribe': unsubscribe(context),
        '/txn/status': acceptStatus(context),
        '/sync/txn/status': syncStatus(context),
      };
    },
  });
  const jobs = await started.jobs;
  if (!jobs || !started.context) throw new Error('the gateway has no handlers');
  const context = { ...started.context, jobs };
  return {
    gateway,
    peer,
    jobs,
    context,
    async startWorkers() {
      startTransactionWorkers(context, {
        search: answerSearch(context),
        subscribe: answerSubscribe(context),
        unsubscribe: answerUnsubscribe(context),
        'txn-status': answerStatus(context),
      });
      await startDelivering(context);
    },
    async send(path, body, token = gateway.partnerToken) {
      const answer = await gateway.post(body, { authorization: `Bearer ${token}` }, `/registry${path}`);
      const { message: said } = JSON.parse(answer.text) as {
        message: { ack_status: string; correlation_id: string; timestamp: string; error?: { code: string } };
      };
      return {
        status: answer.status,
        text: answer.text,
        ack: said.ack_status,
        correlationId: said.correlation_id,
        timestamp: said.timestamp,
        errorCode: said.error?.code,
      };
    },
    async callbacks(correlationId, count) {
      for (;;) {
        const got = peer.requests
          .map(({ url, body }) => ({ path: url.pathname, body: JSON.parse(body) as PostedCallback['body'] }))
          .filter(({ body }) => body.message.correlation_id === correlationId);
        if (got.length >= count) return got;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    newToken: async (name) => gateway.token(await gateway.createClient({ name })),
    async close() {
      await jobs.close();
      await gateway.close();
      await peer.close();
    },
  };
}

let messages = 0;

/** A message of an asynchronous endpoint under a message id of its own, with a callback address. */
export function asyncMessage(
  items: readonly unknown[],
  senderUri: string | undefined,
  { header = {}, transactionId = 't-1' }: { header?: Record<string, unknown>; transactionId?: string } = {},
) {
  messages += 1;
  const envelope = message(items, {
    message_id: `async-${String(messages)}`,
    ...(senderUri === undefined ? {} : { sender_uri: senderUri }),
    ...header,
  });
  return { ...envelope, message: { ...envelope.message, transaction_id: transactionId } };
}
