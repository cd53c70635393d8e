import type { Access } from '../../record/access.js';
import type { FieldName } from '../../record/fields.js';
import { isEverybody } from '../../record/filter.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { Endpoint } from './endpoint.js';
import { WireProblem } from './wire-problem.js';

/** The most records that a page of this caller may have; whoever asks for more is refused. */
export function largestPageFor(
  { largestPage }: Pick<Access, 'largestPage'>,
  { maxPageSize }: { readonly maxPageSize: number },
): number {
  return largestPage === null ? maxPageSize : Math.min(largestPage, maxPageSize);
}

/**
 * Throws a `WireProblem` 403 where the address alone says that a registry is asked which this caller may not ask.
 * `named`: the one in the address. Callbacks ask nothing.
 */
export function checkRegistry(
  { registries: allowed }: Pick<Access, 'registries'>,
  { mode, registries }: Pick<Endpoint, 'mode' | 'registries'>,
  named: RegistryKind | null,
): void {
  if (allowed === null || mode === 'callback') return;
  const meant = named === null ? registries : [named];
  if (meant.some((kind) => allowed.includes(kind))) return;
  throw new WireProblem(
    'err.request.forbidden',
    `This client may not ask the registry ${meant.join(', ')}: ask one that it may, or have it granted`,
    403,
  );
}

const IDENTIFIERS: readonly FieldName[] = [
  { of: 'individual', name: 'identifier', sensitivity: 'personal' },
  { of: 'group', name: 'group_identifier', sensitivity: 'personal' },
];

/**
 * Throws a `WireProblem` 403 for a caller who sees only a part of the people, or no identifiers: what became of what it
 * writes would tell who else is here, and an enrolment that it made up would open people to it.
 */
export function checkWriting({ rows, fields }: Pick<Access, 'rows' | 'fields'>): void {
  if (isEverybody(rows) && IDENTIFIERS.every((field) => fields.has(field))) return;
  throw new WireProblem(
    'err.request.forbidden',
    'A client that sees only a part of the registry, or no identifiers, cannot write into it',
    403,
  );
}
