/** A gateway that takes a job and never finishes it; jobs.test.ts kills it. Arguments: url, queue. */
import { startJobs } from '../../dist/database/jobs.js';

const [url, queue] = process.argv.slice(2);
const jobs = await startJobs({ url, log: { warn() {} } });
jobs.work(queue, () => {
  process.stdout.write('started\n');
  return new Promise(() => {});
});
