import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { readRegistryRecords } from '../dci/records/read-registry-records.js';
import { Problem } from '../record/problem.js';
import { type LoadCounts, loadRecords, type RejectedLine } from '../registry/load.js';
import { erasedPeople } from '../security/erasure/erase-individual.js';
import { print } from './output.js';
import { withProgress } from './progress.js';
import { withSession } from './session.js';

interface LoadFileOptions {
  readonly rejects?: string;
  readonly json?: boolean;
}

const USUAL_LINE_BYTES = 1000;
/** Without a rejects file, as many lines are told of on the terminal. */
const MOST_TOLD = 20;

/** `registry load`: fill the registry with records of our own. */
export function registryCommand(): Command {
  const registry = new Command('registry').description('the records that this gateway serves');
  registry
    .command('load')
    .description('load records of all five registries from a file with one JSON record a line')
    .argument('<file>', 'newline-delimited JSON; - is the standard input')
    .option('--rejects <file>', 'write the lines that were not taken here, each with its number and the reasons')
    .option('--json', 'print the counts as JSON')
    .action(loadFile);
  return registry;
}

async function loadFile(path: string, options: LoadFileOptions): Promise<void> {
  if (options.rejects !== undefined && resolve(options.rejects) === resolve(path)) {
    throw new Problem('FILE_UNUSABLE', 'The rejects file must be another one than the file that is loaded.');
  }
  const file = path === '-' ? null : await openFile(path);
  const size = file === null ? null : (await file.stat()).size;
  const today = new Date().toISOString().slice(0, 10);
  let rejects: FileHandle | null = null;
  const told: string[] = [];
  const onRejected = async (rejected: RejectedLine): Promise<void> => {
    if (rejects !== null) await rejects.appendFile(`${JSON.stringify(rejected)}\n`);
    else if (told.length < MOST_TOLD) told.push(describeRejected(rejected));
  };
  try {
    if (options.rejects !== undefined) rejects = await openRejects(options.rejects);
    const counts = await withSession(async ({ pool, keys }) =>
      withProgress('lines', linesIn(size), (onProgress) =>
        loadRecords(pool, {
          file: file?.createReadStream({ autoClose: false }) ?? process.stdin,
          read: (json) => readRegistryRecords(json, { today }),
          onRejected,
          erased: erasedPeople(keys),
          // How many lines there are is not known before the end; by the bytes it can be told.
          onProgress: (lines, bytes) => onProgress(lines, size === null ? lines : Math.round((lines / bytes) * size)),
        }),
      ),
    );
    print(counts, options, () => [...told, describeCounts(counts)]);
    if (counts.rejected > 0) throw linesRejected(counts, options);
  } finally {
    await rejects?.close();
    await file?.close();
  }
}

/** A first guess, until the file tells. */
function linesIn(size: number | null): number {
  return Math.ceil((size ?? USUAL_LINE_BYTES) / USUAL_LINE_BYTES);
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    throw new Problem('FILE_UNUSABLE', `The file ${path} cannot be read.`, { cause: error });
  }
  throw new Problem('FILE_UNUSABLE', `${path} is not a file; - reads the standard input.`);
}

/** For the owner alone: what is rejected are records of people. */
async function openRejects(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', 0o600);
  } catch (error) {
    throw new Problem('FILE_UNUSABLE', `The rejects file ${path} cannot be written.`, { cause: error });
  }
}

function describeRejected({ line, reasons }: RejectedLine): string {
  const texts = reasons.map(({ field, message }) => (field === null ? message : `${field}: ${message}`));
  return `line ${String(line)}: ${texts.join('; ')}`;
}

function describeCounts({ lines, created, updated, unchanged, rejected }: LoadCounts): string {
  const of = { created, updated, unchanged };
  const records = Object.entries(of).map(([what, count]) => `${String(count)} ${what}`);
  return `${String(lines)} lines, ${String(rejected)} of them rejected; records: ${records.join(', ')}`;
}

function linesRejected({ rejected }: LoadCounts, { rejects }: LoadFileOptions): Problem {
  const where = rejects === undefined ? 'with --rejects FILE they are written down' : `they are in ${rejects}`;
  return new Problem('LINES_REJECTED', `${String(rejected)} lines were not, or not wholly, written; ${where}.`);
}
