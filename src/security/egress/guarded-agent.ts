import { lookup } from 'node:dns';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { readNetworkFailure } from '../network-failure.js';
import { bareHost } from './addresses.js';
import { ConnectionSlots } from './connection-slots.js';
import {
  addressFault,
  type AddressRule,
  type GivenBy,
  networkPolicy,
  type NetworkPolicy,
  type NetworkSettings,
  REFUSED_NETWORK,
} from './network-policy.js';

/** A request of ours to somebody else's server. */
export interface GuardedRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly givenBy: GivenBy;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Most bytes that are read of the answer. */
  readonly maxBytes: number;
  /** Of a longer answer the beginning is good enough. Default: it is a failure. */
  readonly mayBeCut?: boolean;
  /** From waiting for a connection to the last byte. */
  readonly timeoutMs: number;
  /** Closes the connection afterwards. */
  readonly once?: boolean;
  readonly signal?: AbortSignal;
}

/** An answer that is no redirect, as it was sent: nothing was decoded. */
export interface GuardedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * `address`: not connected to (asking again comes to the same); `redirect`, `encoding`, `size`: what was answered is not
 * taken; `time`; `network`: no connection, or it broke; `stopped`: by `signal` or by closing the agent.
 */
export type GoingOutFault = 'address' | 'redirect' | 'encoding' | 'size' | 'time' | 'network' | 'stopped';

/** Why a request came to no answer. Holds nothing of the request but its host, and no cause: those may hold secrets. */
export class GoingOutFailure extends Error {
  override readonly name = 'GoingOutFailure';

  constructor(
    readonly fault: GoingOutFault,
    /** Part of a sentence. */
    readonly reason: string,
    /** HTTP status, where an answer had begun. */
    readonly status: number | null = null,
  ) {
    super(reason);
  }
}

/** For tests. */
export interface GuardedAgentOptions {
  /** Certificates (PEM) of the authorities that are trusted. Default: those of Node. */
  readonly authorities?: string;
  /** Default: that of the system. */
  readonly lookup?: typeof lookup;
  readonly connectTimeoutMs?: number;
}

const MOST_CONNECTIONS_PER_ORIGIN = 8;
const MOST_CONNECTIONS = 64;
const LONGEST_CONNECT_MS = 5_000;
const MOST_HEADER_BYTES = 16_384;
const ADDRESS_REFUSED = 'GUARD_ADDRESS_REFUSED';

class AddressRefused extends Error {
  readonly code = ADDRESS_REFUSED;
}

/**
 * The only way out to addresses that somebody gave us. Which address is dialled is decided when the connection is made,
 * for IP addresses and for all addresses of a name, so that a name cannot change between check and use. Redirects are not
 * followed, compressed answers not read, certificates always checked (TLS 1.2 at least). One per process; its owner
 * closes it, and what is under way then fails.
 */
export class GuardedAgent {
  readonly #policy: NetworkPolicy;
  /** Two, because a connection that an operator may have made must not serve an address that a message named. */
  readonly #agents: Readonly<Record<GivenBy, Agent>>;
  readonly #slots = new ConnectionSlots(MOST_CONNECTIONS_PER_ORIGIN, MOST_CONNECTIONS);
  readonly #underWay = new Set<AbortController>();
  #isClosed = false;

  constructor(settings: NetworkSettings, options: GuardedAgentOptions = {}) {
    this.#policy = networkPolicy(settings);
    this.#agents = { operator: this.#agent('operator', options), message: this.#agent('message', options) };
  }

