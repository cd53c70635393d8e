import { hash } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { Caller } from '../security/bearer.js';
import { errorBody } from './error-answers.js';
import type { TrustedDocuments } from './trusted-documents.js';

/**
 * Puts the text of a registered operation into a request that only names it: by `documentId`, as GraphQL over HTTP has
 * it, or by `extensions.persistedQuery.sha256Hash`. Where no operations are registered the server says so itself.
 */
export function readNamedDocument(trusted: TrustedDocuments | null) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const body: unknown = request.body;
    const id = trusted && isObject(body) && body['query'] === undefined ? idOf(body) : null;
    if (trusted === null || id === null || !isObject(body)) {
      next();
      return;
    }
    const text = trusted.textOf(id);
    if (text === undefined) {
      response.status(400).json(errorBody('PERSISTED_QUERY_NOT_FOUND', 'No operation is registered under this id'));
      return;
    }
    const extensions = isObject(body['extensions']) ? without('persistedQuery', body['extensions']) : {};
    request.body = { ...without('documentId', body), query: text, extensions };
    next();
  };
}

/** Of documents and subscriptions alike. */
export const NOT_REGISTERED =
  'This operation is not registered with the gateway: register it, or ask with a client that has the scope graph.adhoc';

/** Lets nothing but registered operations come to the parser, unless the caller has the scope `graph.adhoc`. */
export function requireRegistered(trusted: TrustedDocuments | null, callerOf: (response: object) => Caller) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const isFree = trusted === null || callerOf(response).scopes.includes('graph.adhoc');
    if (isFree || textsOf(request).every((text) => trusted.has(text, hash('sha256', text, 'hex')))) next();
    else response.status(400).json(errorBody('PERSISTED_QUERY_REQUIRED', NOT_REGISTERED));
  };
}

/** Texts that the server could take for the operation; one that has none is refused by the server itself. */
function textsOf({ body, originalUrl }: Request): string[] {
  const read: unknown = body;
  const inBody = isObject(read) ? read['query'] : undefined;
  const inAddress = new URL(originalUrl, 'http://gateway').searchParams.getAll('query');
  return [...(typeof inBody === 'string' ? [inBody] : []), ...inAddress];
}

function idOf({ documentId, extensions }: Readonly<Record<string, unknown>>): string | null {
  if (typeof documentId === 'string') return documentId;
  const persisted = isObject(extensions) ? extensions['persistedQuery'] : undefined;
  const digest = isObject(persisted) ? persisted['sha256Hash'] : undefined;
  return typeof digest === 'string' ? digest : null;
}

function without(key: string, object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
