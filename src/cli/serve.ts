import { once } from 'node:events';
import { Command } from 'commander';
import { type Logger } from 'pino';
import { type Config, readConfig } from '../config.js';
import { Problem } from '../record/problem.js';
import { isLoopbackHost } from '../security/local-developer.js';
import { type RunningServer } from '../server.js';
import { type RunningDemo } from './demo-surroundings.js';
import { createLog } from './output.js';

const QUERY = `{
  groups(first: 3) {
    nodes { name head { name { full } } members { role individual { name { full } birthDate } } }
  }
}`;

/** `serve`: starts the gateway and prints where to look; Ctrl-C or SIGTERM drains and stops it. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('start the gateway (npm start); without DATABASE_URL also a database and a demo registry')
    .action(async () => {
      const config = readConfig(process.env);
      const log = createLog(config);
      // Loaded only here: the graph is most of the program, and the other commands start in half the time without it.
      const [{ startServer }, { startDemo }] = await Promise.all([
        import('../server.js'),
        import('./demo-surroundings.js'),
      ]);
      const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), failure(log)]);
      const server = await startServer(config, log);
      try {
        const demo = config.demo ? await startDemo(server, config, log) : null;
        try {
          process.stdout.write(whereToLook(server, config, demo));
          const why = await stopped;
          if (why === 'failure') {
            throw new Problem('STOPPED_AFTER_FAILURE', 'The gateway stopped after a failure: its log tells of it');
          }
          log.info('stopping: requests and jobs under way are let finish');
        } finally {
          await demo?.close();
        }
      } finally {
        await server.close();
      }
    });
}

/**
 * Resolves when something failed that nobody waited for: the gateway then stops as it would when asked to, with exit code
 * 1, and whoever runs it starts it again. Node's own way is to print the error with all that it holds.
 */
function failure(log: Logger): Promise<'failure'> {
  return new Promise((resolve) => {
    const stop = (error: unknown): void => {
      log.fatal({ err: error }, 'something failed that nobody waited for: the gateway stops');
      resolve('failure');
    };
    process.on('uncaughtException', stop);
    process.on('unhandledRejection', stop);
  });
}

function whereToLook({ url }: RunningServer, config: Config, demo: RunningDemo | null): string {
  return `
  dci-gateway is ready
    Start here      ${url}/
    GraphQL         ${url}/graphql
    DCI partners    ${url}/oauth2/client/token  ${url}/registry/sync/search
${demo ? `    Mock register   ${demo.mockRegistryUrl}  (data source "crvs")\n` : ''}
${config.environment === 'production' || !isLoopbackHost(config.host) ? HOW_TO_GET_IN : howToAsk(url)}
`;
}

const HOW_TO_GET_IN = `  Every call needs a token. Make the first client on this machine:
    npx dci-gateway client create "Operations" --scope admin graph.read graph.personal import.run
`;

function howToAsk(url: string): string {
  const body = JSON.stringify({ query: '{ individuals(first: 3) { nodes { name { full } birthDate } } }' });
  return `  Paste this at ${url}/graphql:
${QUERY.replace(/^/gmu, '    ')}

  Or in a terminal:
    curl -s ${url}/graphql -H 'content-type: application/json' \\
      -d '${body}'
`;
}
