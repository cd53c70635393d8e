import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Jobs } from '../database/jobs.js';
import type { Catalogue } from '../record/catalogue.js';
import type { Loaders } from '../registry/loaders.js';
import type { RecordLoaders } from '../registry/record-loaders.js';
import type { Caller } from '../security/bearer.js';
import type { Ledger } from '../security/audit/ledger.js';
import type { Keys } from '../security/keys.js';
import type { RegistryClient } from '../sources/registry-client.js';
import type { OperatorLoaders } from './operator-loaders.js';

/** What every resolver of one request shares. The loaders live as long as the request: nobody sees another's rows. */
export interface GraphContext {
  readonly caller: Caller;
  readonly loaders: Loaders;
  readonly recordLoaders: RecordLoaders;
  readonly operatorLoaders: OperatorLoaders;
  /** What can be asked for by name, as it stands now. */
  readonly catalogue: () => Catalogue | Promise<Catalogue>;
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly client: RegistryClient;
  readonly log: Logger;
  /** Names the request in the log and in a masked error. */
  readonly requestId: string;
}
