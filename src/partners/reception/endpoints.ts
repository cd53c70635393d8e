import { REGISTRY_KINDS, type RegistryKind } from '../../record/registry-kind.js';
import { PARTNER_SCOPES, type Scope } from '../../security/scopes.js';
import type { Endpoint, Handler } from './endpoint.js';

type Row = Omit<Endpoint, 'path' | 'handle'>;

const SEARCH: readonly Scope[] = ['registry.search'];
const SUBSCRIBE: readonly Scope[] = ['registry.subscribe'];
const WRITE: readonly Scope[] = ['registry.write'];
const ANY: readonly Scope[] = PARTNER_SCOPES;
const EVERY: readonly RegistryKind[] = REGISTRY_KINDS;

/** The standard's table of endpoints. What only some registries publish is answered at `/registry` as well. */
const TABLE = {
  '/search': { aliases: ['/async/search'], action: 'search', mode: 'request', registries: EVERY, scopes: SEARCH },
  '/on-search': { aliases: [], action: 'on-search', mode: 'callback', registries: EVERY, scopes: ANY },
  '/subscribe': { aliases: [], action: 'subscribe', mode: 'request', registries: EVERY, scopes: SUBSCRIBE },
  '/on-subscribe': { aliases: [], action: 'on-subscribe', mode: 'callback', registries: EVERY, scopes: ANY },
  '/notify': { aliases: [], action: 'notify', mode: 'callback', registries: EVERY, scopes: ANY },
  '/unsubscribe': { aliases: [], action: 'unsubscribe', mode: 'request', registries: EVERY, scopes: SUBSCRIBE },
  '/on-unsubscribe': { aliases: [], action: 'on-unsubscribe', mode: 'callback', registries: EVERY, scopes: ANY },
  // The disability registry publishes no status of transactions, yet its asynchronous calls are transactions as well.
  '/txn/status': { aliases: [], action: 'txn-status', mode: 'request', registries: EVERY, scopes: ANY },
  '/txn/on-status': { aliases: [], action: 'txn-on-status', mode: 'callback', registries: EVERY, scopes: ANY },
  '/sync/search': { aliases: [], action: 'search', mode: 'sync', registries: EVERY, scopes: SEARCH },
  '/sync/txn/status': { aliases: [], action: 'txn-status', mode: 'sync', registries: EVERY, scopes: ANY },
  '/sync/get-disability-support': {
    aliases: [],
    action: 'search',
    mode: 'sync',
    registries: ['dr'],
    scopes: SEARCH,
  },
  '/sync/get-disability-details': {
    aliases: ['/sync/get-disability-info'],
    action: 'search',
    mode: 'sync',
    registries: ['dr'],
    scopes: SEARCH,
  },
  '/sync/disabled': {
    aliases: ['/sync/get-disability-status'],
    action: 'search',
    mode: 'sync',
    registries: ['dr'],
    scopes: SEARCH,
  },
  '/sync/enrolled': { aliases: [], action: 'search', mode: 'sync', registries: ['ibr'], scopes: SEARCH },
  '/sync/enrollment/updates': {
    aliases: ['/sync/enrolment/updates'],
    action: 'notify',
    mode: 'sync',
    registries: ['ibr'],
    scopes: WRITE,
  },
} as const satisfies Readonly<Record<string, Row>>;

/** After `/registry`, as the standard spells it. */
export type EndpointPath = keyof typeof TABLE;

const PATHS = Object.keys(TABLE) as readonly EndpointPath[];

/** Every address of an endpoint after `/registry`. */
export const ENDPOINT_PATHS: ReadonlySet<string> = new Set(
  Object.entries(TABLE).flatMap(([path, { aliases }]) => [path, ...aliases]),
);

/** The endpoints that have a handler; a gateway as a whole gives every one, a test those that it looks at. */
export function endpoints(handlers: Readonly<Partial<Record<EndpointPath, Handler>>>): Endpoint[] {
  return PATHS.flatMap((path) => {
    const handle = handlers[path];
    return handle === undefined ? [] : [{ path, ...TABLE[path], handle }];
  });
}
