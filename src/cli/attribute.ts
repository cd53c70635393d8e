import { Argument, Command, Option } from 'commander';
import { createPool } from '../database/pool.js';
import {
  ATTRIBUTE_TYPES,
  type Attribute,
  type AttributeType,
  SENSITIVITIES,
  type Sensitivity,
} from '../record/attributes.js';
import { RECORD_KINDS, type RecordKind, REGISTRY_KINDS, type RegistryKind } from '../record/registry-kind.js';
import { openCatalogue } from '../registry/attributes.js';
import { declareAttribute, removeAttribute } from '../registry/declare-attribute.js';
import { columns, print } from './output.js';
import { withSession } from './session.js';

interface AddOptions {
  readonly type: AttributeType;
  readonly alias: readonly string[];
  readonly registry: readonly RegistryKind[];
  readonly path: readonly string[];
  readonly code: readonly string[];
  readonly list?: boolean;
  readonly sensitivity: Sensitivity;
  readonly searchable?: boolean;
  readonly json?: boolean;
}

/** `attribute list|add|remove`: what the registries can be asked for. */
export function attributeCommand(): Command {
  const attribute = new Command('attribute').description('what the registries can be asked for beside the core');

  attribute
    .command('list')
    .description('every attribute, of the core and added')
    .addOption(new Option('--registry <kind>', 'only what can be asked there').choices([...REGISTRY_KINDS]))
    .option('--json', 'print JSON')
    .action(async (options: { registry?: RegistryKind; json?: boolean }) => {
      await withSession(async ({ pool }) => {
        const { registry } = options;
        const all = (await openCatalogue(pool)()).all();
        const shown = registry === undefined ? all : all.filter(({ registries }) => registries.includes(registry));
        print(shown, options, () =>
          columns([['RECORD', 'NAME', 'TYPE', 'OPERATORS', 'REGISTRIES', 'SEARCHABLE'], ...shown.map(cells)]),
        );
      });
    });

  attribute
    .command('add')
    .description('make a key of the attributes of records something that can be asked for')
    .addArgument(recordArgument())
    .argument('<name>', 'as it is asked for: tribe, or household.roof with the keys parted by dots')
    .addOption(new Option('--type <type>', 'what its values are').choices([...ATTRIBUTE_TYPES]).default('text'))
    .option('--alias <names...>', 'other names by which it is asked for', [])
    .addOption(
      new Option('--registry <kinds...>', 'where it can be asked for; all that publish such records by default')
        .choices([...REGISTRY_KINDS])
        .default([]),
    )
    .option('--path <keys...>', 'where it stands in the attributes, from the outside in; the name by default', [])
    .option('--code <values...>', 'the values that exist, for the type code', [])
    .option('--list', 'a record can have several values')
    .addOption(
      new Option('--sensitivity <degree>', 'how careful one has to be').choices([...SENSITIVITIES]).default('personal'),
    )
    .option('--searchable', 'build its index, while others write; only then can it be searched and sorted by')
    .option('--json', 'print JSON')
    .action(async (record: RecordKind, name: string, options: AddOptions) => {
      const made = await asOwner((owner) =>
        declareAttribute(owner, {
          record,
          name,
          type: options.type,
          aliases: options.alias,
          registries: options.registry,
          path: options.path,
          codes: options.code,
          list: options.list === true,
          sensitivity: options.sensitivity,
          searchable: options.searchable === true,
        }),
      );
      print(made, options, () => [
        made.searchable
          ? `${made.name} of ${made.of} records can be asked for at ${made.registries.join(', ')}.`
          : `${made.name} of ${made.of} records is known. Add it once more with --searchable to have it searched by.`,
      ]);
    });

  attribute
    .command('remove')
    .description('take an added attribute and its index away; the records keep their values')
    .addArgument(recordArgument())
    .argument('<name>')
    .action(async (record: RecordKind, name: string) => {
      await asOwner((owner) => removeAttribute(owner, record, name));
      print(null, {}, () => [`${name} of ${record} records can no longer be asked for.`]);
    });

  return attribute;
}

function recordArgument(): Argument {
  return new Argument('<record>', 'the kind of record that has it').choices([...RECORD_KINDS]);
}

function cells({ of, name, type, operators, registries, searchable }: Attribute): string[] {
  return [of, name, type, operators.join(' '), registries.join(' '), searchable ? 'yes' : 'no'];
}

/** Works as the role that owns the tables: the serving one may make no index. */
async function asOwner<T>(work: (owner: ReturnType<typeof createPool>) => Promise<T>): Promise<T> {
  return withSession(async ({ database }) => {
    const owner = createPool(database.ownerUrl, { size: 1, applicationName: 'dci-gateway attribute' });
    try {
      return await work(owner);
    } finally {
      await owner.end();
    }
  });
}
