import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const PROGRAM = join(import.meta.dirname, '../../dist/main.js');
const START_LIMIT_MS = 60_000;

/** A gateway in a process of its own, as `npm start` runs it, with its own folder for data and keys. */
export interface GatewayProcess {
  readonly url: string;
  /** All that it printed and logged so far. */
  output(): string;
  /** Runs a command of the command line beside it, with the same settings; answers with what it printed. */
  command(...words: string[]): Promise<string>;
  /** Stops it as Ctrl-C does; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Ends it without warning. */
  kill(): Promise<void>;
}

/** A new folder for the data and keys of a gateway. */
export async function gatewayFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'dci-gateway-'));
  // Run as root, the database user must be able to enter it: else the data would stay in /var/lib/dci-gateway.
  await chmod(folder, 0o755);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export async function startGateway(folder: string, settings: Record<string, string> = {}): Promise<GatewayProcess> {
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    PORT: '0',
    MOCK_REGISTRY_PORT: '0',
    DATA_DIR: join(folder, 'data'),
    KEYS_DIR: join(folder, 'keys'),
    ...settings,
  };
  const child = spawn(process.execPath, [PROGRAM, 'serve'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the gateway did not start in ${String(START_LIMIT_MS)} ms:\n${printed}`));
    }, START_LIMIT_MS);
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const ready = /GraphQL\s+(http:\/\/[^\s/]+)\/graphql/u.exec(printed);
      if (ready?.[1]) {
        clearTimeout(limit);
        resolve(ready[1]);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`the gateway ended with ${String(code)}:\n${printed}`));
    });
  });
  return {
    url,
    output: () => printed,
    command: (...words) => runCommand(words, environment),
    stop: () => end(child, 'SIGTERM'),
    kill: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

/** Runs one command of the command line; rejects with what it said when it fails. */
export async function runCommand(words: readonly string[], environment: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, ...words], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const [printed, said] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${String(child.exitCode)}: ${said}`);
  return printed;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}
