import { Command } from 'commander';
import { type Pool } from 'pg';
import { ITEM_OUTCOMES, type ImportItem, type ItemOutcome, listImportItems } from '../imports/import-items.js';
import { findDifferences, openDifferences } from '../imports/preview/preview-items.js';
import { applyPreview, previewCriteria } from '../imports/preview/preview-run.js';
import { placeNames } from '../registry/locations.js';
import { type Difference, type DifferingField } from '../registry/write-sources/differences.js';
import { type CriteriaOptions, namedCriteria, withCriteria } from './criteria-options.js';
import { notingRun, workOnRun } from './import-watch.js';
import { plain } from './output.js';
import { type Session, withSession } from './session.js';

/** Outcomes of which a preview lists the records, unless it is told otherwise. */
const LISTED: readonly ItemOutcome[] = ITEM_OUTCOMES.filter((outcome) => outcome !== 'unchanged');
/** Records that are listed at most; the graph has them all. */
const MOST_LISTED = 200;

/** `import preview`: what a fetch would do. */
export function importPreviewCommand(): Command {
  return withCriteria(new Command('preview'))
    .description('ask the source as a fetch would, and write nothing but what would become of each record')
    .option('--changes', 'list what each record would change, with the values')
    .option('--json', 'print the finished run as JSON; import show RUN --outcome WORD --json has the changes')
    .action(async (name: string, options: CriteriaOptions & { changes?: boolean; json?: boolean }) => {
      await withSession(async (session) => {
        const criteria = await namedCriteria(session.pool, name, options);
        const note = notingRun(session, 'import.previewed', { criteria: criteria.id });
        const { id } = await workOnRun(session, options, (context) =>
          previewCriteria({ ...context, note }, criteria.id, session.actor),
        );
        if (options.json === true) return;
        const lines = options.changes === true ? await listChanges(session, id) : [];
        process.stdout.write(`${[...lines, `Write just this with: dci-gateway import apply ${id}`].join('\n')}\n`);
      });
    });
}

/** `import apply`: writes the records of a preview. */
export function importApplyCommand(): Command {
  return new Command('apply')
    .description('write exactly the records of a preview, but those of whom somebody was changed here since')
    .argument('<run-id>', 'the preview')
    .option('--refetch', 'ask the source again first, and write nothing where it says anything else')
    .option('--json', 'print the finished run as JSON')
    .action(async (previewId: string, options: { refetch?: boolean; json?: boolean }) => {
      await withSession(async (session) => {
        const { refetch = false } = options;
        const note = notingRun(session, 'import.applied', { of: previewId });
        await workOnRun(session, options, (context) =>
          applyPreview({ ...context, note }, previewId, { refetch, requestedBy: session.actor }),
        );
      });
    });
}

/** An item of a preview with what its record would change. */
export interface ItemWithChanges extends ImportItem {
  readonly differences: readonly Difference[];
}

/**
 * What the records of items would change; of items of other runs than previews nothing. That somebody reads it goes on
 * record: it tells of people.
 */
export async function withChanges(
  { pool, keys, ledger, actor }: Pick<Session, 'pool' | 'keys' | 'ledger' | 'actor'>,
  importRunId: string,
  items: readonly ImportItem[],
): Promise<ItemWithChanges[]> {
  const found = await findDifferences(
    pool,
    items.map(({ id }) => id),
  );
  if (found.size > 0) {
    await ledger.note({ action: 'preview.read', actor, detail: { run: importRunId, items: found.size } });
  }
  return items.map((item) => ({ ...item, differences: openDifferences(keys, found.get(item.id) ?? null) }));
}

const PLACES: readonly DifferingField[] = ['birthLocation', 'deathLocation', 'homeLocation'];

/** Items for people: a line each, and one for each change, places by their names. */
export async function describeItems(pool: Pool, items: readonly ItemWithChanges[]): Promise<string[]> {
  const placeIds = items.flatMap(({ differences }) =>
    differences
      .filter(({ field }) => PLACES.includes(field))
      .flatMap(({ old, new: now }) => [old ?? [], now ?? []].flat()),
  );
  const names = await placeNames(pool, placeIds);
  const word = (value: string | null): string => (value === null ? '-' : plain(names.get(value) ?? value));
  return items.flatMap(({ page, ordinal, outcome, reason, differences }) => [
    `page ${String(page)}, record ${String(ordinal)}: ${outcome}${reason === null ? '' : ` (${reason})`}`,
    ...differences.map(
      ({ about, field, old, new: now, reason: why }) =>
        `  ${about} ${field}: ${word(old)} -> ${word(now)} (${why.replaceAll('_', ' ')})`,
    ),
  ]);
}

async function listChanges(session: Session, importRunId: string): Promise<string[]> {
  const lists = await Promise.all(
    LISTED.map((outcome) => listImportItems(session.pool, { importRunId, outcome, first: MOST_LISTED + 1 })),
  );
  const items = lists.flatMap((list) => list.items);
  const shown = items.slice(0, MOST_LISTED);
  return [
    ...(await describeItems(session.pool, await withChanges(session, importRunId, shown))),
    ...(items.length > shown.length ? [`Only the first ${String(MOST_LISTED)} are listed.`] : []),
  ];
}
