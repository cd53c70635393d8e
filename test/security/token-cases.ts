import { randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { SignJWT, UnsecuredJWT } from 'jose';

/** A server of tokens: ours, or the one that ours is held against. */
export interface TokenServer {
  /** Issuer, and where the paths below are. */
  readonly url: string;
  /** May search and subscribe. */
  readonly partner: Credentials;
  /** The same, with characters that HTTP Basic wants escaped. */
  readonly odd: Credentials;
  /** Known, but gets no tokens. */
  readonly withoutGrants: Credentials;
  /** Authenticates with what it signs. */
  readonly signer: {
    readonly clientId: string;
    readonly kid: string;
    readonly key: KeyObject;
    readonly publicPem: string;
  };
}

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** What is sent, and what has to come: status, and error or scopes or both members of interest. */
export interface TokenCase {
  /** The number of the case in the list of the issue, with a letter where the list names several. */
  readonly id: string;
  readonly request: string;
  readonly send: (server: TokenServer) => Promise<TokenAnswer>;
  readonly expected: string;
}

export const TOKEN_PATH = '/oauth2/client/token';
export const INTROSPECTION_PATH = '/oauth2/introspect';
export const REVOCATION_PATH = '/oauth2/revoke';
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const FORM = 'application/x-www-form-urlencoded';

/** Each request comes from an address of its own: the cases are not about how often somebody fails. */
const anyAddress = (): string => `198.51.${[...randomBytes(2)].join('.')}`;

export async function call(
  url: string,
  init: { method?: string; body?: NonNullable<RequestInit['body']>; headers?: Record<string, string>; from?: string },
): Promise<TokenAnswer> {
  const { method = 'POST', body, headers, from = anyAddress() } = init;
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body }),
    headers: { 'x-forwarded-for': from, ...headers },
  });
  const text = await response.text();
  const isJson = /^application\/json/u.test(response.headers.get('content-type') ?? '') && text !== '';
  const read: unknown = isJson ? JSON.parse(text) : {};
  const parsed = typeof read === 'object' && read !== null ? read : {};
  return { status: response.status, headers: response.headers, body: Object.fromEntries(Object.entries(parsed)), text };
}

export function form(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}

