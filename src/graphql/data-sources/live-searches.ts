import { LiveSearches } from '../../sources/live-search.js';
import { note, requireEverybody, requirePersonal } from '../access.js';
import type { GraphContext } from '../context.js';

/** Those of each request that asked another registry. */
const OF_REQUESTS = new WeakMap<GraphContext, LiveSearches>();

/** The live searches of a request, all of which share their messages. */
export function liveSearches(context: GraphContext): LiveSearches {
  const known = OF_REQUESTS.get(context);
  if (known) return known;
  const ends = new AbortController();
  context.time.ended.catch((reason: unknown) => ends.abort(reason));
  const made = new LiveSearches({
    client: context.client,
    signal: ends.signal,
    remainingMs: () => context.time.remainingMs,
    // Whom the answers tell of is not in our registry: the ledger names how many they were.
    note: ({ source, questions, people }) =>
      note(context, 'registry.searched', { source: source.code, questions, people }),
  });
  OF_REQUESTS.set(context, made);
  return made;
}

/** What everything needs that looks into another registry, whose people no row of ours limits. */
export function requireOtherRegistries(context: GraphContext): void {
  requirePersonal(context);
  requireEverybody(context, 'look into others');
}
