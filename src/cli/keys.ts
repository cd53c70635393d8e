import { Command } from 'commander';
import { print } from './output.js';
import { withSession } from './session.js';

/** `keys generate`: the key files, before the first start needs them. */
export function keysCommand(): Command {
  const keys = new Command('keys').description('the signing key pair, the pepper and the data key in KEYS_DIR');
  keys
    .command('generate')
    .description('make the key files that are missing; those that exist are kept')
    .option('--json', 'print the public keys as JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ config, keys: opened }) => {
        const published = await opened.jwks();
        print(published, options, () => [
          `Keys are in ${config.keysDir}. Keep a copy in a safe place: the database cannot be read without them.`,
          ...published.keys.map((key) => `signing key ${String(key.kid)}`),
        ]);
      });
    });
  return keys;
}