  /** What is wrong with an address before anything is looked up, as part of a sentence; `null`: nothing. */
  addressFault(url: URL, givenBy: GivenBy): string | null {
    return addressFault(url, givenBy, this.#policy);
  }

  /** Throws `GoingOutFailure`, and nothing else. Every status but a redirect is an answer. */
  async request(request: GuardedRequest): Promise<GuardedAnswer> {
    const { url, givenBy, signal } = request;
    const fault = this.addressFault(url, givenBy);
    if (fault !== null) throw new GoingOutFailure('address', fault);
    if (this.#isClosed || signal?.aborted) throw stopped();
    // Not AbortSignal.any(): on Node 20 every signal made by it stays tied to those that live long.
    const ends = new AbortController();
    const giveUp = (): void => ends.abort();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      giveUp();
    }, request.timeoutMs);
    signal?.addEventListener('abort', giveUp);
    this.#underWay.add(ends);
    let release: (() => void) | null = null;
    try {
      release = await this.#slots.take(url.origin, ends.signal);
      return await readAnswer(await this.#send(request, ends.signal), request);
    } catch (error) {
      if (error instanceof GoingOutFailure) throw error;
      if (this.#isClosed || signal?.aborted) throw stopped();
      const { code, timedOut, reason } = readNetworkFailure(error);
      if (code === ADDRESS_REFUSED) throw new GoingOutFailure('address', REFUSED_NETWORK);
      if (timedOut || isLate) throw new GoingOutFailure('time', `no whole answer came within ${request.timeoutMs} ms`);
      throw new GoingOutFailure('network', reason);
    } finally {
      release?.();
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      this.#underWay.delete(ends);
    }
  }

  /** `fetch` for libraries that want one (jose's `customFetch`): GET only, within these limits. */
  fetch(limits: Pick<GuardedRequest, 'givenBy' | 'maxBytes' | 'timeoutMs'>): GuardedFetch {
    return async (url, { headers, signal } = {}) => {
      const { status, text } = await this.request({
        ...limits,
        method: 'GET',
        url: new URL(url),
        headers: Object.fromEntries(headers ?? []),
        ...(signal ? { signal } : {}),
      });
      if (status < 200 || status > 599) throw new GoingOutFailure('network', 'the answer has no usable status', status);
      return new Response(status === 204 || status === 205 ? null : text, { status });
    };
  }

  /** Ends what is under way and all connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const ends of this.#underWay) ends.abort();
    await Promise.all([this.#agents.operator.destroy(), this.#agents.message.destroy()]);
  }

  #send(request: GuardedRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { url, givenBy, method, headers, body, timeoutMs, once } = request;
    return this.#agents[givenBy].request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { accept: 'application/json', ...headers, 'accept-encoding': 'identity' },
      body: body ?? null,
      reset: once ?? false,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal,
    });
  }

  #agent(givenBy: GivenBy, { authorities, lookup: lookUp = lookup, connectTimeoutMs }: GuardedAgentOptions): Agent {
    return new Agent({
      connections: MOST_CONNECTIONS_PER_ORIGIN,
      pipelining: 1,
      maxHeaderSize: MOST_HEADER_BYTES,
      connect: (options, callback) => {
        const host = bareHost(options.hostname);
        const isRefused = this.#policy(host, givenBy);
        if (isIP(host) !== 0 && isRefused(host)) {
          callback(new AddressRefused('refused'), null);
          return;
        }
        const connect = buildConnector({
          timeout: connectTimeoutMs ?? LONGEST_CONNECT_MS,
          lookup: guardedLookup(isRefused, lookUp),
          rejectUnauthorized: true,
          minVersion: 'TLSv1.2',
          // A session that is taken up again is not asked for the name of its server.
          maxCachedSessions: 0,
          ...(authorities === undefined ? {} : { ca: authorities }),
        });
        connect(options, callback);
      },
    });
  }
}

/** The part of `fetch` that libraries use to read a document. */
export type GuardedFetch = (
  url: string,
  init?: { readonly headers?: Headers; readonly signal?: AbortSignal | null },
) => Promise<Response>;

function stopped(): GoingOutFailure {
  return new GoingOutFailure('stopped', 'it was not waited for to the end');
}

/** Looks a name up; fails when any of its addresses is refused. What was checked is what is dialled. */
function guardedLookup(isRefused: AddressRule, lookUp: typeof lookup): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) callback(error, '', 0);
      else if (addresses.some(({ address }) => isRefused(address))) callback(new AddressRefused('refused'), '', 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
}

async function readAnswer(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  { maxBytes, mayBeCut }: GuardedRequest,
): Promise<GuardedAnswer> {
  const refuse = (fault: GoingOutFault, reason: string): GoingOutFailure => {
    body.on('error', () => undefined).destroy();
    return new GoingOutFailure(fault, reason, status);
  };
  if (status >= 300 && status < 400) {
    throw refuse('redirect', `it answered with a redirect (${String(status)}), which is not followed`);
  }
  const encoding = [headers['content-encoding'] ?? ''].flat().join().trim().toLowerCase();
  if (encoding !== '' && encoding !== 'identity') {
    throw refuse('encoding', 'it compressed its answer although it was asked not to');
  }
  const tooLong = `it answered more than ${String(Math.round(maxBytes / 1024))} KiB`;
  if (!mayBeCut && Number(headers['content-length'] ?? 0) > maxBytes) throw refuse('size', tooLong);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= maxBytes) continue;
    if (!mayBeCut) throw refuse('size', tooLong);
    break;
  }
  const text = Buffer.concat(chunks, Math.min(size, maxBytes)).toString('utf8');
  return { status, headers, text: text.replace(/^\uFEFF/u, '') };
}
