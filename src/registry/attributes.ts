import type { Queryable } from '../database/pool.js';
import type { Attribute, AttributeType, Operator, Sensitivity } from '../record/attributes.js';
import { Catalogue } from '../record/catalogue.js';
import { CORE_ATTRIBUTES } from '../record/core-attributes.js';
import type { RecordKind, RegistryKind } from '../record/registry-kind.js';

/** An attribute that the country added, as the table keeps it. */
export interface DeclaredAttribute extends Attribute {
  readonly id: string;
  readonly storage: Extract<Attribute['storage'], { kind: 'json' }>;
}

interface AttributeRow {
  id: string;
  record: RecordKind;
  name: string;
  aliases: string[];
  registries: RegistryKind[];
  type: AttributeType;
  operators: Operator[];
  codes: string[] | null;
  path: string[];
  list: boolean;
  sensitivity: Sensitivity;
  searchable: boolean;
}

const SELECT_DECLARED_ATTRIBUTES = {
  name: 'registry-select-declared-attributes',
  text: `
    select id, record, name, aliases, registries, type, operators, codes, path, list, sensitivity, searchable
    from attributes
    order by record, name`,
};

/** How long a change of the catalogue may go unnoticed by a running gateway. */
const LONGEST_UNSEEN_MS = 1_000;

/** The attributes that the country added, by record and name. */
export async function listDeclaredAttributes(db: Queryable): Promise<DeclaredAttribute[]> {
  const { rows } = await db.query<AttributeRow>(SELECT_DECLARED_ATTRIBUTES);
  return rows.map(readRow);
}

function readRow(row: AttributeRow): DeclaredAttribute {
  const { id, name, aliases, registries, type, operators, codes, path, list, sensitivity, searchable } = row;
  return {
    id,
    name,
    aliases,
    of: row.record,
    registries,
    type,
    operators,
    ...(codes === null ? {} : { codes }),
    storage: { kind: 'json', column: 'attributes', path, list },
    sensitivity,
    sortable: searchable && !list,
    searchable,
  };
}

/**
 * The catalogue as it stands, the core and what the country added; never older than a second. Nothing has to be closed:
 * it is read, in less than a millisecond, when it is asked for and what is held is older than that.
 */
export function openCatalogue(db: Queryable): () => Promise<Catalogue> {
  let held: { readonly catalogue: Promise<Catalogue>; readonly readAt: number } | null = null;
  return () => {
    const now = performance.now();
    if (held && now - held.readAt < LONGEST_UNSEEN_MS) return held.catalogue;
    const reading = { catalogue: readCatalogue(db), readAt: now };
    held = reading;
    reading.catalogue.catch(() => {
      // The next one who asks tries again.
      if (held === reading) held = null;
    });
    return reading.catalogue;
  };
}

async function readCatalogue(db: Queryable): Promise<Catalogue> {
  return new Catalogue([...CORE_ATTRIBUTES, ...(await listDeclaredAttributes(db))]);
}
