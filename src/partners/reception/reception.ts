import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { writeErrorBody, writeRejectedAnswer, writeRejectedMessage } from '../../dci/answer.js';
import { dialect, type Dialect } from '../../dci/dialects/dialect.js';
import { type HeaderRejection, judgeHeader, readHeader } from '../../dci/header.js';
import { field, textOf, type WireObject, wireObject } from '../../dci/wire-object.js';
import { loggableError } from '../../record/loggable-error.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { BearerCheck } from '../../security/bearer.js';
import { readAddressPage } from './address-page.js';
import { checkRegistry, largestPageFor } from './caller-limits.js';
import { type Deadline, startDeadline } from './deadline.js';
import type { Endpoint, ReceivedMessage, Reply } from './endpoint.js';
import { checkMediaType, readJsonObject, writeJson } from './json-body.js';
import { checkParties, type MessagePolicy } from './message-policy.js';
import { readRegistryPath, type RegistryPath } from './paths.js';
import { receiveBody } from './receive-body.js';
import { type RequestLimit, requestLimit } from './request-limit.js';
import { openMessage, type SealContext, sealReply } from './sealed-messages.js';
import { asWireProblem, WireProblem } from './wire-problem.js';

/** The settings of the reception. */
export interface ReceptionConfig extends MessagePolicy {
  /** Which registries are served. */
  readonly registries: readonly RegistryKind[];
  readonly maxPageSize: number;
  readonly maxBodyBytes: number;
  /** How long a caller waits for an answer at most. */
  readonly answerSeconds: number;
  /** Of one client; 0: any number. */
  readonly partnerRequestsPerSecond: number;
}

/** What the reception works with. */
export interface ReceptionOptions extends SealContext {
  readonly endpoints: readonly Endpoint[];
  readonly bearer: BearerCheck;
  readonly config: ReceptionConfig;
  /** `sender_id` of our messages. */
  readonly senderId: () => string;
}

/** Answers what is addressed to a registry and passes on everything else. */
export type Reception = (request: IncomingMessage, response: ServerResponse, next: () => void) => Promise<void>;

/** How those are answered whose dialect is not known yet. */
const DEFAULT_DIALECT = dialect('spdci-1.0');

/** What is known of a call so far. */
interface Call {
  readonly correlationId: string;
  readonly now: Date;
  readonly deadline: Deadline;
  dialect: Dialect;
  /** Name of the client; `null` until its token was found to be good. */
  client: string | null;
}

/**
 * The one way in for every message of the standard. A stranger learns nothing but that a token is needed; what follows
 * is checked from the outside in: type and size of the body, JSON, header, parties, signature; then it is decrypted. Only
 * then does the endpoint's handler see it.
 */
export function receptionRoutes(options: ReceptionOptions): Reception {
  const table: ReadonlyMap<string, Endpoint> = new Map(
    options.endpoints.flatMap((endpoint) => [endpoint.path, ...endpoint.aliases].map((path) => [path, endpoint])),
  );
  const limit = requestLimit(options.config.partnerRequestsPerSecond);
  const answerMs = options.config.answerSeconds * 1000;

  return async (request, response, next) => {
    const url = request.url ?? '/';
    const query = url.indexOf('?');
    const path = readRegistryPath(query < 0 ? url : url.slice(0, query));
    if (path === null) {
      next();
      return;
    }
    const deadline = startDeadline(response, answerMs);
    const call: Call = {
      correlationId: randomUUID(),
      now: new Date(),
      deadline,
      dialect: DEFAULT_DIALECT,
      client: null,
    };
    try {
      const endpoint = findEndpoint(path, table, options.config);
      const reply = await Promise.race([receive(request, endpoint, path, call, limit, options), deadline.expired]);
      send(response, reply, {});
    } catch (error) {
      refuse(error, path.endpoint, response, call, options.log);
    } finally {
      deadline.close();
    }
  };
}

function findEndpoint(path: RegistryPath, table: ReadonlyMap<string, Endpoint>, config: ReceptionConfig): Endpoint {
  const endpoint = table.get(path.endpoint);
  const registries = path.registry === null ? endpoint?.registries : [path.registry];
  const isServed = registries?.some((one) => config.registries.includes(one) && endpoint?.registries.includes(one));
  if (endpoint && isServed) return endpoint;
  throw new WireProblem('err.request.not_found', 'There is no such endpoint here: see /openapi.json', 404);
}

