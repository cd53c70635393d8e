import type { RegistryKind } from '../../record/registry-kind.js';

/** Names under which peers put a registry of a kind into the address. */
const KINDS: ReadonlyMap<string, RegistryKind> = new Map([
  ['social', 'social'],
  ['sr', 'social'],
  ['crvs', 'crvs'],
  ['fr', 'fr'],
  ['dr', 'dr'],
  ['ibr', 'ibr'],
]);
/** How the publishers' `/{namespace}/{version}` spells the version. */
const VERSION = /^v?\d+(?:\.\d+){0,2}$/u;
/** Segments that may stand before `registry`: a gateway's own prefix, a namespace, a version. */
const MOST_SEGMENTS_BEFORE = 4;
/** No endpoint's address is longer. */
const LONGEST_PATH = 300;

/** What an address says of what is asked for. */
export interface RegistryPath {
  /** `null` where the address names no kind. */
  readonly registry: RegistryKind | null;
  /** After `/registry`: `/sync/search`, in lower case and without a slash at the end. Need not exist. */
  readonly endpoint: string;
}

/**
 * Reads the address of a registry: `/registry/...`, also with a namespace, a version or anything else before it
 * (`/crvs/v1.0.0/registry/...`, `/dci_api/v1/registry/...`), or a kind of registry without the word `registry`
 * (`/sr/sync/search`). `null` for addresses of anything else.
 */
export function readRegistryPath(path: string): RegistryPath | null {
  if (path.length > LONGEST_PATH) return null;
  const segments = path
    .toLowerCase()
    .split('/')
    .filter((segment) => segment !== '');
  const at = segments.indexOf('registry');
  if (at >= 0 && at <= MOST_SEGMENTS_BEFORE) {
    const named = segments.slice(0, at).find((segment) => KINDS.has(segment));
    return { registry: kindOf(named), endpoint: endpointOf(segments, at + 1) };
  }
  const registry = kindOf(segments[0]);
  if (registry === null) return null;
  return { registry, endpoint: endpointOf(segments, VERSION.test(segments[1] ?? '') ? 2 : 1) };
}

function kindOf(name: string | undefined): RegistryKind | null {
  return name === undefined ? null : (KINDS.get(name) ?? null);
}

function endpointOf(segments: readonly string[], from: number): string {
  return `/${segments.slice(from).join('/')}`;
}
