import { randomBytes } from 'node:crypto';
import { type Logger } from 'pino';
import { type Config } from '../config.js';
import { type MockRegistry, startMockRegistry } from '../mock-registry/start.js';
import { DEMO_SOURCE_CLIENT_ID } from '../production.js';
import { loadDemo } from '../registry/demo/demo.js';
import { type RunningServer } from '../server.js';
import { createDataSource, findDataSource, updateDataSource } from '../sources/data-sources.js';

const SOURCE_CODE = 'crvs';

/** What `npm start` puts beside the gateway where no database was named: invented people, and a register to ask. */
export interface RunningDemo {
  readonly mockRegistryUrl: string;
  close(): Promise<void>;
}

/** Loads the invented people and starts the mock register, which it notes as a data source. The caller closes it. */
export async function startDemo(
  { pool, keys, ledger }: RunningServer,
  config: Config,
  log: Logger,
): Promise<RunningDemo> {
  await loadDemo(pool, { individuals: 200, seed: 1 });
  const clientSecret = randomBytes(24).toString('base64url');
  const registry = await startOnPortOrFreeOne(config.mockRegistryPort, clientSecret, log);
  try {
    const address = { baseUrl: registry.url, clientId: DEMO_SOURCE_CLIENT_ID, clientSecret };
    const by = { ledger, actor: 'gateway' };
    const held = await findDataSource(pool, SOURCE_CODE);
    if (held === null) {
      const source = {
        ...address,
        code: SOURCE_CODE,
        name: 'Mock civil register',
        dialect: 'opencrvs-1.0',
        authType: 'bearer',
        credentialLocation: 'form',
      } as const;
      await createDataSource(pool, keys, source, by);
    } else if (held.clientId === DEMO_SOURCE_CLIENT_ID) {
      await updateDataSource(pool, keys, held.code, address, by);
    }
  } catch (error) {
    await registry.close();
    throw error;
  }
  return { mockRegistryUrl: registry.url, close: () => registry.close() };
}

async function startOnPortOrFreeOne(port: number, clientSecret: string, log: Logger): Promise<MockRegistry> {
  const options = {
    births: 300,
    seed: 1,
    clientId: DEMO_SOURCE_CLIENT_ID,
    clientSecret,
    tokenCredentials: 'any',
  } as const;
  try {
    return await startMockRegistry({ ...options, port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    log.info({ port }, 'the port of the mock register is taken: it uses a free one');
    return startMockRegistry({ ...options, port: 0 });
  }
}
