import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { FieldSet } from '../../record/fields.js';
import { fieldKey } from '../../record/fields.js';
import type { Scope } from '../../security/scopes.js';
import { withheldFieldOf } from './field-table.js';
import { readAlias } from './sighted-operation.js';

/** Errors that one answer holds at most. */
export const MOST_ERRORS = 100;

/** Who asked. */
interface Asking {
  readonly scopes: readonly Scope[];
  readonly access: { readonly fields: FieldSet };
}

type Path = readonly (string | number)[];

/**
 * Puts null wherever a field was taken out of an operation, and tells of each place, of at most `MOST_ERRORS`, which
 * scope or limit took it away.
 */
export function showWithheld(
  data: FormattedExecutionResult['data'],
  withheld: readonly string[],
  asking: Asking,
): { readonly data: FormattedExecutionResult['data']; readonly errors: GraphQLFormattedError[] } {
  const errors: GraphQLFormattedError[] = [];
  const reasons = withheld.map((part) => ({ message: reasonOf(part, asking), extensions: { code: 'FORBIDDEN' } }));

  const show = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => show(item, [...path, index]));
    return isPlain(value) ? showObject(value, path) : value;
  };
  const showObject = (value: Readonly<Record<string, unknown>>, path: Path): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(value).map(([key, inner]): [string, unknown] => {
        const alias = readAlias(key);
        const reason = alias && reasons[alias.number];
        if (!alias || !reason) return [key, show(inner, [...path, key])];
        // What `@include` leaves out is undefined in answers of compiled operations.
        if (inner === undefined) return [alias.name, undefined];
        if (errors.length < MOST_ERRORS) errors.push({ ...reason, path: [...path, alias.name] });
        return [alias.name, null];
      }),
    );

  return { data: data && showObject(data, []), errors };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

const SCOPE_OF_CLASS = { public: 'graph.read', personal: 'graph.personal', sensitive: 'graph.sensitive' } as const;

/** Which scope or limit keeps the caller from what a part of a `Told` stands for, as a sentence. */
export function reasonOf(part: string, { scopes, access: { fields } }: Asking): string {
  const field = withheldFieldOf(part, fields);
  return `${field ? fieldKey(field) : part} is not shown to you: ${why(field, fields, scopes)}`;
}

/** Which setting of the client that is. */
export function limitOf(part: string, { scopes, access: { fields } }: Asking): 'scopes' | 'fields' {
  const field = withheldFieldOf(part, fields);
  const isClass = field !== null && fields.withheldBy(field) === 'sensitivities';
  return isClass && !scopes.includes(SCOPE_OF_CLASS[field.sensitivity]) ? 'scopes' : 'fields';
}

function why(field: ReturnType<typeof withheldFieldOf>, fields: FieldSet, scopes: readonly Scope[]): string {
  const by = field && fields.withheldBy(field);
  if (field && by === 'sensitivities') {
    const scope = SCOPE_OF_CLASS[field.sensitivity];
    return scopes.includes(scope)
      ? `the limits of your client leave out ${field.sensitivity} fields`
      : `it needs a client with the scope ${scope}`;
  }
  return by === 'never'
    ? 'the limits of your client name it among what is never shown'
    : 'it is not among the fields that the limits of your client name';
}
