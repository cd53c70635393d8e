import { Command } from 'commander';
import { createRole, listRoles, removeRole, type Role, updateRole } from '../security/roles.js';
import { limitLines, type LimitOptions, readLimitOptions, withLimitOptions } from './limit-options.js';
import { columns, print } from './output.js';
import { withSession } from './session.js';

interface RoleOptions extends LimitOptions {
  readonly description?: string;
  readonly json?: boolean;
}

const limitsOf = ({ limits }: Role): string[] => {
  const lines = limitLines(limits);
  return lines.length === 0 ? ['  no limits'] : lines;
};

/** `role create|update|list|remove`: limits that several clients, or the people of a sign-on, have in common. */
export function roleCommand(): Command {
  const role = new Command('role').description('limits that several clients or people have in common');

  withLimitOptions(role.command('create'), { lift: false })
    .description('make a role; without limits it withholds nothing')
    .argument('<name>', 'a word in small letters: caseworker')
    .option('--description <text>', 'for people')
    .option('--json', 'print JSON')
    .action(async (name: string, options: RoleOptions) => {
      await withSession(async ({ pool, ledger, actor }) => {
        const { description } = options;
        const limits = await readLimitOptions(options);
        const made = await createRole(pool, name, { description, limits }, { ledger, actor });
        print(made, options, () => [`Role ${made.name}`, ...limitsOf(made)]);
      });
    });

  withLimitOptions(role.command('update'), { lift: true })
    .description('change a role; what is not named stays, and it holds for all who have it at once')
    .argument('<name>')
    .option('--description <text>', 'for people')
    .option('--json', 'print JSON')
    .action(async (name: string, options: RoleOptions) => {
      await withSession(async ({ pool, ledger, actor }) => {
        const { description } = options;
        const limits = await readLimitOptions(options);
        const changed = await updateRole(pool, name, { description, limits }, { ledger, actor });
        print(changed, options, () => [`Role ${changed.name}`, ...limitsOf(changed)]);
      });
    });

  role
    .command('list')
    .description('the roles, their limits, and how many clients have them')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const roles = await listRoles(pool);
        print(roles, options, () => [
          ...columns([
            ['NAME', 'CLIENTS', 'LIMITS', 'DESCRIPTION'],
            ...roles.map((one) => [
              one.name,
              String(one.clients),
              limitLines(one.limits)
                .map((line) => line.trim())
                .join('; ') || 'none',
              one.description,
            ]),
          ]),
        ]);
      });
    });

  role
    .command('remove')
    .description('remove a role that nobody has')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { json?: boolean }) => {
      await withSession(async ({ pool, ledger, actor }) => {
        const removed = await removeRole(pool, name, { ledger, actor });
        print(removed, options, () => [`Role ${removed.name} is removed.`]);
      });
    });

  return role;
}