export function basic(id: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

export function formEncode(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+');
}

export function postForm(
  server: TokenServer,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  path = TOKEN_PATH,
): Promise<TokenAnswer> {
  return call(`${server.url}${path}`, { body: form(fields), headers: { 'content-type': FORM, ...headers } });
}

const GRANT = { grant_type: 'client_credentials' };
const inBody = ({ clientId, clientSecret }: Credentials) => ({ client_id: clientId, client_secret: clientSecret });

const token = (server: TokenServer, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  postForm(server, { ...GRANT, ...fields }, headers);
const raw = (server: TokenServer, body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
  call(`${server.url}${TOKEN_PATH}`, { body, headers });

interface AssertionParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly without?: readonly string[];
  readonly header?: Readonly<Record<string, string>>;
  readonly key?: KeyObject | Uint8Array;
}

export function claimsOf(server: TokenServer): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const { clientId } = server.signer;
  return { iss: clientId, sub: clientId, aud: server.url, jti: randomUUID(), iat: now, exp: now + 60 };
}

/** An assertion of the signer, changed as said. */
export function assertionOf(server: TokenServer, parts: AssertionParts = {}): Promise<string> {
  const { claims = {}, without = [], header = {}, key = server.signer.key } = parts;
  const all = Object.entries({ ...claimsOf(server), ...claims }).filter(([name]) => !without.includes(name));
  return new SignJWT(Object.fromEntries(all))
    .setProtectedHeader({ alg: 'ES256', kid: server.signer.kid, ...header })
    .sign(key);
}

export const withAssertion = (server: TokenServer, assertion: string, fields: Record<string, string> = {}) =>
  token(server, { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion, ...fields });

const signed =
  (parts: (server: TokenServer) => AssertionParts = () => ({})) =>
  async (server: TokenServer) =>
    withAssertion(server, await assertionOf(server, parts(server)));
const seconds = () => Math.floor(Date.now() / 1000);

/** Status, then the error, or the scopes where a token came, or whether one is active. */
export function outcome({ status, body }: TokenAnswer): string {
  const { error, scope, active, access_token: issued } = body;
  if (typeof error === 'string') return `${String(status)} ${error}`;
  if (typeof issued === 'string') return `${String(status)} token ${typeof scope === 'string' ? scope : '-'}`;
  return typeof active === 'boolean' ? `${String(status)} active=${String(active)}` : String(status);
}

export const BOTH = '200 token registry.search registry.subscribe';
const INVALID_REQUEST = '400 invalid_request';
const INVALID_CLIENT = '401 invalid_client';

/** The cases T1 to T53 that need one server and one clock; `makeKey`: an EC key that no client has. */
export function tokenCases(makeKey: () => KeyObject): TokenCase[] {
  const rows: [string, string, TokenCase['send'], string][] = [
    [
      'T1',
      'Basic, one scope',
      (s) => token(s, { scope: 'registry.search' }, basic(s.partner.clientId, s.partner.clientSecret)),
      '200 token registry.search',
    ],
    ['T2', 'Basic, no scope', (s) => token(s, {}, basic(s.partner.clientId, s.partner.clientSecret)), BOTH],
    [
      'T3',
      'in the form',
      (s) => token(s, { ...inBody(s.partner), scope: 'registry.search' }),
      '200 token registry.search',
    ],
    [
      'T4',
      'Basic, escaped',
      (s) => token(s, { scope: 'registry.search' }, basic(formEncode(s.odd.clientId), formEncode(s.odd.clientSecret))),
      '200 token registry.search',
    ],
    ['T5', 'Basic, not escaped', (s) => token(s, {}, basic('odd', '%')), INVALID_REQUEST],
    ['T6', 'Basic, wrong secret', (s) => token(s, {}, basic(s.partner.clientId, 'wrong')), INVALID_CLIENT],
    ['T7', 'form, wrong secret', (s) => token(s, { ...inBody(s.partner), client_secret: 'wrong' }), INVALID_CLIENT],
    ['T8', 'Basic, unknown client', (s) => token(s, {}, basic('nobody', 'wrong')), INVALID_CLIENT],
    ['T9', 'form, unknown client', (s) => token(s, { client_id: 'nobody', client_secret: 'wrong' }), INVALID_CLIENT],
    ['T10', 'no credentials', (s) => token(s, {}), INVALID_CLIENT],
    ['T10b', 'a client id without a secret', (s) => token(s, { client_id: s.partner.clientId }), INVALID_CLIENT],
    [
      'T11',
      'Basic and form',
      (s) => token(s, inBody(s.partner), basic(s.partner.clientId, s.partner.clientSecret)),
      INVALID_REQUEST,
    ],
    [
      'T12',
      'Basic, another client_id in the form',
      (s) => token(s, { client_id: 'other' }, basic(s.partner.clientId, s.partner.clientSecret)),
      INVALID_REQUEST,
    ],
    ['T13', 'Basic, not base64', (s) => token(s, {}, { authorization: 'Basic %%%' }), INVALID_REQUEST],
    ['T13b', 'Basic, no colon', (s) => token(s, {}, { authorization: 'Basic YWJj' }), INVALID_REQUEST],
    ['T13c', 'Basic, empty secret', (s) => token(s, {}, basic(s.partner.clientId, '')), INVALID_REQUEST],
    ['T14', 'a Bearer header', (s) => token(s, {}, { authorization: 'Bearer x' }), INVALID_REQUEST],
    [
      'T15',
      'a letter that is not ASCII',
      (s) => token(s, { ...inBody(s.partner), client_secret: 'ö' }),
      INVALID_REQUEST,
    ],
    [
      'T15b',
      'a control character',
      (s) => token(s, { ...inBody(s.partner), client_secret: '\u0007' }),
      INVALID_REQUEST,
    ],
    [
      'T15c',
      'Basic, a letter that is not ASCII',
      (s) => token(s, {}, basic(s.partner.clientId, formEncode('ö'))),
      INVALID_REQUEST,
    ],
    ['T16', 'no grant_type', (s) => postForm(s, inBody(s.partner)), INVALID_REQUEST],
    ...['password', 'refresh_token', 'nonsense'].map((word, index): [string, string, TokenCase['send'], string] => [
      `T17${['', 'b', 'c'][index] ?? ''}`,
      `grant_type ${word}`,
      (s) => token(s, { ...inBody(s.partner), grant_type: word }),
      '400 unsupported_grant_type',
    ]),
    ['T18', 'a client without grants', (s) => token(s, inBody(s.withoutGrants)), '400 unauthorized_client'],
    [
      'T19',
      'grant_type twice',
      (s) => raw(s, `${form({ ...GRANT, ...inBody(s.partner) })}&${form(GRANT)}`, { 'content-type': FORM }),
      INVALID_REQUEST,
    ],
    [
      'T20',
      'scope twice',
      (s) =>
        raw(s, `${form({ ...GRANT, ...inBody(s.partner) })}&scope=registry.search&scope=x`, { 'content-type': FORM }),
      INVALID_REQUEST,
    ],
    [
      'T21',
      'a scope of others',
      (s) => token(s, { ...inBody(s.partner), scope: 'registry.write' }),
      '400 invalid_scope',
    ],
    ['T22', 'an unknown scope', (s) => token(s, { ...inBody(s.partner), scope: 'nonsense' }), '400 invalid_scope'],
    ['T23', 'a scope with a quote', (s) => token(s, { ...inBody(s.partner), scope: 'a"b' }), '400 invalid_scope'],
    [
      'T24',
      'JSON',
      (s) => raw(s, JSON.stringify({ ...GRANT, ...inBody(s.partner) }), { 'content-type': 'application/json' }),
      BOTH,
    ],
    ['T25', 'no Content-Type', (s) => raw(s, Buffer.from(form({ ...GRANT, ...inBody(s.partner) }))), INVALID_REQUEST],
    ['T26', 'multipart', (s) => raw(s, new FormData()), INVALID_REQUEST],
    [
      'T27',
      'credentials in the address',
      (s) =>
        call(`${s.url}${TOKEN_PATH}?${form({ ...GRANT, ...inBody(s.partner) })}`, {
          headers: { 'content-type': FORM },
        }),
      INVALID_REQUEST,
    ],
    ['T28', 'GET', (s) => call(`${s.url}${TOKEN_PATH}`, { method: 'GET' }), '405 invalid_request'],
    ['T28b', 'PUT', (s) => call(`${s.url}${TOKEN_PATH}`, { method: 'PUT' }), '405 invalid_request'],
    ['T28c', 'HEAD', (s) => call(`${s.url}${TOKEN_PATH}`, { method: 'HEAD' }), '405'],
    ['T29', '200 KB', (s) => raw(s, 'a'.repeat(200_000), { 'content-type': FORM }), '413 invalid_request'],
    ...(
      [
        ['T30', 'br', brotliCompressSync],
        ['T30b', 'gzip', gzipSync],
        ['T30c', 'made-up', (text: string) => text],
      ] as const
    ).map(([id, encoding, encode]): [string, string, TokenCase['send'], string] => [
      id,
      `Content-Encoding ${encoding}`,
      (s) =>
        raw(s, encode(form({ ...GRANT, ...inBody(s.partner) })), {
          'content-type': FORM,
          'content-encoding': encoding,
        }),
      '415 invalid_request',
    ]),
    [
      'T31',
      'our resource',
      (s) => token(s, { ...inBody(s.partner), scope: 'registry.search', resource: s.url }),
      '200 token registry.search',
    ],
    [
      'T32',
      'an unknown resource',
      (s) => token(s, { ...inBody(s.partner), resource: 'https://o.example' }),
      '400 invalid_target',
    ],
    ['T32b', 'a relative resource', (s) => token(s, { ...inBody(s.partner), resource: '/x' }), '400 invalid_target'],
    [
      'T32c',
      'a resource with a fragment',
      (s) => token(s, { ...inBody(s.partner), resource: `${s.url}#x` }),
      '400 invalid_target',
    ],
    [
      'T33',
      'two resources',
      (s) =>
        raw(s, `${form({ ...GRANT, ...inBody(s.partner), resource: s.url })}&resource=https://o.example`, {
          'content-type': FORM,
        }),
      '400 invalid_target',
    ],
    [
      'T34',
      'an assertion',
      async (s) => withAssertion(s, await assertionOf(s), { scope: 'registry.search' }),
      '200 token registry.search',
    ],
    [
      'T34b',
      'an assertion and the client id',
      async (s) => withAssertion(s, await assertionOf(s), { client_id: s.signer.clientId, scope: 'registry.search' }),
      '200 token registry.search',
    ],
    [
      'T35',
      'an assertion a second time',
      async (s) => {
        const assertion = await assertionOf(s);
        await withAssertion(s, assertion);
        return withAssertion(s, assertion);
      },
      INVALID_CLIENT,
    ],
    [
      'T36',
      'an assertion that expired',
      signed(() => ({ claims: { iat: seconds() - 200, exp: seconds() - 120 } })),
      INVALID_CLIENT,
    ],
    ...['exp', 'jti', 'iss', 'sub'].map((claim, index): [string, string, TokenCase['send'], string] => [
      `T37${['', 'b', 'c', 'd'][index] ?? ''}`,
      `an assertion without ${claim}`,
      signed(() => ({ without: [claim] })),
      INVALID_CLIENT,
    ]),
    [
      'T38',
      'audience: the address of the endpoint',
      signed((s) => ({ claims: { aud: `${s.url}${TOKEN_PATH}` } })),
      INVALID_CLIENT,
    ],
    ['T38b', 'audience: a list', signed((s) => ({ claims: { aud: [s.url] } })), INVALID_CLIENT],
    ['T39', 'audience: another server', signed(() => ({ claims: { aud: 'https://other.example' } })), INVALID_CLIENT],
    ['T40', 'issuer and subject differ', signed(() => ({ claims: { iss: 'other' } })), INVALID_CLIENT],
    [
      'T40b',
      'subject and client_id differ',
      async (s) => withAssertion(s, await assertionOf(s), { client_id: s.partner.clientId }),
      INVALID_CLIENT,
    ],
    ['T41', 'not good yet', signed(() => ({ claims: { nbf: seconds() + 120 } })), INVALID_CLIENT],
    ['T42', 'good for ten years', signed(() => ({ claims: { exp: seconds() + 315_360_000 } })), INVALID_CLIENT],
    [
      'T42b',
      'good for ten years, issued shortly before their end',
      signed(() => ({ claims: { iat: seconds() + 315_359_900, exp: seconds() + 315_360_000 } })),
      INVALID_CLIENT,
    ],
    ['T43', 'signed with another key', signed(() => ({ key: makeKey() })), INVALID_CLIENT],
    [
      'T43b',
      'signed with an unknown key',
      signed(() => ({ key: makeKey(), header: { kid: 'unknown' } })),
      INVALID_CLIENT,
    ],
    [
      'T44',
      'HS256 with the text of the public key',
      signed((s) => ({ key: Buffer.from(s.signer.publicPem), header: { alg: 'HS256' } })),
      INVALID_CLIENT,
    ],
    ['T44b', 'alg none', (s) => withAssertion(s, new UnsecuredJWT(claimsOf(s)).encode()), INVALID_CLIENT],
    [
      'T45',
      'another client_assertion_type',
      async (s) => withAssertion(s, await assertionOf(s), { client_assertion_type: 'urn:other' }),
      INVALID_REQUEST,
    ],
    [
      'T46',
      'a secret of a client that signs',
      (s) => token(s, { client_id: s.signer.clientId, client_secret: 'x' }),
      INVALID_CLIENT,
    ],
    [
      'T46b',
      'an assertion of a client that has a secret',
      signed((s) => ({ claims: { iss: s.partner.clientId, sub: s.partner.clientId } })),
      INVALID_CLIENT,
    ],
    [
      'T46c',
      'an assertion and a secret',
      async (s) => withAssertion(s, await assertionOf(s), { client_secret: 'x' }),
      INVALID_REQUEST,
    ],
    [
      'T51',
      'introspect rubbish',
      (s) => postForm(s, { ...inBody(s.partner), token: 'rubbish' }, {}, INTROSPECTION_PATH),
      '200 active=false',
    ],
    ['T51b', 'introspect nothing', (s) => postForm(s, inBody(s.partner), {}, INTROSPECTION_PATH), INVALID_REQUEST],
    ['T51c', 'introspect an own token', (s) => aboutOwnToken(s, INTROSPECTION_PATH), '200 active=true'],
    [
      'T52',
      'introspect without credentials',
      (s) => postForm(s, { token: 'x' }, {}, INTROSPECTION_PATH),
      INVALID_CLIENT,
    ],
    [
      'T53',
      'revoke rubbish',
      (s) => postForm(s, { ...inBody(s.partner), token: 'rubbish' }, {}, REVOCATION_PATH),
      '200',
    ],
    ['T53b', 'revoke nothing', (s) => postForm(s, inBody(s.partner), {}, REVOCATION_PATH), INVALID_REQUEST],
    ['T53c', 'revoke an own token', (s) => aboutOwnToken(s, REVOCATION_PATH), '200'],
    ['T53d', 'revoke without credentials', (s) => postForm(s, { token: 'x' }, {}, REVOCATION_PATH), INVALID_CLIENT],
  ];
  return rows.map(([id, request, send, expected]) => ({ id, request, send, expected }));
}

async function aboutOwnToken(server: TokenServer, path: string): Promise<TokenAnswer> {
  const { body } = await token(server, { ...inBody(server.partner), scope: 'registry.search' });
  return postForm(server, { ...inBody(server.partner), token: String(body['access_token']) }, {}, path);
}
