/** Where a token request may carry the client's credentials. */
export type TokenPlace = 'query' | 'form' | 'json' | 'basic';

/** A token request as far as credentials can be in it. */
export interface TokenRequest {
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly authorization: string | undefined;
  readonly body: string | null;
}

/** The parameters in the first of the places that names a client; none where no place does. */
export function credentialsIn(places: readonly TokenPlace[], request: TokenRequest): URLSearchParams {
  for (const place of places) {
    const parameters = readPlace(place, request);
    if (parameters.has('client_id')) return parameters;
  }
  return new URLSearchParams();
}

function readPlace(place: TokenPlace, { query, contentType, authorization = '', body }: TokenRequest): URLSearchParams {
  const isForm = contentType.startsWith('application/x-www-form-urlencoded');
  switch (place) {
    case 'query':
      return query;
    case 'form':
      return new URLSearchParams(isForm ? (body ?? '') : '');
    case 'json':
      return contentType.startsWith('application/json') ? readObject(body ?? '') : new URLSearchParams();
    case 'basic': {
      if (!authorization.startsWith('Basic ')) return new URLSearchParams();
      const [id = '', secret = ''] = Buffer.from(authorization.slice(6), 'base64').toString('utf8').split(':');
      const parameters = new URLSearchParams(isForm ? (body ?? '') : '');
      parameters.set('client_id', decodeURIComponent(id));
      parameters.set('client_secret', decodeURIComponent(secret));
      return parameters;
    }
  }
}

function readObject(text: string): URLSearchParams {
  const parameters = new URLSearchParams();
  try {
    const object: unknown = JSON.parse(text);
    for (const [name, value] of Object.entries(object ?? {})) {
      if (typeof value === 'string') parameters.set(name, value);
    }
  } catch {
    // No JSON: nobody is named.
  }
  return parameters;
}
