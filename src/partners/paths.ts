/** Names under which peers put a registry of a kind before `/registry`. */
const KINDS = ['social', 'sr', 'crvs', 'fr', 'dr', 'ibr'] as const;
/** How the publishers' `/{namespace}/{version}` spells the version. */
const VERSIONS = ['v1.0.0', '1.0.0', 'v1'] as const;

/** Every address under which peers look for a registry; the first is ours, the others are theirs. */
export const REGISTRY_PATHS: readonly string[] = [
  '/registry',
  '/dci_api/v1/registry',
  ...KINDS.flatMap((kind) => [`/${kind}/registry`, ...VERSIONS.map((version) => `/${kind}/${version}/registry`)]),
];

/** Where a partner's synchronous search is answered. */
export const SYNC_SEARCH_PATHS: readonly string[] = REGISTRY_PATHS.map((path) => `${path}/sync/search`);
