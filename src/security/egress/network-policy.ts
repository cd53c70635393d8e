import { BlockList, isIP } from 'node:net';
import { bareHost, isForbiddenAddress, isIn, isLoopbackAddress, isPrivateAddress } from './addresses.js';

/** What the settings say of where this gateway may connect to. */
export interface NetworkSettings {
  readonly environment: 'development' | 'test' | 'production';
  /** Private networks and loopback addresses, as CIDR, that may be reached; `null`: not said. */
  readonly privateNetworks: readonly string[] | null;
}

/**
 * Whose word an address is: the operator's (a data source, a registered origin, the keys of a client or an issuer), or
 * that of whoever sent a message.
 */
export type GivenBy = 'operator' | 'message';

/** Says of an IP address whether connecting to it is refused. */
export type AddressRule = (address: string) => boolean;

/** Says which addresses may stand behind a host. */
export type NetworkPolicy = (hostname: string, givenBy: GivenBy) => AddressRule;

/** Ports below this that are not those of HTTP belong to other services, which could be made to read a request of ours. */
const FIRST_OPEN_PORT = 1024;
const HTTP_PORTS: readonly string[] = ['', '80', '443'];

/**
 * The rule of this deployment. Nothing leads to what is never a peer. Where the private networks are said, no other one
 * is reached, whoever names it. Where they are not said, an address in a message does not lead into one; an operator's
 * does, but in production only where it is the IP address itself: what stands behind a name is its owner's to change.
 */
export function networkPolicy({ environment, privateNetworks }: NetworkSettings): NetworkPolicy {
  const allowed = privateNetworks === null ? null : blockList(privateNetworks);
  return (hostname, givenBy) => {
    const host = bareHost(hostname);
    const leadsInside =
      givenBy === 'operator'
        ? (address: string) => environment !== 'production' || sameAddress(host, address)
        : (address: string) => environment !== 'production' && isLoopbackAddress(address);
    return (address) => {
      if (isForbiddenAddress(address)) return true;
      if (!isLoopbackAddress(address) && !isPrivateAddress(address)) return false;
      return allowed === null ? !leadsInside(address) : !isIn(allowed, address);
    };
  };
}

/** What is wrong with an address before anything is looked up, as part of a sentence; `null`: nothing. */
export function addressFault(url: URL, givenBy: GivenBy, policy: NetworkPolicy): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'the address is neither https:// nor http://';
  if (url.username !== '' || url.password !== '') return 'the address holds a name or a password';
  const host = bareHost(url.hostname);
  if (givenBy === 'message' && !HTTP_PORTS.includes(url.port) && Number(url.port) < FIRST_OPEN_PORT) {
    return 'the address names the port of another service';
  }
  if (isIP(host) !== 0) return policy(host, givenBy)(host) ? REFUSED_NETWORK : null;
  if (!/^(?=.{1,253}$)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/iu.test(host)) return 'the address has no usable host name';
  return null;
}

/** What is said of an address behind which lies a network that is not connected to. */
export const REFUSED_NETWORK = 'the address leads to this machine, a private or a reserved network';

/** Whether a text is a network in CIDR notation: `10.0.0.0/8`, `fd12:3456::/32`. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix = '', ...rest] = text.split('/');
  const version = isIP(address);
  return (
    version !== 0 && rest.length === 0 && /^\d{1,3}$/u.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128)
  );
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function sameAddress(host: string, address: string): boolean {
  const version = isIP(host);
  if (version === 0) return false;
  const list = new BlockList();
  list.addAddress(host, version === 6 ? 'ipv6' : 'ipv4');
  return isIn(list, address);
}