async function receive(
  request: IncomingMessage,
  endpoint: Endpoint,
  path: RegistryPath,
  call: Call,
  limit: RequestLimit,
  options: ReceptionOptions,
): Promise<Reply> {
  const { bearer, config, senderId, log } = options;
  if (request.method !== 'POST') {
    throw new WireProblem('err.request.bad', 'Send the message with POST', 405, { headers: { Allow: 'POST' } });
  }
  // Before the body is read: a stranger has nothing parsed and learns nothing of what would be valid.
  const caller = await bearer(request, endpoint.scopes);
  call.dialect = dialect(caller.dialect);
  call.client = caller.name;
  await limit(caller.clientId);
  checkRegistry(caller.access, endpoint, path.registry);

  checkMediaType(request, endpoint.mode === 'callback');
  const body = await receiveBody(request, config.maxBodyBytes, call.deadline.signal);
  call.deadline.bodyArrived();
  const written = readJsonObject(body);
  const header = readHeader(written, endpoint.mode === 'callback' ? 'callback' : 'request');
  const { receiverIds } = config;
  checkParties(header, caller.reception, { receiverIds, needsCallback: endpoint.mode === 'request' });
  const { correlationId, now, deadline } = call;
  const opened = await openMessage({ caller, envelope: written, body, now, correlationId }, config, options);
  const { envelope, isSigned, windowSeconds, digest: bodyDigest } = opened;
  const message = readMessage(envelope, endpoint);
  const { strict } = caller.reception;
  const rejection = judgeHeader(header, { expectedAction: endpoint.action, message, strict, now, windowSeconds });
  const received: ReceivedMessage = {
    caller,
    dialect: call.dialect,
    header,
    message,
    envelope,
    isSigned,
    bodyDigest,
    registry: path.registry,
    addressPage: readAddressPage(request.url ?? '', largestPageFor(caller.access, config)),
    correlationId,
    now,
    signal: deadline.signal,
  };
  if (rejection === null) return await sealReply(await endpoint.handle(received), caller, options, now);
  log.info({ client: caller.name, code: rejection.code, correlationId }, 'a message was rejected');
  return await sealReply(reject(rejection, endpoint, received, senderId()), caller, options, now);
}

function readMessage(envelope: WireObject, { mode }: Endpoint): WireObject {
  const message = wireObject(field(envelope, 'message'));
  if (message !== null) return message;
  // A callback may say in its header alone that nothing came of a request.
  if (mode === 'callback' && field(envelope, 'message') === undefined) return {};
  throw new WireProblem('err.request.bad', 'message is missing or not an object', 400);
}

/** Of synchronous answers to anything but a search, which is answered as the dialect has it. */
const ANSWER_ACTIONS: Readonly<Record<string, string>> = { 'txn-status': 'txn-on-status', notify: 'notify' };

/** A synchronous answer says in its header what is wrong with the header of the request; an acknowledgement cannot. */
function reject(
  rejection: HeaderRejection,
  { mode, action }: Endpoint,
  received: ReceivedMessage,
  senderId: string,
): Reply {
  if (mode !== 'sync') {
    const isVersion = rejection.code === 'rjct.version.invalid';
    throw new WireProblem(isVersion ? 'err.version.not_supported' : 'err.request.bad', rejection.message, 400);
  }
  const { header, message, correlationId, now } = received;
  const transactionId = textOf(field(message, 'transaction_id')) ?? '';
  const settings = { dialect: received.dialect, senderId, now, messageId: randomUUID(), correlationId };
  const body =
    action === 'search'
      ? writeRejectedMessage({ header, transactionId, ...rejection }, settings)
      : writeRejectedAnswer(header, rejection, settings, ANSWER_ACTIONS[action]);
  return { status: 200, body };
}

function send(response: ServerResponse, { status, body }: Reply, headers: Readonly<Record<string, string>>): void {
  const text = writeJson(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    ...headers,
  });
  response.end(text);
}

function refuse(error: unknown, endpoint: string, response: ServerResponse, call: Call, log: Logger): void {
  const problem = asWireProblem(error);
  const { status, code, message, headers } = problem;
  const { client, correlationId } = call;
  const about = { client, endpoint, status, code, correlationId };
  if (status >= 500) log.error({ ...about, err: loggableError(problem.cause) }, 'a message could not be answered');
  else log.info({ ...about, reason: message }, 'a message was refused');
  if (response.destroyed || response.headersSent) return;
  send(response, { status, body: writeErrorBody(code, message, status, call) }, headers);
}
