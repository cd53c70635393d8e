import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { CancellablePool } from '../database/cancellable-pool.js';
import type { Jobs } from '../database/jobs.js';
import { queryableFor } from '../database/limited.js';
import type { RunProgress } from '../imports/run-progress.js';
import type { Catalogue } from '../record/catalogue.js';
import { createLoaders } from '../registry/loaders.js';
import { createRecordLoaders } from '../registry/record-loaders.js';
import type { Ledger } from '../security/audit/ledger.js';
import type { Caller } from '../security/bearer.js';
import type { Keys } from '../security/keys.js';
import type { RegistryClient } from '../sources/registry-client.js';
import type { GraphContext } from './context.js';
import { createOperatorLoaders } from './operator-loaders.js';
import { type AwaitedAnswer, RequestTime } from './request-time.js';
import { withinRegistries } from './sight/registry-limits.js';
import { Shown } from './sight/shown.js';
import type { TrustedDocuments } from './trusted-documents.js';

/** What the contexts of all requests share. */
export interface RequestContextOptions {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly client: RegistryClient;
  readonly progress: RunProgress;
  /** What can be asked for by name, as it stands now. */
  readonly catalogue: () => Catalogue | Promise<Catalogue>;
  readonly config: GraphContext['config'] & { readonly answerSeconds: number };
  readonly trusted: TrustedDocuments | null;
  readonly log: Logger;
}

/** The context of one request of the caller, which ends with `answer`. */
export function createContext(
  caller: Caller,
  answer: AwaitedAnswer,
  { pool, jobs, keys, ledger, client, progress, catalogue, config, trusted, log }: RequestContextOptions,
): GraphContext {
  const access = withinRegistries(caller.access);
  const db = new CancellablePool(pool);
  const records = queryableFor(pool, access, db);
  return {
    caller: access === caller.access ? caller : { ...caller, access },
    loaders: createLoaders(records, access.rows, access.fields),
    recordLoaders: createRecordLoaders(records, access.fields),
    operatorLoaders: createOperatorLoaders(db),
    shown: new Shown(),
    time: new RequestTime(answer, db, config.answerSeconds),
    db,
    records,
    catalogue,
    pool,
    jobs,
    keys,
    ledger,
    client,
    progress,
    config,
    trusted,
    log,
    requestId: randomUUID(),
  };
}
