import { Command, CommanderError } from 'commander';
import { describeError } from '../logging.js';
import { Problem } from '../record/problem.js';
import { attributeCommand } from './attribute.js';
import { auditCommand } from './audit.js';
import { clientCommand } from './client.js';
import { criteriaCommand } from './criteria.js';
import { deliveryCommand } from './delivery.js';
import { conflictCommand } from './conflict.js';
import { demoCommand } from './demo.js';
import { exchangeCommand } from './exchange.js';
import { importCommand } from './import.js';
import { inboxCommand } from './inbox.js';
import { individualCommand } from './individual.js';
import { issuerCommand } from './issuer.js';
import { keysCommand } from './keys.js';
import { migrateCommand } from './migrate.js';
import { mockRegistryCommand } from './mock-registry.js';
import { registryCommand } from './registry.js';
import { roleCommand } from './role.js';
import { retentionCommand } from './retention.js';
import { serveCommand } from './serve.js';
import { sourceCommand } from './source.js';
import { subscriptionCommand } from './subscription.js';

const EXAMPLES = `
Examples:
  dci-gateway serve                                  start the gateway (what npm start does)
  dci-gateway client create "Ministry of Health"     a partner that may search the registry; prints its secret once
  dci-gateway source add crvs --url https://crvs.example.org --dialect opencrvs-1.0 --client-id ID
  dci-gateway registry load people.ndjson            fill the registry, one JSON record a line
  dci-gateway source sync-locations crvs             read the source's places into our tree
  dci-gateway import run "Births 2024" --source crvs --born-from 2024-01-01 --born-until 2024-12-31

Every setting is an environment variable; the README lists them. Without DATABASE_URL the embedded PostgreSQL in
DATA_DIR is used, the same one that a running gateway in this folder uses.`;

/** The whole command line; answers with the exit code: 0 done, 1 refused or failed, 2 wrongly called. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const program = new Command('dci-gateway')
    .description('A typed GraphQL gateway over a registry of people and families, serving and consuming DCI.')
    .showHelpAfterError('(add --help for what this command takes)')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  for (const command of [
    serveCommand(),
    migrateCommand(),
    demoCommand(),
    registryCommand(),
    attributeCommand(),
    clientCommand(),
    roleCommand(),
    sourceCommand(),
    importCommand(),
    conflictCommand(),
    criteriaCommand(),
    exchangeCommand(),
    inboxCommand(),
    deliveryCommand(),
    subscriptionCommand(),
    issuerCommand(),
    keysCommand(),
    auditCommand(),
    individualCommand(),
    retentionCommand(),
    mockRegistryCommand(),
  ]) {
    program.addCommand(inheriting(command));
  }
  try {
    await program.parseAsync([...argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${describeFailure(error)}\n`);
    return 1;
  }
}

/** Sub-commands made apart do not take over the program's way of ending: it has to be set on each. */
function inheriting(command: Command): Command {
  command.exitOverride().showHelpAfterError('(add --help for what this command takes)');
  command.commands.forEach(inheriting);
  return command;
}

function describeFailure(error: unknown): string {
  if (error instanceof Problem) return `${error.code}: ${error.message}`;
  // Not the error itself: what databases and parsers throw holds the values that they did not like.
  const { name, code, message, places } = describeError(error);
  return [`${name}${code === undefined ? '' : ` (${code})`}: ${message}`, ...places].join('\n    ');
}
