import { Problem } from '../record/problem.js';

/** The refusal of an address where no registry can be, or where this deployment does not connect to. */
export function forbiddenAddress(): Problem {
  return new Problem(
    'SOURCE_ADDRESS_FORBIDDEN',
    'The address of the data source leads to a network that is not connected to: set it to the address of the registry, and where that is in a private network name the network in ALLOW_PRIVATE_NETWORKS',
  );
}
