/** SQLSTATE: the connection broke, the server has no room, it is going down, or the database takes no connections. */
const AWAY_STATES = /^(?:08|53|57P0|55000)/u;
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** What the driver says without a code. */
const SAID = /^(?:Connection terminated|timeout exceeded when trying to connect|Cannot use a pool after|Client has)/u;

/** Whether a statement failed because the database could not be reached, not for anything in the statement. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return NETWORK_CODES.has(code) || AWAY_STATES.test(code) || SAID.test(error.message);
}
