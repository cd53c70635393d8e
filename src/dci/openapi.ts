import { z } from 'zod';
import type { RegistryKind } from '../record/registry-kind.js';
import { ack, errorBody } from './schemas/envelope.js';
import { EXCHANGES, type Exchange, NOTIFICATIONS } from './schemas/exchanges.js';
import { messageSchemas } from './schemas/registered.js';

/** An endpoint to be described. */
export interface DescribedEndpoint {
  /** After `/registry`: `/sync/search`. */
  readonly path: string;
  readonly mode: 'sync' | 'request' | 'callback';
  readonly registries: readonly RegistryKind[];
  /** Any one of them opens it. */
  readonly scopes: readonly string[];
}

/** What the document is made of. */
export interface DocumentOptions {
  readonly endpoints: readonly DescribedEndpoint[];
  /** Where the gateway is reached; without a slash at the end. */
  readonly publicUrl: string;
  /** Those that are served. */
  readonly registries: readonly RegistryKind[];
  /** Every scope that a token can have for the endpoints, with what it is for. */
  readonly scopes: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;

const NAMES: Readonly<Record<RegistryKind, string>> = {
  social: 'Social registry',
  crvs: 'Civil registration',
  fr: 'Farmer registry',
  dr: 'Disability registry',
  ibr: 'Integrated beneficiary registry',
};

const ANY = 'Any registry';
const COMPANIONS = 'Tokens and keys';

/**
 * The OpenAPI 3.1 document of everything that is served to partners: each endpoint at `/registry`, where the message
 * says which registry it asks, and under the prefix of each registry that is served. The schemas are those by which
 * our own messages are held against the standard.
 */
export function openApiDocument(options: DocumentOptions): Json {
  const { publicUrl, registries, scopes } = options;
  return {
    openapi: '3.1.0',
    info: {
      title: 'Registry interfaces',
      version: '1.0.0',
      summary: 'Search, subscriptions and status of transactions of the DCI registry standard, v1.0.0',
      description:
        'Field names are those of the published standard. Unknown fields are read past. Every endpoint is also reached ' +
        'with a version in its address: /crvs/v1.0.0/registry/...',
    },
    servers: [{ url: publicUrl }],
    tags: [
      { name: ANY, description: 'The message says by reg_type, or header.receiver_id, which registry is asked' },
      ...registries.map((registry) => ({ name: NAMES[registry] })),
      { name: COMPANIONS },
    ],
    paths: { ...registryPaths(options), ...companionPaths() },
    webhooks: Object.fromEntries(registries.map((registry) => [`notify-${registry}`, notification(registry)])),
    components: {
      schemas: schemas(registries),
      responses: RESPONSES,
      securitySchemes: {
        token: {
          type: 'oauth2',
          description: 'A token for the credentials of a client, sent as Authorization: Bearer',
          flows: { clientCredentials: { tokenUrl: `${publicUrl}/oauth2/client/token`, scopes } },
        },
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token that is there already' },
      },
    },
  };
}

function registryPaths({ endpoints, registries }: DocumentOptions): Json {
  const places = [null, ...registries];
  return Object.fromEntries(
    places.flatMap((registry) =>
      endpoints.flatMap((endpoint): [string, Json][] => {
        const exchange = EXCHANGES.get(endpoint.path);
        const served = registry === null ? registries : [registry];
        if (exchange === undefined || !served.some((one) => endpoint.registries.includes(one))) return [];
        const prefix = registry === null ? '' : `/${registry}`;
        return [[`${prefix}/registry${endpoint.path}`, { post: operation(endpoint, exchange, registry) }]];
      }),
    ),
  );
}

function operation({ path, mode, scopes }: DescribedEndpoint, exchange: Exchange, registry: RegistryKind | null): Json {
  const words = path.split('/').filter((word) => word !== '');
  return {
    operationId: [registry ?? 'any', ...words].join('_').replaceAll('-', '_'),
    summary: exchange.summary,
    tags: [registry === null ? ANY : NAMES[registry]],
    // Any one of the scopes is enough.
    security: [...scopes.map((scope) => ({ token: [scope] })), { bearer: [] }],
    requestBody: { required: true, content: json(exchange.request) },
    responses: {
      ...(mode === 'sync'
        ? { 200: answered('Answered; also where the message was rejected', exchange.answer) }
        : mode === 'request'
          ? { 202: acknowledged('Kept; the answer follows at sender_uri') }
          : { 200: acknowledged('Received') }),
      ...Object.fromEntries(Object.keys(RESPONSES).map((status) => [status, ref('responses', status)])),
    },
    ...(exchange.callback === undefined ? {} : { callbacks: callback(exchange.callback) }),
  };
}

function callback({ name, envelope }: NonNullable<Exchange['callback']>): Json {
  return { [name]: { '{$request.body#/header/sender_uri}': { post: posted(`Answers with ${name}`, envelope) } } };
}

function notification(registry: RegistryKind): Json {
  const envelope = NOTIFICATIONS.get(registry);
  return { post: posted('Tells a subscriber what happened', envelope) };
}

/** What we post to a partner. */
function posted(summary: string, envelope: z.ZodType | undefined): Json {
  return {
    summary,
    requestBody: { required: true, content: json(envelope) },
    responses: { 200: acknowledged('Received; anything else is tried again') },
  };
}

function answered(description: string, envelope: z.ZodType | undefined): Json {
  return { description, content: json(envelope) };
}

function acknowledged(description: string): Json {
  return answered(description, ack);
}

/** The content of a body whose schema is among the components. */
function json(schema: z.ZodType | undefined): Json {
  const id = schema === undefined ? undefined : messageSchemas.get(schema)?.id;
  if (id === undefined) throw new Error('a schema of the document has no name');
  return { 'application/json': { schema: ref('schemas', id) } };
}

function ref(kind: 'schemas' | 'responses', name: string): Json {
  return { $ref: `#/components/${kind}/${name}` };
}

/** By HTTP status: what every endpoint of the standard may answer instead. */
const RESPONSES: Json = Object.fromEntries(
  (
    [
      [400, 'The message breaks a rule of the standard'],
      [401, 'No token, or none that is valid'],
      [403, 'The token does not open this endpoint'],
      [404, 'There is no such endpoint, or the registry is not served'],
      [408, 'The message did not arrive in time'],
      [413, 'The message is too large'],
      [415, 'The message is no JSON'],
      [429, 'Too many requests: Retry-After says when to go on'],
      [503, 'The registry cannot answer now'],
    ] as const
  ).map(([status, description]) => [String(status), { description, content: json(errorBody) }]),
);

/** All schemas that have a name. */
function schemas(registries: readonly RegistryKind[]): Json {
  const generated = z.toJSONSchema(messageSchemas, {
    uri: (id) => `#/components/schemas/${id}`,
    io: 'input',
  });
  const served: readonly string[] = registries;
  return Object.fromEntries(
    Object.entries(generated.schemas)
      .filter(([name]) => !/^Notify\w+_/u.test(name) || served.includes(name.slice(name.indexOf('_') + 1)))
      .map(([name, schema]) => [
        name,
        Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id')),
      ]),
  );
}

/** What the companion documents of the standard describe. */
function companionPaths(): Json {
  const document = (operationId: string, summary: string) => ({
    get: {
      operationId,
      summary,
      tags: [COMPANIONS],
      security: [],
      responses: {
        200: { description: 'The document', content: { 'application/json': { schema: { type: 'object' } } } },
      },
    },
  });
  return {
    '/oauth2/client/token': { post: TOKEN_OPERATION },
    '/.well-known/jwks.json': document('jwks', 'The public keys of this gateway'),
    '/.well-known/locations.json': document('locations', 'The places that records name'),
    '/.well-known/oauth-authorization-server': document('authorization_server', 'Where and how to get a token'),
  };
}

const TOKEN_REFUSAL = {
  'application/json': {
    schema: {
      type: 'object',
      properties: { error: { type: 'string' }, error_description: { type: 'string' } },
      required: ['error'],
    },
  },
};

const TOKEN_OPERATION = {
  operationId: 'token',
  summary: 'Get a token for client credentials, in the body or as HTTP Basic',
  tags: [COMPANIONS],
  security: [],
  requestBody: {
    required: true,
    content: {
      'application/x-www-form-urlencoded': {
        schema: {
          type: 'object',
          properties: {
            grant_type: { type: 'string', const: 'client_credentials' },
            client_id: { type: 'string' },
            client_secret: { type: 'string' },
            scope: { type: 'string', description: 'Scopes with blanks between them; absent: all that the client has' },
          },
          required: ['grant_type'],
        },
      },
    },
  },
  responses: {
    200: {
      description: 'A token',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              access_token: { type: 'string' },
              token_type: { type: 'string', const: 'Bearer' },
              expires_in: { type: 'integer', description: 'Seconds' },
              scope: { type: 'string' },
            },
            required: ['access_token', 'token_type', 'expires_in'],
          },
        },
      },
    },
    400: { description: 'The request is not understood', content: TOKEN_REFUSAL },
    401: { description: 'The credentials are not valid', content: TOKEN_REFUSAL },
  },
};
