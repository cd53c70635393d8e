import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Jobs } from '../database/jobs.js';
import type { Queryable } from '../database/pool.js';
import type { RunProgress } from '../imports/run-progress.js';
import type { Catalogue } from '../record/catalogue.js';
import type { RegistryKind } from '../record/registry-kind.js';
import type { Loaders } from '../registry/loaders.js';
import type { RecordLoaders } from '../registry/record-loaders.js';
import type { Ledger } from '../security/audit/ledger.js';
import type { Caller } from '../security/bearer.js';
import type { Keys } from '../security/keys.js';
import type { RegistryClient } from '../sources/registry-client.js';
import type { OperatorLoaders } from './operator-loaders.js';
import type { RequestTime } from './request-time.js';
import type { Shown } from './sight/shown.js';
import type { TrustedDocuments } from './trusted-documents.js';

/** What every resolver of one request shares. The loaders live as long as the request: nobody sees another's rows. */
export interface GraphContext {
  readonly caller: Caller;
  readonly loaders: Loaders;
  readonly recordLoaders: RecordLoaders;
  readonly operatorLoaders: OperatorLoaders;
  /** Of whom the answer tells; nodes add to it, the ledger is told of them before the answer leaves. */
  readonly shown: Shown;
  /** What can be asked for by name, as it stands now. */
  readonly catalogue: () => Catalogue | Promise<Catalogue>;
  /** Reads what operators set up; ends with the request. */
  readonly db: Queryable;
  /** Reads records, of which the database itself shows only those that the caller may see; ends with the request. */
  readonly records: Queryable;
  /** For writing, which is carried out whether or not somebody waits for it. */
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly client: RegistryClient;
  /** Follows runs of imports. */
  readonly progress: RunProgress;
  /** How partners are answered, and of which types of identifiers a person has only one. */
  readonly config: {
    readonly maxPageSize: number;
    readonly registries: readonly RegistryKind[];
    readonly singleIdentifiers: readonly string[];
  };
  /** What may be run without the scope `graph.adhoc`; `null`: anything. */
  readonly trusted: TrustedDocuments | null;
  readonly log: Logger;
  /** How long the request may take. */
  readonly time: RequestTime;
  /** Names the request in the log, in the audit and in a masked error. */
  readonly requestId: string;
}
