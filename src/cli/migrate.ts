import { Command } from 'commander';
import { readConfig } from '../config.js';
import { openDatabase } from '../database/open-database.js';
import { createLog } from './output.js';

/** `migrate`: what `serve` does to the database at its start, and nothing else. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database to this version: tables, roles and job queues (serve does it as well)')
    .action(async () => {
      const config = readConfig(process.env);
      const database = await openDatabase(config, createLog(config));
      await database.close();
      process.stdout.write('The database is at the version of this program.\n');
    });
}
