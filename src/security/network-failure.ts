/** Why a request of ours came to no answer. */
export interface NetworkFailure {
  /** Of the error: `ECONNREFUSED`. */
  readonly code: string;
  readonly timedOut: boolean;
  /** Part of a sentence; holds nothing of the request. */
  readonly reason: string;
}

const TIMEOUTS = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'];

const REASONS: Readonly<Record<string, string | undefined>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ECONNRESET: 'the connection was cut (ECONNRESET)',
  ENOTFOUND: 'its host name is unknown (ENOTFOUND)',
  EAI_AGAIN: 'its host name could not be looked up (EAI_AGAIN)',
  UND_ERR_SOCKET: 'the connection was cut before the whole answer had come',
};

/** Reads an error of undici or of a socket. */
export function readNetworkFailure(error: unknown): NetworkFailure {
  const code = errorCode(error);
  return { code, timedOut: TIMEOUTS.includes(code), reason: REASONS[code] ?? `the connection failed (${code})` };
}

/** A name with several addresses fails with one error for each. */
function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown reason';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'errors' in error && Array.isArray(error.errors) ? errorCode(error.errors[0]) : 'unknown reason';
}
