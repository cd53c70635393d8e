import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Problem } from './record/problem.js';
import { isNetwork } from './security/egress/network-policy.js';
import { REGISTRY_KINDS, type RegistryKind } from './record/registry-kind.js';

const port = z.coerce.number().int().min(0).max(65535);
const httpUrl = z.string().regex(/^https?:\/\/[^\s/]+/u, 'must be an http:// or https:// address');
const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//u, 'must be a postgresql:// address');

const words = z.string().transform((text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
);

const SETTINGS = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(4000),
  PUBLIC_URL: httpUrl.optional(),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_OWNER_URL: postgresUrl.optional(),
  DATA_DIR: z.string().min(1).default('data'),
  KEYS_DIR: z.string().min(1).default('keys'),
  SENDER_ID: z.string().min(1).max(255).optional(),
  TOKEN_LIFETIME_SECONDS: z.coerce.number().int().min(30).max(86_400).default(600),
  REGISTRIES: words
    .pipe(z.array(z.enum(REGISTRY_KINDS, `must be some of ${REGISTRY_KINDS.join(', ')}, with commas`)).min(1))
    .default([...REGISTRY_KINDS]),
  RECEIVER_IDS: words.default([]),
  SIGNATURE_PLACEHOLDERS: words.default(['unsigned', 'unsigned-stub']),
  PARTNER_REQUESTS_PER_SECOND: z.coerce.number().int().min(0).max(1_000_000).default(200),
  ANSWER_SECONDS: z.coerce.number().int().min(1).max(300).default(10),
  MAX_PAGE_SIZE: z.coerce.number().int().min(1).max(10_000).default(2000),
  TRUSTED_PROXIES: words
    .pipe(z.array(z.string().refine(isAddressOrNetwork, 'must be IP addresses or networks (10.0.0.0/8), with commas')))
    .default([]),
  MAX_BODY_BYTES: z.coerce.number().int().min(1024).default(1_048_576),
  CALLBACKS: z.enum(['registered', 'any']).optional(),
  CALLBACK_ATTEMPTS: z.coerce.number().int().min(1).max(50).default(8),
  SIGNING_KEY_DAYS: z.coerce.number().int().min(0).max(3650).default(90),
  TRANSACTION_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  IMPORT_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(365),
  SINGLE_IDENTIFIERS: words.default(['NID', 'UIN']),
  DISCLOSURE_RETENTION_DAYS: z.coerce.number().int().min(30).max(36_500).default(3650),
  EVIDENCE_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(365),
  MAX_CONNECTIONS: z.coerce.number().int().min(10).max(100_000).default(2000),
  ALLOW_PRIVATE_NETWORKS: words
    .transform((networks) => (networks.join() === 'none' ? [] : networks))
    .pipe(z.array(z.string().refine(isNetwork, 'must be none, or networks such as 10.0.0.0/8, with commas')))
    .optional(),
  TRUSTED_DOCUMENTS: z.string().min(1).optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  DEMO: z.enum(['on', 'off']).optional(),
  MOCK_REGISTRY_PORT: port.default(4001),
});

/** The environment variables that are read. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS.shape);

function isAddressOrNetwork(text: string): boolean {
  return isIP(text) !== 0 || isNetwork(text);
}

/** Every setting, checked once at start. The README's table describes each. */
export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  /** The address that partners use: issuer and audience of tokens. `null`: `http://HOST:PORT` as really listened on. */
  readonly publicUrl: string | null;
  /** `null`: the embedded server. */
  readonly databaseUrl: string | null;
  /** The role that migrates and creates queues; the serving role where only one was given. */
  readonly databaseOwnerUrl: string | null;
  readonly dataDir: string;
  readonly keysDir: string;
  /** `sender_id` of our DCI messages; `null`: the public URL. */
  readonly senderId: string | null;
  readonly tokenLifetimeSeconds: number;
  /** Which of the standard's registries are served. */
  readonly registries: readonly RegistryKind[];
  /** `receiver_id`s that partners may write; empty: any. */
  readonly receiverIds: readonly string[];
  /** What partners who do not sign write as `signature`. */
  readonly signaturePlaceholders: readonly string[];
  /** Messages of one partner that one gateway takes in the long run; 0: any number. */
  readonly partnerRequestsPerSecond: number;
  /** How long a caller waits for a synchronous answer at most. */
  readonly answerSeconds: number;
  /** Largest `page_size` that a partner may ask for. */
  readonly maxPageSize: number;
  /** IP addresses and networks whose `X-Forwarded-For` is believed: the proxies in front of this gateway. */
  readonly trustedProxies: readonly string[];
  readonly maxBodyBytes: number;
  /** Where messages to partners may go: to the origins that are kept of each client, or to any that it names. */
  readonly callbacks: 'registered' | 'any';
  /** How often a message to a partner is posted before it waits for an operator. */
  readonly callbackAttempts: number;
  /** How long a key is in use before another takes its turn; 0: until an operator says so. */
  readonly signingKeyDays: number;
  /** How long asynchronous requests, their answers and what other registries sent us are kept. */
  readonly transactionRetentionDays: number;
  /** How long it is kept what became of each record of an import. */
  readonly importRetentionDays: number;
  /** Types of identifiers of which a person has only one: another value is left for a person to decide. */
  readonly singleIdentifiers: readonly string[];
  /** How long it is kept who was told of whom. */
  readonly disclosureRetentionDays: number;
  /** How long consent and authorize objects are kept. */
  readonly evidenceRetentionDays: number;
  /** HTTP connections at once; those beyond are closed. */
  readonly maxConnections: number;
  /** Private networks (CIDR) that requests of ours may lead into, whoever names the address; `null`: see network-policy. */
  readonly privateNetworks: readonly string[] | null;
  /** A folder of .graphql files or a JSON file: what the graph runs for who lacks `graph.adhoc`. `null`: anything. */
  readonly trustedDocuments: string | null;
  readonly databasePoolSize: number;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** Load the demo registry and run the mock civil register beside the gateway. */
  readonly demo: boolean;
  readonly mockRegistryPort: number;
}

