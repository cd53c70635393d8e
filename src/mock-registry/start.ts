import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { BirthRegister } from './births.js';
import { createDice, uuid } from './dice.js';
import { type Door, type Fault } from './faults.js';
import { type JSONWebKeySet } from 'jose';
import { FlavourDesk } from './flavours/flavour-desk.js';
import { type ProfileName } from './flavours/flavour.js';
import { flavourOf } from './flavours/flavours.js';
import { Search } from './search.js';
import { type AskedRequest, Reception } from './reception.js';
import { writeError } from './replies.js';
import { OpenCrvs1Desk } from './search-desk.js';
import { createSigner } from './signatures.js';
import { type TokenPlace } from './token-places.js';
import { type TokenCredentials, Tokens } from './tokens.js';
import { countTruth, type Truth } from './truth.js';

export { type Fault } from './faults.js';
export { PROFILE_NAMES, type ProfileName } from './flavours/flavour.js';
export { type AskedRequest } from './reception.js';
export { type TokenCredentials } from './tokens.js';
export { type Truth } from './truth.js';

/** What the register is like; everything has a default. */
export interface MockRegistryOptions {
  /** Whose server it plays; `opencrvs-1.0` by default. */
  readonly profile?: ProfileName;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** How many registered births; 300 by default, a million at most. */
  readonly births?: number;
  /** The same seed (and number of births) makes the same register. */
  readonly seed?: number;
  /** Made from the seed by default, so that a client stays known when the register is started again. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** The public keys of the client: where the product wants signatures, they are then verified too. */
  readonly clientKeys?: JSONWebKeySet;
  /** By default where the real one looks: the query string alone in OpenCRVS 1.0. */
  readonly tokenCredentials?: TokenCredentials;
  readonly tokenLifetimeSeconds?: number;
  /** Whether answers of OpenCRVS 1.0 carry a signature. */
  readonly sign?: boolean;
  /** How far pages may reach into a result (the real one: 10,000); without end by default. */
  readonly window?: number;
  readonly faults?: readonly Fault[];
  /** Called with one line per request: method, path and status, never a parameter. */
  readonly log?: (line: string) => void;
}

/** A register that runs; the caller closes it. */
export interface MockRegistry {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What an import of all births must come to; counted at the first look. */
  readonly truth: Truth;
  /** The newest 1,000 requests, oldest first. */
  readonly requests: readonly AskedRequest[];
  /** How often each door was knocked at since the start. */
  readonly asked: Readonly<Record<Door, number>>;
  /** The newest 20 search messages as they were read, oldest first. */
  readonly searches: readonly unknown[];
  /** Replaces all faults. */
  setFaults(faults: readonly Fault[]): void;
  /** Ends every connection, hanging ones too. */
  close(): Promise<void>;
}

const MOST_BIRTHS = 1_000_000;

const OPENCRVS_PATHS = {
  search: '/registry/sync/search',
  token: '/oauth2/client/token',
  locations: '/.well-known/locations.json',
};

const TOKEN_PLACES: Readonly<Record<TokenCredentials, readonly TokenPlace[]>> = {
  query: ['query'],
  form: ['form'],
  any: ['query', 'form', 'json', 'basic'],
};

/** Starts a register of invented births, or of the people behind them, that answers as the server of a product does. */
export async function startMockRegistry(options: MockRegistryOptions = {}): Promise<MockRegistry> {
  const seed = options.seed ?? 1;
  const births = options.births ?? 300;
  if (!Number.isInteger(births) || births < 0 || births > MOST_BIRTHS) {
    throw new RangeError(`The number of births must be a whole number from 0 to ${String(MOST_BIRTHS)}`);
  }
  const dice = createDice(seed);
  const clientId = options.clientId ?? uuid(dice(0, 1), dice(0, 2), dice(0, 3), dice(0, 4));
  const clientSecret = options.clientSecret ?? `mock-${uuid(dice(0, 5), dice(0, 6), dice(0, 7), dice(0, 8))}`;
  const register = new BirthRegister(seed, births);
  const tokens = new Tokens({ clientId, clientSecret, lifetimeSeconds: options.tokenLifetimeSeconds ?? 600 });
  const flavour = flavourOf(options.profile ?? 'opencrvs-1.0');
  const search = new Search(register, options.window ?? Number.POSITIVE_INFINITY);
  const signer = options.sign === true ? await createSigner() : null;
  const desk =
    flavour === null
      ? new OpenCrvs1Desk(search, tokens, signer)
      : new FlavourDesk(flavour, register, tokens, { jwks: options.clientKeys ?? null });
  const reception = new Reception({
    register,
    paths: flavour?.paths ?? OPENCRVS_PATHS,
    desk,
    error: flavour?.error ?? writeError,
    tokens,
    tokenPlaces:
      options.tokenCredentials === undefined
        ? (flavour?.tokenPlaces ?? TOKEN_PLACES.query)
        : TOKEN_PLACES[options.tokenCredentials],
    needsDatabase: flavour?.needsDatabase ?? false,
    signer,
    log: options.log ?? (() => undefined),
  });
  reception.faults.set(options.faults ?? []);

  const server = createServer((request, response) => {
    void reception.handle(request, response);
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  let truth: Truth | null = null;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(portOf(server.address()))}`,
    clientId,
    clientSecret,
    get truth() {
      const { deaths, marriages } = search;
      truth ??= desk.truth(countTruth(register, { deaths: deaths.length, marriages: marriages.length }));
      return truth;
    },
    requests: reception.requests,
    asked: reception.asked,
    searches: reception.searches,
    setFaults: (faults) => {
      reception.faults.set(faults);
    },
    close: async () => {
      reception.closing.abort();
      const closed = new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
      server.closeAllConnections();
      await closed;
    },
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('The register has no port');
  return address.port;
}
