import { escapeLiteral } from 'pg';
import { fieldKey, type FieldRules, type FieldSet, RECORD_FIELDS } from '../record/fields.js';
import type { RecordKind } from '../record/registry-kind.js';

/**
 * SQL of what is shown of the `attributes` of records of that kind: without what fields that are not shown have there
 * and, where not everything else is shown, with nothing but what fields that are shown have. A key that the catalogue
 * does not know is personal; it is shown where nothing says which fields alone are shown, or where that names it.
 *
 * The text holds the names of the limits as literals: they come from an operator, and one text is one set of fields.
 */
export function shownAttributes(of: RecordKind, column: string, fields: FieldSet): string {
  if (fields.isAll) return column;
  const kept = showsUnknown(of, fields) ? column : `attributes_only(${column}, (${shownPaths(of, fields)}))`;
  return `attributes_without(${kept}, (${withheldPaths(of, fields)}))`;
}

/** Whether keys that the catalogue does not know are shown, all but those that are named. */
function showsUnknown(of: RecordKind, { rules }: FieldSet): boolean {
  return rules.every(({ sensitivities, only, never }) => {
    return only === undefined && sensitivities?.includes('personal') !== false && never?.includes(`${of}.*`) !== true;
  });
}

function shownPaths(of: RecordKind, fields: FieldSet): string {
  const known = pathsOf(of, (name, sensitivity) => fields.has({ of, name, sensitivity }));
  const named = [...new Set(namesIn(of, fields, 'only'))].filter((name) => {
    return !isOwnField(of, name) && fields.has({ of, name, sensitivity: 'personal' });
  });
  return `select ${literal(known)}::jsonb || coalesce(jsonb_agg(p.path), '[]') from (
    select to_jsonb(a.path) as path from attributes a where a.record = '${of}' and ${isShown(of, fields)}
    union all
    select jsonb_build_array(n.name) from unnest(${list(named)}) n (name)
    where not exists (select from attributes a where a.record = '${of}' and a.name = n.name)) p`;
}

function withheldPaths(of: RecordKind, fields: FieldSet): string {
  const known = pathsOf(of, (name, sensitivity) => !fields.has({ of, name, sensitivity }));
  const named = namesIn(of, fields, 'never').map((name) => [name]);
  return `select ${literal([...known, ...named])}::jsonb || coalesce(jsonb_agg(to_jsonb(a.path)), '[]')
    from attributes a where a.record = '${of}' and not (${isShown(of, fields)})`;
}

/** Where the fields of the program's own stand. */
function pathsOf(
  of: RecordKind,
  isWanted: (name: string, sensitivity: (typeof RECORD_FIELDS)[number]['sensitivity']) => boolean,
): string[][] {
  return RECORD_FIELDS.filter((field) => field.of === of && isWanted(field.name, field.sensitivity)).flatMap((field) =>
    field.keys.map((key) => key.split('.')),
  );
}

function namesIn(of: RecordKind, { rules }: FieldSet, list: 'only' | 'never'): string[] {
  const begin = `${of}.`;
  return rules
    .flatMap((rule) => rule[list] ?? [])
    .flatMap((key) => (key.startsWith(begin) && !key.endsWith('.*') ? [key.slice(begin.length)] : []));
}

function isOwnField(of: RecordKind, name: string): boolean {
  return RECORD_FIELDS.some((field) => field.of === of && field.name === name);
}

/** `FieldSet.has` for the attributes that the country added. */
function isShown(of: RecordKind, { rules }: FieldSet): string {
  return rules.map((rule) => `(${showsRow(of, rule)})`).join(' and ');
}

function showsRow(of: RecordKind, { sensitivities, only, never }: FieldRules): string {
  const all = fieldKey({ of, name: '*' });
  const names = (keys: readonly string[]): string =>
    keys.includes(all) ? 'true' : `('${of}.' || a.name) = any(${list(keys)})`;
  return [
    ...(sensitivities === undefined ? [] : [`a.sensitivity = any(${list(sensitivities)})`]),
    ...(only === undefined ? [] : [names(only)]),
    ...(never === undefined ? [] : [`not ${names(never)}`]),
    'true',
  ].join(' and ');
}

function list(texts: readonly string[]): string {
  return `array[${texts.map((text) => escapeLiteral(text)).join(', ')}]::text[]`;
}

function literal(value: unknown): string {
  return escapeLiteral(JSON.stringify(value));
}
