import type { Ledger } from './audit/ledger.js';

/** Who changes clients, roles, issuers and data sources: each such act is written down in its own transaction. */
export interface Administrator {
  readonly ledger: Pick<Ledger, 'note'>;
  /** As `Caller.actor`; `operator:<user>` for the command line. */
  readonly actor: string;
}
