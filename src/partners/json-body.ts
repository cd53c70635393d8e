import express, { type Request, type RequestHandler } from 'express';
import { isEncoded } from '../security/content-encoding.js';
import { WireProblem } from './wire-problem.js';

/** Deeper than any query that somebody would write; code that walks a body may recurse. */
const DEEPEST = 64;

const bad = (message: string): WireProblem => new WireProblem('err.request.bad', message, 400);
const unsupported = (message: string): WireProblem => new WireProblem('err.request.bad', message, 415);

/** Receives the bytes of a JSON body, at most `maxBytes`; refuses other types and compressed bodies unread. */
export function receiveJson(maxBytes: number): RequestHandler[] {
  return [
    (request, _response, next) => {
      const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
      if (isEncoded(request)) next(unsupported('Send the body without Content-Encoding'));
      else if (type !== 'application/json' && !/^application\/[\w.-]+\+json$/u.test(type)) {
        next(unsupported('Send the message as JSON, with Content-Type: application/json'));
      } else next();
    },
    express.raw({ type: () => true, limit: maxBytes, inflate: false }),
  ];
}

/** The received body as a value. Throws a `WireProblem` that never holds any of it. */
export function readJson(request: Request<object, unknown, unknown>): unknown {
  const { body } = request;
  if (!Buffer.isBuffer(body) || body.length === 0) throw bad('The body is empty');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw bad('The body is not UTF-8');
  }
  if (depth(text) > DEEPEST) throw bad(`The body is nested deeper than ${String(DEEPEST)} levels`);
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw bad('The body is not well-formed JSON');
  }
}

const STRINGS = /"(?:[^"\\]|\\.)*"/gsu;

function depth(text: string): number {
  let deepest = 0;
  let level = 0;
  for (const [bracket] of text.replace(STRINGS, '').matchAll(/[[\]{}]/gu)) {
    level += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, level);
  }
  return deepest;
}
