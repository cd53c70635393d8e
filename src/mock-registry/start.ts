import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { BirthRegister } from './births.js';
import { createDice, uuid } from './dice.js';
import { type Door, type Fault, Faults } from './faults.js';
import { writeLocations } from './locations.js';
import { errorReply, faultyReply, isAnswerFault, jsonReply, type Reply, send } from './replies.js';
import { InvalidMessage, readSearchMessage } from './search-message.js';
import { Search, SearchFailure } from './search.js';
import { createSigner, type Signer } from './signatures.js';
import { type TokenCredentials, Tokens } from './tokens.js';
import { countTruth, type Truth } from './truth.js';

export { type Fault } from './faults.js';
export { type TokenCredentials } from './tokens.js';
export { type Truth } from './truth.js';

export interface MockRegistryOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** How many registered births; 300 by default, a million at most. */
  readonly births?: number;
  /** The same seed (and number of births) makes the same register. */
  readonly seed?: number;
  /** Made from the seed by default, so that a client stays known when the register is started again. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** `query` by default, as the real one. */
  readonly tokenCredentials?: TokenCredentials;
  readonly tokenLifetimeSeconds?: number;
  /** Whether answers carry a signature. */
  readonly sign?: boolean;
  /** How far pages may reach into a result (the real one: 10,000); without end by default. */
  readonly window?: number;
  readonly faults?: readonly Fault[];
  /** Called with one line per request: method, path and status, never a parameter. */
  readonly log?: (line: string) => void;
}

/** One request that was made, without its parameters. */
export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  readonly at: Date;
  /** 0 while no status has been sent, which is for ever where a fault cut or held the connection. */
  status: number;
}

export interface MockRegistry {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What an import of all births must come to; counted at the first look. */
  readonly truth: Truth;
  /** The newest 1,000 requests, oldest first. */
  readonly requests: readonly AskedRequest[];
  /** How often each door was knocked at since the start. */
  readonly asked: Readonly<Record<Door, number>>;
  /** The newest 20 search messages as they were read, oldest first. */
  readonly searches: readonly unknown[];
  /** Replaces all faults. */
  setFaults(faults: readonly Fault[]): void;
  /** Ends every connection, hanging ones too. */
  close(): Promise<void>;
}

const REQUESTS_KEPT = 1000;
const SEARCHES_KEPT = 20;
const LARGEST_BODY = 1024 * 1024;
const MOST_BIRTHS = 1_000_000;

