import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type BirthRegister } from './births.js';
import { type Door, type Fault, Faults } from './faults.js';
import { writeLocations } from './locations.js';
import { errorReply, type ErrorWriter, faultyReply, isAnswerFault, jsonReply, type Reply, send } from './replies.js';
import { type Desk } from './search-desk.js';
import { type Signer } from './signatures.js';
import { credentialsIn, type TokenPlace } from './token-places.js';
import { type Tokens } from './tokens.js';

/** One request that was made, without its parameters. */
export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  readonly at: Date;
  /** 0 while no status has been sent, which is for ever where a fault cut or held the connection. */
  status: number;
}

const REQUESTS_KEPT = 1000;
const SEARCHES_KEPT = 20;
const LARGEST_BODY = 1024 * 1024;

/** What answering requests takes. */
export interface Parts {
  readonly register: BirthRegister;
  readonly paths: Readonly<Record<Door, string | null>>;
  readonly desk: Desk;
  readonly error: ErrorWriter;
  readonly tokens: Tokens;
  /** Where credentials are looked for, the first place first. */
  readonly tokenPlaces: readonly TokenPlace[];
  /** Whether a token request must name a database. */
  readonly needsDatabase: boolean;
  readonly signer: Signer | null;
  readonly log: (line: string) => void;
}

/** A request as it came in; `body` is null where it was too large. */
interface Incoming {
  readonly asked: AskedRequest;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  readonly body: string | null;
}

/** What happens with one request, from its first line to its answer. */
export class Reception {
  readonly faults = new Faults();
  readonly requests: AskedRequest[] = [];
  readonly searches: unknown[] = [];
  readonly asked: Record<Door, number> = { token: 0, search: 0, locations: 0 };
  readonly closing = new AbortController();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Never rejects: a mistake of the register itself is answered with 500 and logged. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path, query] = splitAddress(request.url ?? '/');
    const asked: AskedRequest = { method: request.method ?? 'GET', path, at: new Date(), status: 0 };
    keepNewest(this.requests, asked, REQUESTS_KEPT);
    try {
      const { headers } = request;
      const reply = await this.#answer(request, { asked, headers, query, body: await readBody(request) });
      if (reply === null) return;
      asked.status = reply.status;
      await send(response, reply, { acceptEncoding: headers['accept-encoding'] });
    } catch (error) {
      if (response.destroyed || this.closing.signal.aborted) return;
      const mistake = `mistake of the register: ${error instanceof Error ? error.message : String(error)}`;
      this.#parts.log(mistake);
      asked.status = 500;
      if (response.headersSent) response.destroy();
      else await send(response, errorReply(500, mistake), { acceptEncoding: undefined });
    } finally {
      this.#parts.log(`${asked.method} ${asked.path} ${asked.status === 0 ? 'no answer' : String(asked.status)}`);
    }
  }

  /** The answer to send, or null where a fault holds or cuts the connection instead. */
  async #answer(request: IncomingMessage, incoming: Incoming): Promise<Reply | null> {
    const door = doorOf(incoming.asked, this.#parts.paths);
    if (door === null) return this.#page(incoming);
    this.asked[door] += 1;
    const striking = this.faults.striking(door);
    const answerFaults = striking.filter(isAnswerFault);
    for (const fault of answerFaults) {
      if (fault.kind === 'slow') await wait(fault.milliseconds, undefined, { signal: this.closing.signal });
      if (fault.kind === 'hang') return null;
      if (fault.kind === 'reset') {
        request.socket.resetAndDestroy();
        return null;
      }
    }
    const { error } = this.#parts;
    const faulty = answerFaults.map((fault) => faultyReply(fault, error)).find((reply) => reply !== null);
    const reply = faulty ?? (await this.#open(door, incoming, striking));
    return answerFaults.some(({ kind }) => kind === 'half-body') ? { ...reply, half: true } : reply;
  }

  #page({ asked: { method, path } }: Incoming): Reply {
    if (method === 'GET' && (path === '/health' || path === '/')) {
      return { ...jsonReply(200, { success: true }), headers: RANGES };
    }
    if (method === 'GET' && path === '/.well-known/jwks.json') {
      return { ...jsonReply(200, this.#parts.signer?.jwks ?? { keys: [] }), headers: RANGES };
    }
    return errorReply(404, 'Not Found');
  }

  async #open(door: Door, incoming: Incoming, faults: readonly Fault[]): Promise<Reply> {
    const { body } = incoming;
    if (body === null) return errorReply(413, TOO_LARGE);
    const contentType = incoming.headers['content-type']?.toLowerCase() ?? '';
    switch (door) {
      case 'token':
        return this.#token(incoming, contentType);
      case 'search':
        return this.#search(incoming.headers.authorization, contentType, body, faults);
      case 'locations':
        return { ...jsonReply(200, writeLocations(this.#parts.register.country, faults)), headers: RANGES };
    }
  }

  async #token({ query, headers, body }: Incoming, contentType: string): Promise<Reply> {
    const { tokenPlaces, needsDatabase, tokens, error } = this.#parts;
    const parameters = credentialsIn(tokenPlaces, { query, contentType, authorization: headers.authorization, body });
    if (needsDatabase && !parameters.get('db_name')) return jsonReply(400, error(400, 'db_name is required.'));
    const answer = await tokens.answer(parameters);
    return {
      status: answer.status,
      body: JSON.stringify(answer.body),
      contentType: 'application/octet-stream',
      chunked: true,
    };
  }

  async #search(
    authorization: string | undefined,
    contentType: string,
    body: string,
    faults: readonly Fault[],
  ): Promise<Reply> {
    const { desk, error } = this.#parts;
    try {
      const content = readContent(contentType, body);
      keepNewest(this.searches, content, SEARCHES_KEPT);
      return await desk.answer({ authorization, content, faults });
    } catch (failure) {
      if (failure instanceof SyntaxError) return jsonReply(400, error(400, 'Bad Request'));
      throw failure;
    }
  }
}

function splitAddress(address: string): [path: string, query: URLSearchParams] {
  const mark = address.indexOf('?');
  if (mark < 0) return [address, new URLSearchParams()];
  return [address.slice(0, mark), new URLSearchParams(address.slice(mark + 1))];
}

const RANGES = { 'accept-ranges': 'bytes' };
const TOO_LARGE = `Payload content length greater than maximum allowed: ${String(LARGEST_BODY)}`;

function doorOf({ method, path }: AskedRequest, paths: Parts['paths']): Door | null {
  if (method === 'POST' && path === paths.token) return 'token';
  if (method === 'POST' && path === paths.search) return 'search';
  return method === 'GET' && path === paths.locations ? 'locations' : null;
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
