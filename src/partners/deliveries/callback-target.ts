import {
  type AddressRule,
  isForbiddenAddress,
  isLoopbackAddress,
  isPrivateAddress,
  isRefusedHost,
} from '../../security/egress.js';

/** Which addresses that a message names are posted to. */
export interface CallbackPolicy {
  /** `registered`: only those whose origin is kept of the client. */
  readonly callbacks: 'registered' | 'any';
  readonly environment: 'development' | 'test' | 'production';
}

/** What is kept of a client. */
export interface CallbackClient {
  /** Where messages go whose request named no address. */
  readonly callbackUri: string | null;
  /** As `URL.origin` writes them. */
  readonly callbackOrigins: readonly string[];
}

/** Where a message goes, or why nowhere. */
export type CallbackTarget =
  | { readonly ok: true; readonly url: URL; readonly isRefused: AddressRule }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): CallbackTarget => ({ ok: false, reason });

/** What is said of an address behind which lies a network that is not posted to. */
export const REFUSED_NETWORK =
  'the address leads to this machine, a private or a reserved network: register its origin with the client if it is right';

/**
 * Decides where a message to a client goes. `url` is what its request named, `null` where it named nothing. An address
 * in a message is whatever its sender wrote: it may lead inside only where the operator registered its origin.
 */
export function callbackTarget(url: string | null, client: CallbackClient, policy: CallbackPolicy): CallbackTarget {
  const written = url ?? client.callbackUri;
  if (written === null) return refused('the request named no sender_uri, and no address is registered with the client');
  if (!URL.canParse(written)) return refused('the address is not one such as https://host/registry/on-search');
  const target = new URL(written);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    return refused('the address is neither https:// nor http://');
  }
  if (target.username !== '' || target.password !== '') return refused('the address holds a name or a password');
  const isRegistered = registeredOrigins(client).has(target.origin);
  if (policy.callbacks === 'registered' && !isRegistered) {
    return refused('the origin of the address is not registered with the client');
  }
  const isRefused = addressRule(isRegistered, policy);
  return isRefusedHost(target, isRefused) ? refused(REFUSED_NETWORK) : { ok: true, url: target, isRefused };
}

function registeredOrigins({ callbackUri, callbackOrigins }: CallbackClient): Set<string> {
  const own = callbackUri !== null && URL.canParse(callbackUri) ? [new URL(callbackUri).origin] : [];
  return new Set([...own, ...callbackOrigins]);
}

function addressRule(isRegistered: boolean, { environment }: CallbackPolicy): AddressRule {
  if (isRegistered) return isForbiddenAddress;
  return (address) =>
    isForbiddenAddress(address) ||
    isPrivateAddress(address) ||
    (environment === 'production' && isLoopbackAddress(address));
}
