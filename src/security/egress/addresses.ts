import { BlockList, isIP } from 'node:net';

/**
 * Where no other registry and no partner can be, and what an address that somebody gave us could otherwise reach: "this
 * host", link-local addresses (the metadata services of clouds answer there), documentation, multicast and the rest of
 * what is reserved.
 */
const NEVER_A_PEER = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.2.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  // Metadata services of clouds outside the link-local range.
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
] as const) {
  NEVER_A_PEER.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 128],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
] as const) {
  NEVER_A_PEER.addSubnet(network, prefix, 'ipv6');
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Networks that are not the internet, and ranges that a router may turn into an address of one. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  // IPv4 addresses inside IPv6 ones, in every way that was ever written down: compatible, translated, NAT64, Teredo, 6to4.
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 23],
  ['2002::', 16],
  ['5f00::', 16],
  ['fc00::', 7],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** Whether nobody's server can be there; IPv4 addresses written as IPv6 count as what they are. What is no address: yes. */
export function isForbiddenAddress(address: string): boolean {
  return isIP(address) === 0 || isIn(NEVER_A_PEER, address);
}

/** Whether it is this machine. */
export function isLoopbackAddress(address: string): boolean {
  return isIn(LOOPBACK, address);
}

/** Whether it belongs to a private network. */
export function isPrivateAddress(address: string): boolean {
  return isIn(PRIVATE, address) && !isIn(LOOPBACK, address);
}

/** Whether an address is in a list; what is no address is in none. */
export function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  // Without the interface that a link-local address may name: the list knows addresses only.
  return version !== 0 && list.check(address.replace(/%.*$/u, ''), version === 6 ? 'ipv6' : 'ipv4');
}

/** A host as URLs write it, without the brackets of an IPv6 address. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/gu, '');
}
