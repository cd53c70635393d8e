import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type WireObject, wireObject } from '../../dci/wire-object.js';
import { isEncoded } from '../../security/content-encoding.js';
import { WireProblem } from './wire-problem.js';

/** Deeper than any query that somebody would write; code that walks a body may recurse. */
const DEEPEST = 64;
const BYTE_ORDER_MARK = '\ufeff';

const bad = (message: string): WireProblem => new WireProblem('err.request.bad', message, 400);
const unsupported = (message: string): WireProblem => new WireProblem('err.request.bad', message, 415);

/**
 * Refuses (415) compressed and multipart bodies, and what does not call itself JSON unless `anyType`: some registries
 * send their callbacks as text.
 */
export function checkMediaType(request: IncomingMessage, anyType: boolean): void {
  if (isEncoded(request)) throw unsupported('Send the body without Content-Encoding');
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json') return;
  if (type.startsWith('multipart/')) throw unsupported('Send the message as JSON: files are not read here');
  if (!anyType && !/^application\/[\w.-]+\+json$/u.test(type)) {
    throw unsupported('Send the message as JSON, with Content-Type: application/json');
  }
}

/** The received body as an object. Throws a `WireProblem` that never holds any of it. */
export function readJsonObject(body: Buffer): WireObject {
  if (body.length === 0) throw bad('The body is empty');
  if (!isUtf8(body)) throw bad('The body is not UTF-8');
  if (isDeeperThan(body, DEEPEST)) throw bad(`The body is nested deeper than ${String(DEEPEST)} levels`);
  const object = wireObject(parse(body.toString()));
  if (object === null) throw bad('The body is not a JSON object');
  return object;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
    return value;
  } catch {
    throw bad('The body is not well-formed JSON');
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Looks at the bytes alone: no byte of a character beyond ASCII is one of these. */
function isDeeperThan(body: Buffer, most: number): boolean {
  let level = 0;
  let inText = false;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index] ?? 0;
    if (inText) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (OPENING.has(byte)) {
      level += 1;
      if (level > most) return true;
    } else if (CLOSING.has(byte)) level -= 1;
  }
  return false;
}

/** Characters by which a browser that took JSON for a page would know markup. */
const MARKUP = /[<>&]/gu;

/**
 * The body of an answer. A partner's own words are echoed in it: whatever they are, no `<`, `>` or `&` stands in it, for
 * which JSON has another spelling that every reader reads as the same.
 */
export function writeJson(body: WireObject): string {
  return JSON.stringify(body).replace(
    MARKUP,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
