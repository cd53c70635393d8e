import { Problem } from '../record/problem.js';
import { guardedLookup, isForbiddenAddress, isRefusedHost } from '../security/egress.js';

// Private networks are allowed: the operator enters the address, and registries of one government often share one.

/** Refuses an address that is itself an IP address where no registry can be. */
export function refuseForbiddenHost(url: URL): void {
  if (isRefusedHost(url, isForbiddenAddress)) throw forbiddenAddress();
}

/** The code of `forbiddenAddress()`, by which it is known again behind a failed connection. */
export const FORBIDDEN_ADDRESS = 'SOURCE_ADDRESS_FORBIDDEN';

/** The refusal of an address where no registry can be. */
export function forbiddenAddress(): Problem {
  return new Problem(
    FORBIDDEN_ADDRESS,
    'The address of the data source leads to a network where no registry can be: set it to the address of the registry',
  );
}

/** Looks up the host of a source; fails with `forbiddenAddress()`. */
export const sourceLookup = guardedLookup(isForbiddenAddress, forbiddenAddress);
