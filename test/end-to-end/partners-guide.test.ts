import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { readConfig } from '../../src/config.js';
import { loadDemo } from '../../src/registry/demo/demo.js';
import { createApiClient } from '../../src/security/client-administration.js';
import { startServer } from '../../src/server.js';
import { createTestDatabase } from '../test-database.js';
import { operator } from '../security/operator.js';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/partners.md'), 'utf8');
const BLOCKS = [...GUIDE.matchAll(/^```sh\n(.*?)^```/gmsu)].map((match) => match[1] ?? '');
/** Between what one block printed and the next. */
const MARK = '-----8<-----';

async function run(script: string, environment: Record<string, string>): Promise<string> {
  const shell = spawn('bash', ['-e', '-u', '-o', 'pipefail'], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const parts: Buffer[] = [];
  shell.stdout.on('data', (part: Buffer) => parts.push(part));
  shell.stdin.end(script);
  const [code] = (await once(shell, 'close')) as [number];
  expect(code).toBe(0);
  return Buffer.concat(parts).toString('utf8');
}

test('every call of the guide for partners works as it is written', async () => {
  const database = await createTestDatabase();
  const keysDir = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  const config = readConfig({
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    KEYS_DIR: keysDir,
    PORT: '0',
    LOG_LEVEL: 'silent',
  });
  const server = await startServer(config, pino({ level: 'silent' }));
  await loadDemo(database.pool);
  const receiver = createServer((_question, answer) => answer.end('{"ack_status":"ACK"}'));
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  try {
    const { client, clientSecret } = await createApiClient(
      database.pool,
      server.keys,
      {
        name: 'Ministry of Health',
        scopes: ['registry.search', 'registry.subscribe', 'registry.write'],
      },
      { by: operator(database.pool) },
    );
    const script = BLOCKS.map((block) => `${block}\nprintf '\\n${MARK}\\n'\n`).join('');
    const printed = await run(script, {
      GATEWAY: server.url,
      CLIENT_ID: client.clientId,
      CLIENT_SECRET: clientSecret,
      CALLBACK: `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/callback`,
    });
    const outputs = printed.split(MARK).map((output) => output.trim());
    expect(outputs).toHaveLength(BLOCKS.length + 1);
    const answers = outputs.flatMap((output, index) =>
      output === '' || BLOCKS[index]?.includes('locations.json') ? [] : output.split(/(?<=\})(?=\{"header")/u),
    );
    expect(answers.length).toBeGreaterThan(12);
    for (const answer of answers) {
      const body = JSON.parse(answer) as {
        header?: { status: string };
        message: { ack_status?: string; search_response?: { status: string; data?: { reg_records: unknown[] } }[] };
      };
      expect(body.message.ack_status ?? body.header?.status).toMatch(/^(ACK|succ)$/u);
    }
  } finally {
    receiver.closeAllConnections();
    receiver.close();
    await server.close();
    await database.close();
    await rm(keysDir, { recursive: true, force: true });
  }
}, 120_000);
