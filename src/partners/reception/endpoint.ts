import type { Dialect } from '../../dci/dialects/dialect.js';
import type { RequestHeader } from '../../dci/header.js';
import type { WireObject } from '../../dci/wire-object.js';
import type { NumberedPage } from '../../record/page.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { CallingClient } from '../../security/bearer.js';
import type { Scope } from '../../security/scopes.js';

/** One row of the standard's table of endpoints. */
export interface Endpoint {
  /** After `/registry`: `/sync/search`. */
  readonly path: string;
  /** Other names under which peers look for it. */
  readonly aliases: readonly string[];
  /** Of the messages that come here. */
  readonly action: string;
  /**
   * `sync`: the answer is the response. `request`: acknowledged with 202, answered later by a callback. `callback`: what
   * other registries send us; acknowledged with 200.
   */
  readonly mode: 'sync' | 'request' | 'callback';
  /** Under the prefixes of which registries it is published. */
  readonly registries: readonly RegistryKind[];
  /** Any one of them opens it. */
  readonly scopes: readonly Scope[];
  readonly handle: Handler;
}

/** A message whose sender, header and signature were found to be in order. */
export interface ReceivedMessage {
  readonly caller: CallingClient;
  readonly dialect: Dialect;
  readonly header: RequestHeader;
  /** `message` of the envelope, unread; an empty object where a callback has none. */
  readonly message: WireObject;
  /** The whole envelope, its message in plain; of a signed one what was signed and nothing else. */
  readonly envelope: WireObject;
  /** Whether a signature verified. */
  readonly isSigned: boolean;
  /** SHA-256 of the body as it came; of what was signed or encrypted: of what it says. */
  readonly bodyDigest: Buffer;
  /** That the address names (`/crvs/registry/...`); `null`: the message says which. */
  readonly registry: RegistryKind | null;
  /** `?page=&limit=` of the address. */
  readonly addressPage: NumberedPage | null;
  /** Minted for this message; the acknowledgement and every callback carry it. */
  readonly correlationId: string;
  readonly now: Date;
  /** Fires when the caller has gone or waited too long. */
  readonly signal: AbortSignal;
}

/**
 * Deals with a message and says what goes out: HTTP status and body. Throws a `Problem` with a code `err.*` for what is
 * refused as a whole (HTTP 400), a `WireProblem` for another status.
 */
export type Handler = (received: ReceivedMessage) => Promise<Reply>;

export interface Reply {
  readonly status: number;
  readonly body: WireObject;
}
