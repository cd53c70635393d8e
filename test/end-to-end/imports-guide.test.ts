import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import pino from 'pino';
import { startDemo } from '../../src/cli/demo-surroundings.js';
import { runCommandLine } from '../../src/cli/program.js';
import { readConfig } from '../../src/config.js';
import { startMockRegistry } from '../../src/mock-registry/start.js';
import { startServer } from '../../src/server.js';
import { createTestDatabase } from '../test-database.js';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/imports.md'), 'utf8');
/** What is pasted, and, where the guide says it, what is printed. */
const STEPS = [...GUIDE.matchAll(/^```sh\n(?<script>.*?)^```\n(?:\n```output\n(?<output>.*?)^```\n)?/gmsu)].map(
  ({ groups }) => ({ script: groups?.script ?? '', output: groups?.output ?? null }),
);
/** Between what one block printed and the next. */
const MARK = '-----8<-----';
const before = { ...process.env };

/** The command line in this process, behind an address: a process of its own for each command would take a minute. */
const COMMANDS = `
dci-gateway() {
  printf '%s\\0' "$@" | curl -s --fail-with-body --data-binary @- -H "x-secret: \${DCI_CLIENT_SECRET:-}" "$COMMANDS"
}
`;

async function serveCommands(): Promise<Server> {
  const server = createServer((request, response) => {
    void text(request).then(async (words) => {
      process.env.DCI_CLIENT_SECRET = String(request.headers['x-secret']);
      const { code, said } = await command(words.split('\0').slice(0, -1));
      response.statusCode = code === 0 ? 200 : 500;
      response.end(said);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function command(words: readonly string[]): Promise<{ code: number; said: string }> {
  const said = { out: '', err: '' };
  const writers = [process.stdout.write.bind(process.stdout), process.stderr.write.bind(process.stderr)];
  process.stdout.write = (chunk: string | Uint8Array) => Boolean((said.out += String(chunk)));
  process.stderr.write = (chunk: string | Uint8Array) => Boolean((said.err += String(chunk)));
  try {
    const code = await runCommandLine(['node', 'dci-gateway', ...words]);
    return { code, said: code === 0 ? said.out : said.err };
  } finally {
    for (const [index, stream] of [process.stdout, process.stderr].entries()) {
      Object.assign(stream, { write: writers[index] });
    }
  }
}

async function run(script: string, environment: Record<string, string>): Promise<string> {
  const shell = spawn('bash', ['-e', '-u', '-o', 'pipefail'], {
    env: { ...before, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  shell.stdin.end(script);
  const [printed, said] = await Promise.all([buffer(shell.stdout), text(shell.stderr), once(shell, 'close')]);
  if (shell.exitCode !== 0) throw new Error(`${printed.toString()}\n${said}`);
  return printed.toString();
}

/** What stays the same from one day and one gateway to the next. */
function lasting(line: string): string {
  return line
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, 'MOMENT')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/gu, 'ADDRESS')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

test('every command of the guide to imports works as it is written, and prints what it says', async () => {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'dci-guide-'));
  const settings = {
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    KEYS_DIR: join(folder, 'keys'),
    DATA_DIR: join(folder, 'data'),
    PORT: '0',
    MOCK_REGISTRY_PORT: '0',
    NODE_ENV: 'test',
  };
  Object.assign(process.env, settings);
  const log = pino({ level: 'silent' });
  const config = readConfig({ ...settings, LOG_LEVEL: 'silent' });
  const server = await startServer(config, log);
  const demo = await startDemo(server, config, log);
  const other = await startMockRegistry({ profile: 'opencrvs-1.9', births: 40 });
  const commands = await serveCommands();
  try {
    const script = STEPS.map((step) => `${step.script}\nprintf '\\n${MARK}\\n'\n`).join('');
    const printed = await run(`${COMMANDS}${script}`, {
      GATEWAY: server.url,
      COMMANDS: `http://127.0.0.1:${String((commands.address() as AddressInfo).port)}`,
      OTHER: other.url,
      OTHER_ID: other.clientId,
      OTHER_SECRET: other.clientSecret,
    });
    const outputs = printed.split(MARK);
    expect(outputs).toHaveLength(STEPS.length + 1);
    for (const [index, { output }] of STEPS.entries()) {
      const shown = outputs[index] ?? '';
      expect(shown).not.toMatch(/"errors"|"Refusal"/u);
      const lines = shown.split('\n').map(lasting);
      for (const line of (output ?? '').split('\n').map(lasting)) {
        if (line !== '' && line !== '...') expect(lines).toContain(line);
      }
    }
    expect(STEPS.filter(({ output }) => output !== null).length).toBeGreaterThan(8);
  } finally {
    commands.closeAllConnections();
    commands.close();
    await other.close();
    await demo.close();
    await server.close();
    await database.close();
    process.env = before;
    await rm(folder, { recursive: true, force: true });
  }
}, 240_000);
