import type { GuardedAgent } from '../../security/egress/guarded-agent.js';
import { type GivenBy, REFUSED_NETWORK } from '../../security/egress/network-policy.js';

/** Which addresses that a message names are posted to. */
export interface CallbackPolicy {
  /** `registered`: only those whose origin is kept of the client. */
  readonly callbacks: 'registered' | 'any';
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
  { readonly ok: true; readonly url: URL; readonly givenBy: GivenBy } | { readonly ok: false; readonly reason: string };

const refused = (reason: string): CallbackTarget => ({ ok: false, reason });

/** What is said of an address that is not connected to. */
export function callbackRefusal(fault: string): string {
  return fault === REFUSED_NETWORK ? `${fault}: register its origin with the client if it is right` : fault;
}

/**
 * Decides where a message to a client goes. `url` is what its request named, `null` where it named nothing. An address
 * in a message is whatever its sender wrote: it may lead inside only where the operator registered its origin.
 */
export function callbackTarget(
  url: string | null,
  client: CallbackClient,
  { callbacks }: CallbackPolicy,
  agent: Pick<GuardedAgent, 'addressFault'>,
): CallbackTarget {
  const written = url ?? client.callbackUri;
  if (written === null) return refused('the request named no sender_uri, and no address is registered with the client');
  if (!URL.canParse(written)) return refused('the address is not one such as https://host/registry/on-search');
  const target = new URL(written);
  const isRegistered = registeredOrigins(client).has(target.origin);
  const givenBy = isRegistered ? 'operator' : 'message';
  const fault = agent.addressFault(target, givenBy);
  if (callbacks === 'registered' && !isRegistered) {
    return refused('the origin of the address is not registered with the client');
  }
  return fault === null ? { ok: true, url: target, givenBy } : refused(callbackRefusal(fault));
}

function registeredOrigins({ callbackUri, callbackOrigins }: CallbackClient): Set<string> {
  const own = callbackUri !== null && URL.canParse(callbackUri) ? [new URL(callbackUri).origin] : [];
  return new Set([...own, ...callbackOrigins]);
}
