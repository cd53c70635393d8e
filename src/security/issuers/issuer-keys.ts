import type { RemoteJWKSet } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { loggableError } from '../../record/loggable-error.js';
import type { GuardedAgent, GuardedFetch } from '../egress/guarded-agent.js';
import { KEY_SET_LIMITS, remoteKeySet } from '../remote-key-set.js';
import type { TrustedIssuer } from './trusted-issuers.js';

const HELD_SETS = 100;

/** The public keys of trusted issuers: behind a registered address, or where the issuer's metadata say. */
export class IssuerKeys {
  readonly #log: Logger;
  readonly #fetch: GuardedFetch;
  /** For addresses that are only told to us: they do not lead into the networks behind this gateway. */
  readonly #fetchTold: GuardedFetch;
  readonly #sets = new LRUCache<string, RemoteJWKSet>({ max: HELD_SETS });

  constructor({ agent, log }: { readonly agent: GuardedAgent; readonly log: Logger }) {
    this.#log = log;
    this.#fetch = agent.fetch({ givenBy: 'operator', ...KEY_SET_LIMITS });
    this.#fetchTold = agent.fetch({ givenBy: 'message', ...KEY_SET_LIMITS });
  }

  of({ issuer, jwksUri }: Pick<TrustedIssuer, 'issuer' | 'jwksUri'>): RemoteJWKSet {
    const name = JSON.stringify([issuer, jwksUri]);
    const held = this.#sets.get(name);
    if (held) return held;
    const made = remoteKeySet({
      url: new URL(jwksUri ?? issuer),
      fetch: jwksUri === null ? (_url, init) => this.#discovered(issuer, init) : this.#fetch,
      onFailure: (error) => {
        this.#log.warn({ err: loggableError(error) }, 'the keys of a trusted issuer could not be read');
      },
    });
    this.#sets.set(name, made);
    return made;
  }

  /** Asked for its keys' address each time the keys are read: it may move them. */
  async #discovered(issuer: string, init: Parameters<GuardedFetch>[1]): Promise<Response> {
    // OpenID Connect Discovery 1.0, section 4.
    const answer = await this.#fetch(`${issuer.replace(/\/$/u, '')}/.well-known/openid-configuration`, init);
    if (answer.status !== 200) throw new Error(`the metadata were answered with HTTP ${String(answer.status)}`);
    const metadata: unknown = await answer.json();
    if (typeof metadata !== 'object' || metadata === null || !('issuer' in metadata) || metadata.issuer !== issuer) {
      throw new Error('the metadata are those of another issuer');
    }
    if (!('jwks_uri' in metadata) || typeof metadata.jwks_uri !== 'string' || !URL.canParse(metadata.jwks_uri)) {
      throw new Error('the metadata name no address of keys');
    }
    const address = new URL(metadata.jwks_uri);
    const isOwn = address.origin === new URL(issuer).origin;
    return isOwn ? this.#fetch(address.href, init) : this.#fetchTold(address.href, init);
  }
}