/** Reads the settings from the environment; throws a `Problem` (`CONFIGURATION_INVALID`) that names each wrong one. */
export function readConfig(environment: NodeJS.ProcessEnv, folder = process.cwd()): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = SETTINGS.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Problem('CONFIGURATION_INVALID', `These settings cannot be used: ${wrong.join('; ')}`);
  }
  const settings = parsed.data;
  if (settings.DATABASE_OWNER_URL !== undefined && settings.DATABASE_URL === undefined) {
    throw new Problem('CONFIGURATION_INVALID', 'DATABASE_OWNER_URL is set without DATABASE_URL: set both or neither');
  }
  return {
    environment: settings.NODE_ENV,
    host: settings.HOST,
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/u, '') ?? null,
    databaseUrl: settings.DATABASE_URL ?? null,
    databaseOwnerUrl: settings.DATABASE_OWNER_URL ?? settings.DATABASE_URL ?? null,
    dataDir: resolve(folder, settings.DATA_DIR),
    keysDir: resolve(folder, settings.KEYS_DIR),
    senderId: settings.SENDER_ID ?? null,
    tokenLifetimeSeconds: settings.TOKEN_LIFETIME_SECONDS,
    registries: [...new Set(settings.REGISTRIES)],
    receiverIds: settings.RECEIVER_IDS,
    signaturePlaceholders: settings.SIGNATURE_PLACEHOLDERS,
    partnerRequestsPerSecond: settings.PARTNER_REQUESTS_PER_SECOND,
    answerSeconds: settings.ANSWER_SECONDS,
    maxPageSize: settings.MAX_PAGE_SIZE,
    trustedProxies: settings.TRUSTED_PROXIES,
    maxBodyBytes: settings.MAX_BODY_BYTES,
    callbacks: settings.CALLBACKS ?? (settings.NODE_ENV === 'production' ? 'registered' : 'any'),
    callbackAttempts: settings.CALLBACK_ATTEMPTS,
    signingKeyDays: settings.SIGNING_KEY_DAYS,
    transactionRetentionDays: settings.TRANSACTION_RETENTION_DAYS,
    importRetentionDays: settings.IMPORT_RETENTION_DAYS,
    singleIdentifiers: settings.SINGLE_IDENTIFIERS,
    disclosureRetentionDays: settings.DISCLOSURE_RETENTION_DAYS,
    evidenceRetentionDays: settings.EVIDENCE_RETENTION_DAYS,
    maxConnections: settings.MAX_CONNECTIONS,
    privateNetworks: settings.ALLOW_PRIVATE_NETWORKS ?? null,
    trustedDocuments: settings.TRUSTED_DOCUMENTS === undefined ? null : resolve(folder, settings.TRUSTED_DOCUMENTS),
    databasePoolSize: settings.DATABASE_POOL_SIZE,
    logLevel: settings.LOG_LEVEL,
    // Nothing is loaded unasked into a database that somebody named, nor in production.
    demo: settings.DEMO
      ? settings.DEMO === 'on'
      : settings.DATABASE_URL === undefined && settings.NODE_ENV === 'development',
    mockRegistryPort: settings.MOCK_REGISTRY_PORT,
  };
}

/** Where the project's own files (schema/, keys/) lie, wherever the program was started from. */
export const PROJECT_FOLDER = join(import.meta.dirname, '..');
