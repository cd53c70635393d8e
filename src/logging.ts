import { pino, type DestinationStream, type Logger } from 'pino';
import { ENDPOINT_PATHS } from './partners/reception/endpoints.js';
import { type LoggableError, loggableError } from './record/loggable-error.js';

/** Reads a field for the log; `undefined`: it does not have the shape that the field is known by. */
type Shape = (value: unknown) => unknown;

const count: Shape = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
const yesOrNo: Shape = (value) => (typeof value === 'boolean' ? value : undefined);
const matching =
  (pattern: RegExp): Shape =>
  (value) =>
    value === null || (typeof value === 'string' && pattern.test(value)) ? value : undefined;
const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every((entry) => shape(entry) !== undefined) ? value : undefined;

const id = matching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u);
/** Of the program itself, or by which an operator calls a thing. */
const word = matching(/^\w[\w.:-]{0,79}$/u);
/** A sentence of ours. */
const sentence: Shape = (value) => (typeof value === 'string' ? value.slice(0, 300) : undefined);
/** The words of an error, of which we know only who wrote them. */
const errorText: Shape = (value) => (typeof value === 'string' ? withoutValues(value) : undefined);

/**
 * Every field that a line of the log may have, by its shape. What has another name or shape is left out and counted: a
 * field is in the log because somebody decided so here, never because it happened to be in an object.
 */
const FIELDS: Readonly<Record<string, Shape>> = {
  correlationId: id,
  requestId: id,
  delivery: id,
  row: id,
  run: id,
  subscription: id,
  transaction: id,
  // The name that an operator gave a partner.
  client: (value) => (value === null || typeof value === 'string' ? value : undefined),
  action: word,
  code: word,
  kid: word,
  outcome: word,
  purpose: word,
  queue: word,
  source: word,
  table: word,
  error: errorText,
  reason: sentence,
  said: errorText,
  err: describeError,
  endpoint: (value) => (typeof value === 'string' && ENDPOINT_PATHS.has(value) ? value : undefined),
  method: matching(/^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/u),
  // Of this gateway, and of its own folders.
  url: matching(/^https?:\/\/[\w.:[\]-]+\/?$/u),
  folder: sentence,
  files: listOf(sentence),
  migrations: listOf(word),
  scopes: listOf(word),
  again: yesOrNo,
  isKnown: yesOrNo,
  last: yesOrNo,
  attempt: count,
  attempts: count,
  codes: count,
  days: count,
  deleted: count,
  items: count,
  messages: count,
  ms: count,
  port: count,
  records: count,
  refused: count,
  rejected: count,
  seconds: count,
  status: (value) => (value === null ? null : count(value)),
  waiting: count,
};

/** A second net, for what should never have come so far: our secrets, tokens, and passwords in addresses. */
const SECRETS = [
  /dci_[A-Za-z0-9_-]{20,}/gu,
  /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/gu,
  /\b(?:Basic|Bearer)\s+[\w.~+/=-]{8,}/gu,
  /(?<=:\/\/[^\s/:@"]{0,80}:)[^\s/@"]+(?=@)/gu,
];

/**
 * The log of a process, as JSON lines. Only the fields of `FIELDS` come through; `dropped` says how many did not. Of an
 * error its name, its place and its words without the values in them.
 */
export function createLogger(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      formatters: { log: allowed },
      // What a child is bound to would pass the list by.
      onChild: () => {
        throw new Error('Loggers have no children here: give the fields with each line');
      },
      // They would run after the list, on what it made.
      serializers: { err: (value: unknown) => value },
      hooks: {
        logMethod(given, method) {
          const [first] = given as readonly unknown[];
          // An error alone would become the message with all that it says.
          if (first instanceof Error && given.length === 1) method.apply(this, [{ err: first }, 'something failed']);
          else method.apply(this, given);
        },
        streamWrite: (line) => SECRETS.reduce((text, secret) => text.replace(secret, '[secret]'), line),
      },
    },
    destination,
  );
}

function allowed(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const read = Object.hasOwn(FIELDS, name) ? FIELDS[name]?.(value) : undefined;
    if (read === undefined) dropped += 1;
    else kept[name] = read;
  }
  if (dropped > 0) kept.dropped = dropped;
  return kept;
}

/** An error without the values in its words, and of its stack the places only. */
export interface DescribedError {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly places: readonly string[];
}

/** Reads anything that was thrown. */
export function describeError(error: unknown): DescribedError {
  const { name, message, code, stack } = isDescribed(error) ? error : loggableError(error);
  const places = (stack ?? '').split('\n').filter((line) => /^\s+at .{1,300}$/u.test(line));
  return {
    name: word(name) === undefined ? 'Error' : name,
    ...(code === undefined || word(code) === undefined ? {} : { code }),
    message: withoutValues(message),
    places: places.map((line) => line.trim()),
  };
}

function isDescribed(error: unknown): error is LoggableError {
  if (typeof error !== 'object' || error === null || error instanceof Error) return false;
  return 'name' in error && typeof error.name === 'string' && 'message' in error && typeof error.message === 'string';
}

/**
 * What an error says without what it quotes: databases, parsers and libraries put the value at fault between quotes, or
 * as a word with digits or signs in it.
 */
function withoutValues(text: string): string {
  return text
    .slice(0, 1000)
    .replace(/"[^"]*"?|“[^”]*”?|`[^`]*`?|(?<!\w)'(?:[^']|(?<=\w)'(?=\w))*'?/gu, '"…"')
    .replace(/\([^()]*\)=\([^()]*\)/gu, '(…)')
    .replace(/\S*[\d@=\\/]\S*/gu, '…')
    .slice(0, 300);
}
