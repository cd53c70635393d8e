import { generateKeyPairSync } from 'node:crypto';
import { startTestGateway, type TestGateway } from './test-gateway.js';
import { outcome, type TokenCase, tokenCases, type TokenServer } from './token-cases.js';
import { referenceServer } from './reference-token-server.js';
import { ourServer } from './token-server.js';

/** Where oidc-provider, which passes the suite of the OpenID Foundation, answers otherwise than we: what, and why. */
const NO_ASSUMED_SCOPES = ['200 token -', 'without a scope asked for, ours gives all that the client has, and says so'];
const NO_CLIENT = ['400 invalid_request', 'RFC 6749, 5.2: invalid_client is also for requests without authentication'];
const OTHER_METHOD = ['404', 'RFC 9110, 15.5.6: a method that an address does not take is answered 405 with Allow'];
const AUDIENCE = [
  '200 token -',
  'RFC 7523bis: the issuer as one string; any other audience may be meant for another server',
];
const TEN_YEARS = [
  '200 token -',
  'an assertion is remembered until it ends, and lost ones are good until then: 300 seconds',
];
const STATELESS = ['400 unsupported_token_type', 'its tokens of this form can be neither introspected nor revoked'];
const ENCODED = ['400 invalid_request', 'refused for its encoding before anything reads it'];
const DIFFERENCES: Readonly<Record<string, readonly string[] | undefined>> = {
  T2: NO_ASSUMED_SCOPES,
  T10: NO_CLIENT,
  T15: ['401 invalid_client', 'RFC 6749, appendix A: such a character makes the request invalid, whoever sends it'],
  T15b: ['401 invalid_client', 'as T15'],
  T18: ['400 invalid_request', 'RFC 6749, 5.2: unauthorized_client is the error for it'],
  T22: ['200 token -', 'RFC 6749, 5.2: an unknown scope is refused rather than left out in silence'],
  T24: ['400 invalid_request', 'OpenSPP sends its credentials as JSON'],
  T28: OTHER_METHOD,
  T28b: OTHER_METHOD,
  T28c: OTHER_METHOD,
  T29: ['400 invalid_request', 'RFC 9110, 15.5.14: a body that is too large is answered 413'],
  T30: ENCODED,
  T30b: ENCODED,
  T30c: ['200 token -', 'it does not look at the encoding: the body that is taken is not the one that was named'],
  T38: AUDIENCE,
  T38b: AUDIENCE,
  T40b: ['400 invalid_request', 'ours tells a stranger nothing about assertions but that one proves nothing'],
  T42: TEN_YEARS,
  T42b: TEN_YEARS,
  T51c: STATELESS,
  T52: NO_CLIENT,
  T53c: STATELESS,
  T53d: NO_CLIENT,
};

const CASES = tokenCases(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

let gateway: TestGateway;
let ours: TokenServer;
let reference: Awaited<ReturnType<typeof referenceServer>>;

beforeAll(async () => {
  gateway = await startTestGateway(() => undefined);
  ours = await ourServer(gateway);
  reference = await referenceServer();
});
afterAll(async () => {
  await reference.close();
  await gateway.close();
});

test('every difference that is listed is one, of a case that is listed', () => {
  const known = new Map(CASES.map(({ id, expected }) => [id, expected]));
  for (const [id, difference] of Object.entries(DIFFERENCES)) {
    expect(known.has(id)).toBe(true);
    expect(difference?.[0]).not.toBe(known.get(id));
  }
});

test.each(CASES.map((one): [string, TokenCase] => [`${one.id} ${one.request}: ${one.expected}`, one]))(
  '%s',
  async (_title, { id, send, expected }) => {
    const answer = await send(ours);
    expect(outcome(answer)).toBe(expected);
    expectWellFormed(answer);
    expect(outcome(await send(reference))).toBe(DIFFERENCES[id]?.[0] ?? expected);
  },
);

function expectWellFormed({ status, headers, body, text }: Awaited<ReturnType<TokenCase['send']>>): void {
  expect(headers.get('content-type')).toMatch(/^application\/json/u);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('pragma')).toBe('no-cache');
  expect(headers.get('allow')).toBe(status === 405 ? 'POST' : null);
  expect(headers.get('www-authenticate')).toBe(status === 401 ? 'Basic realm="dci-gateway"' : null);
  if (status >= 400 && text !== '') {
    expect(Object.keys(body)).toEqual(['error', 'error_description']);
    // What RFC 6749 allows in a description.
    expect(body['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/u);
  }
  for (const { clientSecret } of [ours.partner, ours.odd, ours.withoutGrants]) expect(text).not.toContain(clientSecret);
}

test.each([
  ['T6', 'T8'],
  ['T7', 'T9'],
  ['T43', 'T44'],
])('%s and %s are answered with the same bytes', async (one, other) => {
  const [first, second] = await Promise.all(
    CASES.filter(({ id }) => [one, other].includes(id)).map(async ({ send }) => {
      const { text, headers } = await send(ours);
      return { text, headers: [...headers].filter(([name]) => name !== 'date') };
    }),
  );
  expect(first?.text).toContain('invalid_client');
  expect(first).toEqual(second);
});

test('a token says only what is asked for, in numbers where the RFC has numbers', async () => {
  const answer = await CASES.find(({ id }) => id === 'T1')?.send(ours);
  expect(answer?.body).toEqual({
    access_token: expect.any(String) as string,
    token_type: 'Bearer',
    expires_in: 600,
    scope: 'registry.search',
  });
});

test('no line of the log holds a secret, an assertion or a token', () => {
  const log = gateway.logLines.join('');
  expect(log).toContain('token refused');
  for (const { clientSecret } of [ours.partner, ours.odd, ours.withoutGrants]) expect(log).not.toContain(clientSecret);
  expect(log).not.toMatch(/eyJ[\w-]{10}/u);
});
