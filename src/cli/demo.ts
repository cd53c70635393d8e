import { Command } from 'commander';
import { loadDemo } from '../registry/demo/demo.js';
import { generateRegistry } from '../registry/demo/generate.js';
import { wholeNumber } from './number-arguments.js';
import { print } from './output.js';
import { withProgress } from './progress.js';
import { withSession } from './session.js';

/** `demo load|generate`: people, families and places that nobody has to protect. */
export function demoCommand(): Command {
  const demo = new Command('demo').description('invented data to try the gateway with');
  demo
    .command('load')
    .description('load an invented registry: families, identifiers and a tree of places')
    .option('--individuals <count>', 'how many people', wholeNumber, 200)
    .option('--seed <number>', 'the same seed makes the same people', wholeNumber, 1)
    .option('--json', 'print the counts as JSON')
    .action(async (options: { individuals: number; seed: number; json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const counts = await withProgress('individuals', options.individuals, (onProgress) =>
          loadDemo(pool, { individuals: options.individuals, seed: options.seed, onProgress }),
        );
        print(counts, options, () =>
          counts.individuals === 0
            ? ['The demo registry is loaded already: nothing was changed.']
            : Object.entries(counts).map(([what, count]) => `${what}: ${String(count)}`),
        );
      });
    });
  demo
    .command('generate')
    .description('fill the registry with millions of invented people, to see how it does; the same again goes on')
    .requiredOption('--individuals <count>', 'how many people, in full thousands', wholeNumber)
    .option('--connections <count>', 'how many write at once', wholeNumber, 3)
    .option('--json', 'print the counts as JSON')
    .action(async (options: { individuals: number; connections: number; json?: boolean }) => {
      await withSession(async ({ pool, database }) => {
        const began = performance.now();
        const counts = await withProgress('individuals', options.individuals, (onProgress) =>
          generateRegistry(pool, { ...options, ownerUrl: database.ownerUrl, onProgress }),
        );
        const seconds = (performance.now() - began) / 1000;
        const made = counts.individuals - counts.foundIndividuals;
        const figures = {
          ...counts,
          seconds: Math.round(seconds),
          individualsPerSecond: Math.round(made / seconds),
          mostMemoryMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
        };
        print(figures, options, () => Object.entries(figures).map(([what, count]) => `${what}: ${String(count)}`));
      });
    });
  return demo;
}
