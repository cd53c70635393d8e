import type { IncomingMessage } from 'node:http';
import { FULL_ACCESS } from '../record/access.js';
import type { Caller } from './bearer.js';
import { isLoopbackAddress } from './egress/addresses.js';
import { INTERNAL_SCOPES } from './scopes.js';

/** What the settings say of this server. */
export interface LocalDeveloperOptions {
  readonly environment: 'development' | 'test' | 'production';
  /** What the server listens on (HOST). */
  readonly host: string;
}

const LOCAL_DEVELOPER: Caller = {
  clientId: 'local-developer',
  apiClientId: null,
  name: 'Local developer',
  scopes: INTERNAL_SCOPES,
  dialect: 'spdci-1.0',
  actor: 'local-developer',
  access: FULL_ACCESS,
};

/** Headers by which a proxy tells of a client elsewhere: then the loopback peer is the proxy, not the developer. */
const FORWARDED = /^(?:forwarded|via|x-forwarded-.*|x-real-ip)$/u;

/** Whether a host name, as in HOST or a Host header without its port, can only mean this machine. */
export function isLoopbackHost(name: string): boolean {
  const plain = name.toLowerCase().replace(/^\[(.*)\]$/u, '$1');
  return plain === 'localhost' || isLoopbackAddress(plain);
}

/** The name in `name`, `name:port`, `[::1]` or `[::1]:port`; `null` when it is none of these. */
export function hostName(header: string | undefined): string | null {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/iu.exec(header ?? '')?.[1] ?? null;
}

/**
 * The developer at the machine itself, who needs no token outside production: a loopback peer of a server that listens
 * on loopback only, calling it by a loopback name (a foreign page whose name was re-bound to 127.0.0.1 does not), not
 * through a proxy and not from another site's page. `null` for everybody else, and when a token is shown.
 */
export function localDeveloper(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  { environment, host }: LocalDeveloperOptions,
): Caller | null {
  const { headers, socket } = request;
  if (environment === 'production' || headers.authorization !== undefined) return null;
  if (!isLoopbackHost(host) || !isLoopbackAddress(socket.remoteAddress ?? '')) return null;
  if (Object.keys(headers).some((name) => FORWARDED.test(name))) return null;
  // A browser says so where another site's page asks, also when it sends no Origin.
  if (headers['sec-fetch-site'] === 'cross-site') return null;
  const name = hostName(headers.host);
  if (name === null || !isLoopbackHost(name)) return null;
  if (headers.origin !== undefined) {
    const origin = /^https?:\/\/(.+)$/iu.exec(headers.origin)?.[1];
    const originName = hostName(origin);
    if (originName === null || !isLoopbackHost(originName)) return null;
  }
  return LOCAL_DEVELOPER;
}
