import { once } from 'node:events';
import { Command, Option } from 'commander';
import { startMockRegistry } from '../mock-registry/start.js';
import { portNumber, wholeNumber } from './number-arguments.js';
import { print } from './output.js';

interface MockOptions {
  readonly port: number;
  readonly births: number;
  readonly seed: number;
  readonly tokenCredentials: 'query' | 'form' | 'any';
  readonly json?: boolean;
}

/** `mock-registry`: a civil register of invented births to try an import against; stops with Ctrl-C. */
export function mockRegistryCommand(): Command {
  return new Command('mock-registry')
    .description('run a civil register of invented births that speaks the OpenCRVS 1.0 dialect')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes a free one', portNumber, 4001)
    .option('--births <count>', 'how many registered births', wholeNumber, 300)
    .option('--seed <number>', 'the same seed makes the same register', wholeNumber, 1)
    .addOption(
      new Option(
        '--token-credentials <where>',
        'where it reads client credentials; OpenCRVS reads only the query string',
      )
        .choices(['query', 'form', 'any'])
        .default('any'),
    )
    .option('--json', 'print address and credentials as JSON')
    .action(async (options: MockOptions) => {
      const registry = await startMockRegistry({
        port: options.port,
        births: options.births,
        seed: options.seed,
        tokenCredentials: options.tokenCredentials,
      });
      const { url, clientId, clientSecret } = registry;
      print({ url, clientId, clientSecret }, options, () => [
        `A civil register of ${String(options.births)} births is at ${url}`,
        `Client ID      ${clientId}`,
        `Client secret  ${clientSecret}`,
        'Stop it with Ctrl-C.',
      ]);
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      await registry.close();
    });
}
