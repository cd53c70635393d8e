/**
 * Makes a clone ready to run: installs the packages that are missing and builds what is older than its source. Done
 * before every start, so it takes some 20 ms when there is nothing to do. Needs nothing but Node.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { pathToFileURL } from 'node:url';

const FOLDER = resolve(import.meta.dirname ?? '.', '..');
const OLDEST_NODE = [20, 19];
const PROGRESS_MS = 3000;

/** Resolves when the clone is ready; on failure says why in one sentence and ends the process. */
export async function prepare({ withTests = false } = {}) {
  requireNode();
  const build = !isBuilt();
  if (!isInstalled({ development: build || withTests })) await install();
  if (build) await compile();
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(
    `dci-gateway needs Node ${OLDEST_NODE.join('.')} or newer, and this is ${process.version}: see https://nodejs.org`,
  );
}

/** Whether node_modules holds what package-lock.json names, as npm itself noted it down; optional packages may lack. */
function isInstalled({ development }) {
  const installed = readPackages(join(FOLDER, 'node_modules', '.package-lock.json'));
  if (installed === null) return false;
  return Object.entries(readPackages(join(FOLDER, 'package-lock.json')) ?? {}).every(([path, wanted]) => {
    if (path === '' || wanted.optional || wanted.peer || (wanted.dev && !development)) return true;
    if (wanted.devOptional && !development) return true;
    return installed[path]?.version === wanted.version;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return null;
  }
}

async function install() {
  const modules = join(FOLDER, 'node_modules');
  const locked = Object.entries(readPackages(join(FOLDER, 'package-lock.json')) ?? {});
  const total = locked.filter(([path, wanted]) => path !== '' && isForThisSystem(wanted)).length;
  say(`Installing ${total} packages with "npm ci" (once; about a minute)`);
  // The npm that runs us, or the one on the PATH. Building needs the development packages whatever NODE_ENV says.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const parameters = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  await run(
    [...npm, ...parameters],
    'installing',
    () => `${countPackages(modules)} of ${total} packages found, fetching and unpacking`,
    {
      failure: 'The packages could not be installed (is the npm registry reachable?)',
      shell: npm.length === 1 && process.platform === 'win32',
    },
  );
}

function isForThisSystem({ os = [process.platform], cpu = [process.arch] }) {
  return os.includes(process.platform) && cpu.includes(process.arch);
}

function countPackages(folder) {
  if (!existsSync(folder)) return 0;
  let count = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    if (entry.name.startsWith('@')) count += countPackages(join(folder, entry.name));
    else count += 1 + countPackages(join(folder, entry.name, 'node_modules'));
  }
  return count;
}

const STAMP = join(FOLDER, 'dist', '.built');

function isBuilt() {
  const built = modified(STAMP);
  if (built === 0 || !existsSync(join(FOLDER, 'dist', 'main.js'))) return false;
  return newestSource() < built;
}

function newestSource() {
  let newest = Math.max(modified(join(FOLDER, 'tsconfig.json')), modified(join(FOLDER, 'package-lock.json')));
  for (const entry of readdirSync(join(FOLDER, 'src'), { withFileTypes: true, recursive: true })) {
    // A folder's time tells of files that were removed.
    newest = Math.max(newest, modified(join(entry.parentPath, entry.name)));
  }
  return newest;
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function compile() {
  const began = new Date();
  // Without its output the compiler's notes on what is up to date would be wrong.
  if (!existsSync(join(FOLDER, 'dist', 'main.js'))) rmSync(join(FOLDER, 'dist'), { recursive: true, force: true });
  say('Building');
  const compiler = join(FOLDER, 'node_modules', 'typescript', 'bin', 'tsc');
  await run([process.execPath, compiler, '-p', join(FOLDER, 'tsconfig.json')], 'building', () => 'compiling src/', {
    failure: 'The build failed',
  });
  writeFileSync(STAMP, '');
  // What changes while the compiler runs is newer than the build.
  utimesSync(STAMP, began, began);
}

/** Runs a program quietly, tells every few seconds how far it is, and shows its output only when it fails. */
async function run([program, ...parameters], doing, progress, { failure, shell = false }) {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1000);
  const child = spawn(program, parameters, { cwd: FOLDER, stdio: ['ignore', 'pipe', 'pipe'], shell });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const timer = setInterval(() => say(`  ${doing}: ${seconds()} s, ${progress()}`), PROGRESS_MS);
  const status = await new Promise((resolved) => {
    child.once('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      resolved(-1);
    });
    child.once('close', resolved);
  });
  clearInterval(timer);
  if (status !== 0) {
    process.stderr.write(Buffer.concat(output));
    fail(`${failure}: "${[program, ...parameters].join(' ')}" ended with ${status}`);
  }
  say(`  ${doing}: done in ${seconds()} s`);
}

/** To stderr: what a command prints on stdout (--json) stays its own. */
function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(sentence) {
  say(sentence);
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await prepare({ withTests: process.argv.includes('--with-tests') });
}
