import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import type { Jobs } from './database/jobs.js';
import { startRetention } from './database/retention.js';
import { acceptSearch, answerSearch } from './partners/search/async-search.js';
import { startDelivering } from './partners/deliveries/delivering.js';
import { disabilityDetails, disabilitySupport, disabled } from './partners/search/disability.js';
import type { Endpoint, Handler } from './partners/reception/endpoint.js';
import { type EndpointPath, endpoints } from './partners/reception/endpoints.js';
import { enrolled } from './partners/search/enrolled.js';
import { enrolmentUpdates } from './partners/enrolment-updates.js';
import { startEventWorkers } from './partners/subscriptions/event-workers.js';
import { answerSubscribe, subscribe } from './partners/subscriptions/subscribe.js';
import { syncSearch } from './partners/search/sync-search.js';
import { acceptStatus, answerStatus, syncStatus } from './partners/transactions/transaction-status.js';
import { startTransactionWorkers } from './partners/transactions/transaction-workers.js';
import { answerUnsubscribe, unsubscribe } from './partners/subscriptions/unsubscribe.js';
import type { Catalogue } from './record/catalogue.js';
import type { KnownPlaces } from './registry/answers/known-places.js';
import type { Ledger } from './security/audit/ledger.js';
import type { GuardedAgent } from './security/egress/guarded-agent.js';
import type { Keys } from './security/keys.js';
import type { PartnerKeys } from './security/partner-keys.js';
import { inboxHandler } from './sources/inbox.js';
import type { RegistryClient } from './sources/registry-client.js';

/** What serving partners takes. */
export interface PartnerEdgeOptions {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly keys: Keys;
  readonly agent: GuardedAgent;
  readonly partnerKeys: PartnerKeys;
  readonly ledger: Ledger;
  readonly config: Config;
  readonly log: Logger;
  /** Of the database, as the serving role. */
  readonly url: string;
  readonly catalogue: () => Catalogue | Promise<Catalogue>;
  readonly places: KnownPlaces;
  /** `sender_id` of our messages; asked for at each. */
  readonly senderId: () => string;
  /** Holds our tokens of other registries, by which those know us to whom we bring messages. */
  readonly client: Pick<RegistryClient, 'authorizationFor'>;
}

/** Every endpoint of the standard, each with its handler. */
export function partnerEndpoints(options: PartnerEdgeOptions): Endpoint[] {
  return endpoints({
    '/search': acceptSearch(options),
    '/on-search': inboxHandler(options, 'on-search'),
    '/subscribe': subscribe(options),
    '/on-subscribe': inboxHandler(options, 'on-subscribe'),
    '/notify': inboxHandler(options, 'notify'),
    '/unsubscribe': unsubscribe(options),
    '/on-unsubscribe': inboxHandler(options, 'on-unsubscribe'),
    '/txn/status': acceptStatus(options),
    '/txn/on-status': inboxHandler(options, 'txn-on-status'),
    '/sync/search': syncSearch(options),
    '/sync/txn/status': syncStatus(options),
    '/sync/get-disability-support': disabilitySupport(options),
    '/sync/get-disability-details': disabilityDetails(options),
    '/sync/disabled': disabled(options),
    '/sync/enrolled': enrolled(options),
    '/sync/enrollment/updates': enrolmentUpdates(options),
  } satisfies Record<EndpointPath, Handler>);
}

/**
 * Answers what was acknowledged, follows the changes and posts messages, from now until `close()`; close it before the
 * job queue. The public address must be known: it is the sender of those messages.
 */
export async function startPartnerWorkers(options: PartnerEdgeOptions): Promise<{ close(): Promise<void> }> {
  startTransactionWorkers(options, {
    search: answerSearch(options),
    subscribe: answerSubscribe(options),
    unsubscribe: answerUnsubscribe(options),
    'txn-status': answerStatus(options),
  });
  const { client } = options;
  await startDelivering({ ...options, authorizationFor: (url, refused) => client.authorizationFor(url, refused) });
  await startRetention(options);
  return startEventWorkers(options);
}
