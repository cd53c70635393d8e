import { type Command, Option } from 'commander';
import { OPERATORS, type Operator, SENSITIVITIES, type Sensitivity } from '../record/attributes.js';
import { REGISTRY_KINDS, type RegistryKind } from '../record/registry-kind.js';
import { type AccessDocument, type LimitChanges, readAccessDocument } from '../security/access-document.js';
import { readJsonFile } from './json-file.js';
import { wholeNumber } from './number-arguments.js';

/** What `withLimitOptions` adds. */
export interface LimitOptions {
  readonly registries?: RegistryKind[];
  readonly only?: string[];
  readonly never?: string[];
  readonly sensitivities?: Sensitivity[];
  readonly operators?: Operator[];
  readonly within?: string[];
  readonly bornWithin?: string[];
  readonly source?: string[];
  readonly programme?: string[];
  readonly largestPage?: number;
  readonly recordsPerHour?: number;
  readonly limits?: string;
  readonly lift?: Limit[];
}

const LIMITS = [
  'registries',
  'only',
  'never',
  'sensitivities',
  'operators',
  'within',
  'born-within',
  'source',
  'programme',
  'largest-page',
  'records-per-hour',
] as const;
type Limit = (typeof LIMITS)[number];

/** Options by which the limits of a client or a role are written; with `lift`, those by which they are taken away. */
export function withLimitOptions(command: Command, { lift }: { readonly lift: boolean }): Command {
  command
    .addOption(new Option('--registries <registry...>', 'the registries that are open to it').choices(REGISTRY_KINDS))
    .option('--only <field...>', 'the fields that it is shown, and no others: individual.name, disability.*')
    .option('--never <field...>', 'fields that it is never shown')
    .addOption(
      new Option('--sensitivities <class...>', 'the classes of fields that it is shown').choices(SENSITIVITIES),
    )
    .addOption(new Option('--operators <operator...>', 'with which it may search').choices(OPERATORS))
    .option('--within <location-id...>', 'people whose home is there or below, and nobody else')
    .option('--born-within <location-id...>', 'people who were born there or below')
    .option('--source <code...>', 'people of whom these data sources told')
    .option('--programme <identifier...>', 'people who are enrolled there, or whose group is')
    .option('--largest-page <records>', 'records of one page', wholeNumber)
    .option('--records-per-hour <people>', 'people of whom it is told in an hour', wholeNumber)
    .option('--limits <file>', 'limits as a JSON document, in the place of those that there are');
  if (lift) command.addOption(new Option('--lift <limit...>', 'limits that are taken away').choices(LIMITS));
  return command;
}

/** The changes that the options say. Throws a `Problem`: `ACCESS_INVALID` or one of `readJsonFile`. */
export async function readLimitOptions(options: LimitOptions): Promise<LimitChanges> {
  const document = options.limits === undefined ? null : readAccessDocument(await readJsonFile(options.limits));
  const lifted = new Set<Limit>(options.lift);
  /** What an option says, else what the file says, else `null` where it goes and `undefined` where it stays. */
  const change = <Value>(limit: Limit, given: Value | undefined, inFile: Value | undefined): Value | null | undefined =>
    given ?? inFile ?? (lifted.has(limit) || document !== null ? null : undefined);
  const file: AccessDocument = document ?? {};
  return {
    registries: change('registries', options.registries, file.registries),
    only: change('only', options.only, file.only),
    never: change('never', options.never, file.never),
    sensitivities: change('sensitivities', options.sensitivities, file.sensitivities),
    operators: change('operators', options.operators, file.operators),
    rows: {
      within: change('within', options.within, file.rows?.within),
      bornWithin: change('born-within', options.bornWithin, file.rows?.bornWithin),
      sources: change('source', options.source, file.rows?.sources),
      programmes: change('programme', options.programme, file.rows?.programmes),
    },
    largestPage: change('largest-page', options.largestPage, file.largestPage),
    recordsPerHour: change('records-per-hour', options.recordsPerHour, file.recordsPerHour),
  };
}

/** One line for each limit, for people; none where there are none. */
export function limitLines({ rows = {}, ...limits }: AccessDocument): string[] {
  return Object.entries({ ...limits, ...rows }).map(
    ([name, value]) => `  ${name}: ${Array.isArray(value) ? value.join(' ') : String(value)}`,
  );
}
