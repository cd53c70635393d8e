import { once } from 'node:events';
import { Command, InvalidArgumentError, Option } from 'commander';
import { FAULT_NAMES, readFault } from '../mock-registry/fault-names.js';
import { type Fault, PROFILE_NAMES, type ProfileName, startMockRegistry } from '../mock-registry/start.js';
import { portNumber, wholeNumber } from './number-arguments.js';
import { print } from './output.js';

interface MockOptions {
  readonly profile: ProfileName;
  readonly port: number;
  readonly births: number;
  readonly seed: number;
  readonly tokenCredentials?: 'query' | 'form' | 'any';
  readonly faults: readonly Fault[];
  readonly json?: boolean;
}

/** `mock-registry`: a register of invented births to try an import against; stops with Ctrl-C. */
export function mockRegistryCommand(): Command {
  return new Command('mock-registry')
    .description('run a register of invented births, or of the people behind them, that answers as a product does')
    .addOption(
      new Option('--profile <name>', 'whose server it plays').choices([...PROFILE_NAMES]).default('opencrvs-1.0'),
    )
    .option('--port <number>', 'port on 127.0.0.1; 0 takes a free one', portNumber, 4001)
    .option('--births <count>', 'how many registered births', wholeNumber, 300)
    .option('--seed <number>', 'the same seed makes the same register', wholeNumber, 1)
    .addOption(
      new Option(
        '--token-credentials <where>',
        'where it reads client credentials; by default anywhere for opencrvs-1.0, else where the product does',
      ).choices(['query', 'form', 'any']),
    )
    .option(
      '--faults <kinds>',
      `what goes wrong, with commas between; kind:5 at each fifth request or record, else at each third: ${FAULT_NAMES.join(', ')}`,
      faults,
      [],
    )
    .option('--json', 'print address and credentials as JSON')
    .action(async (options: MockOptions) => {
      const { profile, port, births, seed } = options;
      const tokenCredentials = options.tokenCredentials ?? (profile === 'opencrvs-1.0' ? 'any' : undefined);
      const registry = await startMockRegistry({
        profile,
        port,
        births,
        seed,
        faults: options.faults,
        ...(tokenCredentials === undefined ? {} : { tokenCredentials }),
      });
      const { url, clientId, clientSecret } = registry;
      print({ url, clientId, clientSecret }, options, () => [
        `A register of ${String(births)} births that answers as ${profile} is at ${url}`,
        `Client ID      ${clientId}`,
        `Client secret  ${clientSecret}`,
        'Stop it with Ctrl-C.',
      ]);
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      await registry.close();
    });
}

function faults(text: string): Fault[] {
  return text.split(',').map((word) => {
    const fault = readFault(word.trim());
    if (fault === null) throw new InvalidArgumentError(`It takes ${FAULT_NAMES.join(', ')}.`);
    return fault;
  });
}