/** Starts a civil register of invented births that answers as the OpenCRVS DCI server 1.0 does. */
export async function startMockRegistry(options: MockRegistryOptions = {}): Promise<MockRegistry> {
  const seed = options.seed ?? 1;
  const births = options.births ?? 300;
  if (!Number.isInteger(births) || births < 0 || births > MOST_BIRTHS) {
    throw new RangeError(`The number of births must be a whole number from 0 to ${String(MOST_BIRTHS)}`);
  }
  const dice = createDice(seed);
  const clientId = options.clientId ?? uuid(dice(0, 1), dice(0, 2), dice(0, 3), dice(0, 4));
  const clientSecret = options.clientSecret ?? `mock-${uuid(dice(0, 5), dice(0, 6), dice(0, 7), dice(0, 8))}`;
  const register = new BirthRegister(seed, births);
  const service = new Service({
    register,
    search: new Search(register, options.window ?? Number.POSITIVE_INFINITY),
    tokens: new Tokens({ clientId, clientSecret, lifetimeSeconds: options.tokenLifetimeSeconds ?? 600 }),
    tokenCredentials: options.tokenCredentials ?? 'query',
    signer: options.sign === true ? await createSigner() : null,
    log: options.log ?? (() => undefined),
  });
  service.faults.set(options.faults ?? []);

  const server = createServer((request, response) => {
    void service.handle(request, response);
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  let truth: Truth | null = null;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(portOf(server.address()))}`,
    clientId,
    clientSecret,
    get truth() {
      const { deaths, marriages } = service.search;
      truth ??= countTruth(register, { deaths: deaths.length, marriages: marriages.length });
      return truth;
    },
    requests: service.requests,
    asked: service.asked,
    searches: service.searches,
    setFaults: (faults) => {
      service.faults.set(faults);
    },
    close: async () => {
      service.closing.abort();
      const closed = new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
      server.closeAllConnections();
      await closed;
    },
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('The register has no port');
  return address.port;
}

interface Parts {
  readonly register: BirthRegister;
  readonly search: Search;
  readonly tokens: Tokens;
  readonly tokenCredentials: TokenCredentials;
  readonly signer: Signer | null;
  readonly log: (line: string) => void;
}

/** What happens with one request, from its first line to its answer. */
class Service {
  readonly faults = new Faults();
  readonly requests: AskedRequest[] = [];
  readonly searches: unknown[] = [];
  readonly asked: Record<Door, number> = { token: 0, search: 0, locations: 0 };
  readonly closing = new AbortController();
  readonly search: Search;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.search = parts.search;
  }

  /** Never rejects: a mistake of the register itself is answered with 500 and logged. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://register.invalid');
    const asked: AskedRequest = { method: request.method ?? 'GET', path: url.pathname, at: new Date(), status: 0 };
    keepNewest(this.requests, asked, REQUESTS_KEPT);
    try {
      await this.#answer(request, response, url, asked);
    } catch (error) {
      if (response.destroyed || this.closing.signal.aborted) return;
      this.#parts.log(`mistake of the register: ${error instanceof Error ? error.message : String(error)}`);
      asked.status = 500;
      if (!response.headersSent) await send(response, errorReply(500, 'Internal Server Error'), WHOLE);
    } finally {
      this.#parts.log(`${asked.method} ${asked.path} ${asked.status === 0 ? 'no answer' : String(asked.status)}`);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, url: URL, asked: AskedRequest): Promise<void> {
    const door = doorOf(asked);
    const striking = door === null ? [] : this.faults.striking(door);
    if (door !== null) this.asked[door] += 1;
    const body = await readBody(request);
    for (const fault of striking.filter(isAnswerFault)) {
      if (fault.kind === 'slow') await wait(fault.milliseconds, undefined, { signal: this.closing.signal });
      if (fault.kind === 'hang') return;
      if (fault.kind === 'reset') {
        request.socket.resetAndDestroy();
        return;
      }
    }
    const faulty = striking
      .filter(isAnswerFault)
      .map(faultyReply)
      .find((reply) => reply !== null);
    const reply =
      faulty ?? (body === null ? errorReply(413, TOO_LARGE) : await this.#reply(request, url, door, body, striking));
    const half = striking.some((fault) => fault.kind === 'half-body');
    asked.status = reply.status;
    await send(response, reply, { acceptEncoding: headerText(request, 'accept-encoding'), half });
  }

  async #reply(
    request: IncomingMessage,
    url: URL,
    door: Door | null,
    body: string,
    faults: readonly Fault[],
  ): Promise<Reply> {
    switch (door) {
      case 'token':
        return this.#token(url, headerText(request, 'content-type'), body);
      case 'search':
        return this.#search(request, body, faults);
      case 'locations':
        return { ...jsonReply(200, writeLocations(this.#parts.register.country, faults)), headers: RANGES };
      case null:
        break;
    }
    if (request.method === 'GET' && (url.pathname === '/health' || url.pathname === '/')) {
      return { ...jsonReply(200, { success: true }), headers: RANGES };
    }
    if (request.method === 'GET' && url.pathname === '/.well-known/jwks.json') {
      return { ...jsonReply(200, this.#parts.signer?.jwks ?? { keys: [] }), headers: RANGES };
    }
    return errorReply(404, 'Not Found');
  }

  async #token(url: URL, contentType: string, body: string): Promise<Reply> {
    const { tokenCredentials, tokens } = this.#parts;
    const form = contentType.startsWith('application/x-www-form-urlencoded') ? new URLSearchParams(body) : EMPTY;
    const fromQuery = tokenCredentials === 'query' || (tokenCredentials === 'any' && url.searchParams.has('client_id'));
    const answer = await tokens.answer(fromQuery ? url.searchParams : form);
    return {
      status: answer.status,
      body: JSON.stringify(answer.body),
      contentType: 'application/octet-stream',
      chunked: true,
    };
  }

  async #search(request: IncomingMessage, body: string, faults: readonly Fault[]): Promise<Reply> {
    const { authorization } = request.headers;
    if (authorization === undefined) return errorReply(401, 'Authorization header is missing');
    if (!authorization.startsWith('Bearer')) {
      return errorReply(401, 'Authorization header is missing Bearer authentication scheme');
    }
    try {
      const content = readContent(headerText(request, 'content-type'), body);
      keepNewest(this.searches, content, SEARCHES_KEPT);
      const message = readSearchMessage(content);
      if (message.isEncrypted) throw new SearchFailure('Encrypted, but the message is plain');
      if (message.signature !== undefined && !URL.canParse(message.signature === '' ? '' : message.senderId)) {
        throw new SearchFailure('No keys to check the signature with');
      }
      // The token is looked at by the register behind the server, which a message without questions never reaches.
      if (message.requests.length > 0 && !(await this.#parts.tokens.isValid(authorization.slice(7)))) {
        return errorReply(401, 'Unauthorized in gateway');
      }
      const answer = this.search.answer(message, faults);
      const { signer } = this.#parts;
      if (signer === null) return jsonReply(200, answer);
      return jsonReply(200, { ...answer, signature: await signer.sign(JSON.stringify(answer)) });
    } catch (error) {
      if (error instanceof SyntaxError) return errorReply(400, 'Bad Request');
      if (error instanceof InvalidMessage) return errorReply(400, error.message);
      if (error instanceof SearchFailure) return errorReply(500, 'Internal Server Error');
      throw error;
    }
  }
}

const EMPTY = new URLSearchParams();
const RANGES = { 'accept-ranges': 'bytes' };
const WHOLE = { acceptEncoding: '', half: false };
const TOO_LARGE = `Payload content length greater than maximum allowed: ${String(LARGEST_BODY)}`;

function doorOf({ method, path }: AskedRequest): Door | null {
  if (method === 'POST' && path === '/oauth2/client/token') return 'token';
  if (method === 'POST' && path === '/registry/sync/search') return 'search';
  return method === 'GET' && path === '/.well-known/locations.json' ? 'locations' : null;
}

function headerText(request: IncomingMessage, name: 'accept-encoding' | 'content-type'): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** The body as the server takes it in: no body is null, any type but JSON is a text. Throws `SyntaxError`. */
function readContent(contentType: string, body: string): unknown {
  if (body === '') return null;
  return contentType === '' || contentType.startsWith('application/json') ? JSON.parse(body) : body;
}

/** The whole body as text, or null where it is too large (it is read to its end all the same). */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= LARGEST_BODY) chunks.push(chunk);
  }
  return length > LARGEST_BODY ? null : Buffer.concat(chunks).toString('utf8');
}

function keepNewest<T>(list: T[], entry: T, most: number): void {
  list.push(entry);
  if (list.length > most) list.splice(0, list.length - most);
}
