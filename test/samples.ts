import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const PROJECT = join(import.meta.dirname, '..');

/** One HTTP message of a capture; `body` is the exact text that went over the wire. */
export interface SampleMessage {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** One captured exchange with the OpenCRVS DCI server. */
export interface Sample {
  readonly name: string;
  readonly request: SampleMessage & { readonly method: string; readonly url: string };
  readonly response: SampleMessage & { readonly status: number };
}

/** All births of the captured register as it wrote them, with its list of places. */
export interface PartnerBirths {
  readonly reg_records: readonly unknown[];
  readonly locations: { readonly locations: readonly unknown[] };
  readonly index: readonly unknown[];
}

/** The folder of the captured exchanges, or `null` where this checkout has none; `DCI_SAMPLES` names another place. */
export function samplesFolder(): string | null {
  const folder = join(resolve(PROJECT, process.env.DCI_SAMPLES ?? '../shared/data'), 'opencrvs-1.0');
  return existsSync(folder) ? folder : null;
}

function file(name: string): Buffer {
  const folder = samplesFolder();
  if (folder === null) throw new Error('The captured exchanges are not here: set DCI_SAMPLES to their folder');
  return readFileSync(join(folder, name));
}

/** Names of the captured exchanges that begin with the given text, in order, without `.json`. */
export function sampleNames(beginning: string): string[] {
  const folder = samplesFolder();
  if (folder === null) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(beginning) && name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

interface CapturedMessage {
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | null;
  /** Of a compressed answer the text stands here; `body` is absent. */
  readonly body_decoded?: string;
}

function message(captured: CapturedMessage): SampleMessage {
  return { headers: captured.headers ?? [], body: captured.body_decoded ?? captured.body ?? '' };
}

/** Reads one captured exchange by its name, e.g. `sync-range-page-01`. */
export function readSample(name: string): Sample {
  const captured = JSON.parse(file(`${name}.json`).toString('utf8')) as {
    request: CapturedMessage & { method: string; url: string };
    response: CapturedMessage & { status: number };
  };
  return {
    name,
    request: { method: captured.request.method, url: captured.request.url, ...message(captured.request) },
    response: { status: captured.response.status, ...message(captured.response) },
  };
}

export function readPartnerBirths(): PartnerBirths {
  return JSON.parse(gunzipSync(file('partner-births.json.gz')).toString('utf8')) as PartnerBirths;
}

/** A JSON file of the folder as it stands, e.g. `expected.json`. */
export function readSampleFile(name: string): unknown {
  return JSON.parse(file(name).toString('utf8')) as unknown;
}

/** `describe` where the captured exchanges are present; otherwise the tests are skipped and one line says so. */
export function describeWithSamples(title: string, tests: () => void): void {
  if (samplesFolder() !== null) {
    describe(title, tests);
    return;
  }
  process.stderr.write(`skipped, no captured exchanges (DCI_SAMPLES): ${title}\n`);
  describe.skip(title, () => {
    test('needs the captured exchanges', () => undefined);
  });
}
