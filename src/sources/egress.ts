import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Problem } from '../record/problem.js';

/**
 * Where no registry can be, and what an address typed into a data source could otherwise reach: "this host", link-local
 * addresses (the metadata services of clouds answer there) and multicast. Private networks are allowed: registries of
 * one government often share one.
 */
const NEVER_A_REGISTRY = new BlockList();
NEVER_A_REGISTRY.addSubnet('0.0.0.0', 8, 'ipv4');
NEVER_A_REGISTRY.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER_A_REGISTRY.addSubnet('224.0.0.0', 3, 'ipv4');
NEVER_A_REGISTRY.addAddress('::', 'ipv6');
NEVER_A_REGISTRY.addSubnet('fe80::', 10, 'ipv6');
NEVER_A_REGISTRY.addSubnet('ff00::', 8, 'ipv6');
// The metadata service of one large cloud, in the range that is otherwise for private networks.
NEVER_A_REGISTRY.addAddress('fd00:ec2::254', 'ipv6');

/** Whether connecting to this IP address is refused; IPv4 addresses written as IPv6 count as what they are. */
export function isForbiddenAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && NEVER_A_REGISTRY.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** Refuses an address that is itself an IP address: no name is looked up for it. */
export function refuseForbiddenHost({ hostname }: URL): void {
  if (isForbiddenAddress(hostname.replace(/^\[|\]$/gu, ''))) throw forbiddenAddress();
}

/** Looks a name up and refuses it when any of its addresses is forbidden; what was checked is what is dialled. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    if (addresses.some(({ address }) => isForbiddenAddress(address))) return callback(forbiddenAddress(), '', 0);
    const [first] = addresses;
    if (options.all === true) return callback(null, addresses);
    return callback(null, first?.address ?? '', first?.family);
  });
};

/** The code of `forbiddenAddress()`, by which it is known again behind a failed connection. */
export const FORBIDDEN_ADDRESS = 'SOURCE_ADDRESS_FORBIDDEN';

/** The refusal of an address where no registry can be. */
export function forbiddenAddress(): Problem {
  return new Problem(
    FORBIDDEN_ADDRESS,
    'The address of the data source leads to a network where no registry can be: set it to the address of the registry',
  );
}
