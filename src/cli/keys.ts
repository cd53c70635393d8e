import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { Problem } from '../record/problem.js';
import { KEY_FILES } from '../security/keys/key-files.js';
import { KEY_PURPOSES, type KeyPurpose, readPrivateKey } from '../security/keys/key-pair.js';
import {
  addKey,
  GOOD_AFTER_SECONDS,
  type KeyPair,
  listKeyPairs,
  PUBLISHED_BEFORE_SECONDS,
  replaceKeysNow,
  retireKey,
} from '../security/keys/key-turns.js';
import { columns, print } from './output.js';
import { withSession } from './session.js';

interface RotateOptions {
  readonly purpose: KeyPurpose;
  readonly now?: boolean;
  readonly pem?: string;
  readonly json?: boolean;
}

/** `keys generate|list|rotate|retire`: what we sign with, and what others encrypt to us with. */
export function keysCommand(): Command {
  const keys = new Command('keys').description('key pairs of this deployment, and the files of KEYS_DIR');
  keys
    .command('generate')
    .description('make the key files that are missing; those that exist are kept')
    .option('--json', 'print the public keys as JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ config, keys: opened }) => {
        const published = await opened.jwks();
        print(published, options, () => [
          `Keys are in ${config.keysDir}. Keep a copy in a safe place: the database cannot be read without them.`,
          ...published.keys.map(({ kid, use }) => `${use === 'enc' ? 'encryption' : 'signing'} key ${kid}`),
        ]);
      });
    });

  keys
    .command('list')
    .description('every key pair and whose turn it is')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const pairs = await listKeyPairs(pool);
        print(pairs, options, () =>
          columns([
            ['KEY', 'PURPOSE', 'STATE', 'MADE', 'NEXT'],
            ...pairs.map((pair) => [pair.kid, pair.purpose, pair.state, pair.createdAt.toISOString(), next(pair)]),
          ]),
        );
      });
    });

  keys
    .command('rotate')
    .description('make the next key: published now, in use a quarter of an hour later, while the one before stays good')
    .addOption(new Option('--purpose <purpose>', 'which key').choices(KEY_PURPOSES).default('signing'))
    .option('--now', 'a key leaked: use the new one at once; nothing made with an earlier one is good any more')
    .option('--pem <file>', 'an RSA key of your own, PEM without a passphrase')
    .option('--json', 'print JSON')
    .action(async ({ purpose, now, pem, ...options }: RotateOptions) => {
      await withSession(async (session) => {
        const own = pem === undefined ? undefined : readPrivateKey(pem, await readPem(pem));
        const made = await (now ? replaceKeysNow : addKey)(session, purpose, own);
        print(made, options, () => [
          `${made.purpose} key ${made.kid}: ${made.state}`,
          ...(now && purpose === 'signing'
            ? [
                `Remove ${KEY_FILES.signingPrivate} from the folder of keys: what it holds is good for nothing any more.`,
              ]
            : now
              ? []
              : [next(made)]),
        ]);
      });
    });

  keys
    .command('retire')
    .description('end a key that waits or retires; nothing made with it is good any more')
    .argument('<key>', 'as keys list names it; after -- where it begins with a hyphen')
    .option('--json', 'print JSON')
    .action(async (kid: string, options: { json?: boolean }) => {
      await withSession(async (session) => {
        const ended = await retireKey(session, kid);
        print(ended, options, () => [`${ended.purpose} key ${ended.kid} is gone.`]);
      });
    });
  return keys;
}

/** What comes next for a key, and when. */
function next({ state, createdAt, retiringAt }: KeyPair): string {
  const after = (from: Date, seconds: number): string => new Date(from.getTime() + seconds * 1000).toISOString();
  if (state === 'pending') return `in use after ${after(createdAt, PUBLISHED_BEFORE_SECONDS)}, while a gateway runs`;
  if (state === 'retiring' && retiringAt) return `gone after ${after(retiringAt, GOOD_AFTER_SECONDS)}`;
  return '';
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Problem('FILE_UNREADABLE', `${path} cannot be read: check the name of the file and who may read it`, {
      cause,
    });
  }
}
