// The gateway without what is measured: nobody shows a token, nothing is withheld, and nothing is written down of what
// was answered. For bench/graphql.mjs alone; the program has no such setting.
import { pino } from 'pino';
import { readConfig } from '../dist/config.js';
import { Ledger } from '../dist/security/audit/ledger.js';
import { startServer } from '../dist/server.js';

class Unwritten extends Ledger {
  async note() {}
  async disclose() {}
}

const config = readConfig(process.env);
const server = await startServer(config, pino({ level: config.logLevel }), {
  ledger: (options) => new Unwritten(options),
});
console.log(`listening ${server.url}`);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
