import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Says of an IP address whether connecting to it is refused. */
export type AddressRule = (address: string) => boolean;

/**
 * Where no other registry and no partner can be, and what an address that somebody gave us could otherwise reach: "this
 * host", link-local addresses (the metadata services of clouds answer there) and multicast.
 */
const NEVER_A_PEER = new BlockList();
NEVER_A_PEER.addSubnet('0.0.0.0', 8, 'ipv4');
NEVER_A_PEER.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER_A_PEER.addSubnet('224.0.0.0', 3, 'ipv4');
NEVER_A_PEER.addAddress('::', 'ipv6');
NEVER_A_PEER.addSubnet('fe80::', 10, 'ipv6');
NEVER_A_PEER.addSubnet('ff00::', 8, 'ipv6');
// The metadata service of one large cloud, in the range that is otherwise for private networks.
NEVER_A_PEER.addAddress('fd00:ec2::254', 'ipv6');

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Networks that are not the internet, and ranges that a router may turn into an address of one. */
const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8, 'ipv4');
PRIVATE.addSubnet('100.64.0.0', 10, 'ipv4');
PRIVATE.addSubnet('172.16.0.0', 12, 'ipv4');
PRIVATE.addSubnet('192.0.0.0', 24, 'ipv4');
PRIVATE.addSubnet('192.168.0.0', 16, 'ipv4');
PRIVATE.addSubnet('198.18.0.0', 15, 'ipv4');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('64:ff9b::', 96, 'ipv6');
PRIVATE.addSubnet('2002::', 16, 'ipv6');

/** Whether nobody's server can be there; IPv4 addresses written as IPv6 count as what they are. */
export const isForbiddenAddress: AddressRule = (address) => isIn(NEVER_A_PEER, address);

/** Whether it is this machine. */
export const isLoopbackAddress: AddressRule = (address) => isIn(LOOPBACK, address);

/** Whether it belongs to a private network. */
export const isPrivateAddress: AddressRule = (address) => isIn(PRIVATE, address);

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** Whether the host is itself an IP address that is refused: no name is looked up for such a one. */
export function isRefusedHost({ hostname }: URL, isRefused: AddressRule): boolean {
  return isRefused(hostname.replace(/^\[|\]$/gu, ''));
}

/** Looks a name up and fails with `refusal()` when any of its addresses is refused; what was checked is what is dialled. */
export function guardedLookup(isRefused: AddressRule, refusal: () => Error): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      if (addresses.some(({ address }) => isRefused(address))) return callback(refusal(), '', 0);
      const [first] = addresses;
      if (options.all === true) return callback(null, addresses);
      return callback(null, first?.address ?? '', first?.family);
    });
  };
}
