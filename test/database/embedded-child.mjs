/** A gateway that opens the embedded database of a folder and waits; embedded.test.ts kills or ends it. */
import { EmbeddedServer } from '../../dist/database/embedded.js';

const log = { info() {}, warn() {}, error() {} };
const server = await EmbeddedServer.start({ dataDir: process.argv[2], log });
process.stdout.write(`${server.pid}\n`);
process.stdin.once('data', () => {
  void server.close().then(() => process.exit(0));
});
