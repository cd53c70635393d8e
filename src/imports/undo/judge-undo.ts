import {
  type HangingThing,
  type HeldPerson,
  type HeldRevision,
  type PageOfRun,
  type PageToUndo,
} from './page-to-undo.js';

/** Why something that a run did is not taken back. */
export interface UndoRefusal {
  readonly code: 'CHANGED_SINCE' | 'NEEDED_BY_OTHERS' | 'NEEDED_BY_KEPT' | 'MERGED_SINCE';
  /** A sentence without personal data. */
  readonly reason: string;
}

/** Values of somebody who stays, as they were before the page. */
export interface Restoring {
  /** By field; without those that are no values of the person, as `identifiers`. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Fields that somebody else changed since. */
  readonly refused: readonly string[];
  /** Whether an earlier page of the same run made the person. */
  readonly isOfRun: boolean;
}

/** What becomes of a page that is taken back. */
export interface UndoVerdict {
  /** People whom the page made: `null` removes them, anything else keeps them as they are. */
  readonly made: ReadonlyMap<string, UndoRefusal | null>;
  /** Groups that the page made, likewise. */
  readonly groups: ReadonlyMap<string, UndoRefusal | null>;
  /** People who were there before. */
  readonly restored: ReadonlyMap<string, Restoring>;
  /** Ids of the rows that go, of those that the page made. */
  readonly identifiers: ReadonlySet<string>;
  readonly ties: ReadonlySet<string>;
  readonly memberships: ReadonlySet<string>;
  readonly marriages: ReadonlySet<string>;
  /** Of marriages held before that are unknown again in what the page told of them. */
  readonly alteredMarriages: ReadonlySet<string>;
  /** Of ties that become what they were. */
  readonly retyped: ReadonlySet<string>;
  /** People of whom the source has told again since, otherwise than by this run. */
  readonly toldAgain: ReadonlySet<string>;
}

/**
 * Decides what of a page can be taken back. Whoever was made by it goes, unless somebody else touched them since or
 * something of somebody else hangs on them; they then stay with all that the page told of them, and with those whom that
 * needs: a child's parents and family. A value of somebody who was there before becomes what it was where it is still
 * the run's.
 */
export function judgeUndo(page: PageToUndo, { runId, page: number, dataSourceId }: PageOfRun): UndoVerdict {
  const histories = new Map<string, History>();
  for (const revision of page.revisions) {
    const held = histories.get(revision.individualId);
    if (held) held.push(revision);
    else histories.set(revision.individualId, [revision]);
  }
  const isOwn = (revision: HeldRevision): boolean => revision.runId === runId && revision.page === number;
  const kept = new Map<string, UndoRefusal>();
  const made = new Set<string>();
  const restored = new Map<string, Restoring>();
  const toldAgain = new Set<string>();
  for (const person of page.people.values()) {
    const history = histories.get(person.id) ?? [];
    const others = history.filter((one) => one.runId !== runId && liveFields(history, one).length > 0);
    const told = history.findLast(isOwn)?.rowVersion ?? 0;
    if (others.some((one) => one.dataSourceId === dataSourceId && one.rowVersion > told)) toldAgain.add(person.id);
    if (history.some((one) => isOwn(one) && one.before === null)) {
      made.add(person.id);
      const refusal = whyKept(person, history, others);
      if (refusal !== null) kept.set(person.id, refusal);
    } else {
      const restoring = restore(history, isOwn, runId);
      if (restoring !== null) restored.set(person.id, withoutContradiction(person, restoring));
    }
  }
  const keptGroups = keepWhatIsNeeded(page, made, kept);
  const madeGroups = new Set(page.groups.map(({ id }) => id));
  const isTheirs = (id: string): boolean => kept.has(id) || page.people.get(id)?.isMerged === true;
  const marriagesOf = <Row extends { readonly id: string; readonly individualId: string }>(rows: readonly Row[]) =>
    idsOf(
      rows.filter(({ individualId: id }) => !isTheirs(id) && restored.get(id)?.refused.includes('marriages') !== true),
    );
  return {
    made: new Map([...made].map((id) => [id, kept.get(id) ?? null])),
    groups: new Map([...madeGroups].map((id) => [id, keptGroups.get(id) ?? null])),
    restored,
    identifiers: idsOf(page.identifiers.filter(({ individualId }) => !isTheirs(individualId))),
    ties: idsOf(page.ties.filter(({ targetId }) => !isTheirs(targetId))),
    memberships: idsOf(
      page.memberships.filter(({ groupId, individualId, isEnded }) => {
        if (made.has(individualId) && !kept.has(individualId)) return true;
        return !isEnded && !isTheirs(individualId) && !keptGroups.has(groupId);
      }),
    ),
    marriages: marriagesOf(page.marriages),
    alteredMarriages: marriagesOf(page.alteredMarriages),
    retyped: idsOf(page.retyped.filter(({ type, typeBefore, targetId }) => type !== typeBefore && !isTheirs(targetId))),
    toldAgain,
  };
}

/** The revisions of one person, from the first to the last. */
type History = HeldRevision[];

/** The fields of a revision that nobody has taken back since; to take something back tells nothing itself. */
function liveFields(history: readonly HeldRevision[], revision: HeldRevision): string[] {
  if (revision.kind === 'undo' || revision.origin === 'merge-undone') return [];
  const undone = history.filter((one) => one.rowVersion > revision.rowVersion && takesBack(one, revision));
  return revision.fields.filter((field) => !undone.some(({ fields }) => fields.includes(field)));
}

function takesBack(one: HeldRevision, revision: HeldRevision): boolean {
  if (revision.origin === 'merge') return one.origin === 'merge-undone';
  return one.kind === 'undo' && one.ofRunId === revision.runId && one.page === revision.page;
}

function whyKept(
  person: HeldPerson,
  history: readonly HeldRevision[],
  others: readonly HeldRevision[],
): UndoRefusal | null {
  if (person.isMerged) {
    return {
      code: 'MERGED_SINCE',
      reason: 'Somebody decided that this is the same person as another: undo the merge first',
    };
  }
  const isWrittenOtherwise = history.at(-1)?.rowVersion !== person.rowVersion;
  if (others.length > 0 || isWrittenOtherwise) {
    const fields = [...new Set(others.flatMap((one) => liveFields(history, one)))].sort().join(', ');
    // Of what was written past the gateway nobody knows which fields it was.
    const what = fields === '' ? '' : ` (${fields})`;
    return { code: 'CHANGED_SINCE', reason: `The person was changed since${what}, and stays` };
  }
  if (person.held === null) return null;
  return { code: 'NEEDED_BY_OTHERS', reason: `The person stays: since the run ${HANGING[person.held]}` };
}

const HANGING: Readonly<Record<HangingThing, string>> = {
  identifier: 'they got another identifier',
  relationship: 'somebody else was tied to them',
  membership: 'a membership of theirs was added or ended',
  group: 'another group began with them',
  marriage: 'another marriage of theirs was noted',
  record: 'they got a record as a farmer, of a disability or in a programme',
  source: 'another source told of them',
};

const NEEDED: UndoRefusal = {
  code: 'NEEDED_BY_KEPT',
  reason: 'The person stays, because somebody stays who needs them as a parent or for the family',
};

/** Keeps more and more until nobody who stays lacks anybody; answers the groups that stay. */
function keepWhatIsNeeded(
  page: PageToUndo,
  made: ReadonlySet<string>,
  kept: Map<string, UndoRefusal>,
): Map<string, UndoRefusal> {
  const groups = new Map<string, UndoRefusal>();
  const own = new Set(page.groups.map(({ id }) => id));
  for (const { id, isTouched } of page.groups) {
    if (isTouched) groups.set(id, { code: 'CHANGED_SINCE', reason: 'The group was changed since, and stays' });
  }
  const keep = (id: string | null): boolean => {
    if (id === null || !made.has(id) || kept.has(id)) return false;
    kept.set(id, NEEDED);
    return true;
  };
  const keepGroup = (id: string): boolean => {
    if (!own.has(id) || groups.has(id)) return false;
    groups.set(id, { code: 'NEEDED_BY_KEPT', reason: 'The group stays, because somebody stays who belongs to it' });
    return true;
  };
  for (let isGrowing = true; isGrowing;) {
    const grown = [
      ...page.ties.filter(({ targetId }) => kept.has(targetId)).map(({ sourceId }) => keep(sourceId)),
      ...page.memberships.filter(({ individualId }) => kept.has(individualId)).map(({ groupId }) => keepGroup(groupId)),
      ...page.groups.filter(({ id }) => groups.has(id)).map(({ originId }) => keep(originId)),
    ];
    isGrowing = grown.includes(true);
  }
  return groups;
}

/** What of the page's own revisions of somebody becomes what it was; `null`: it has none that still stand. */
function restore(
  history: readonly HeldRevision[],
  isOwn: (revision: HeldRevision) => boolean,
  runId: string,
): Restoring | null {
  const values = new Map<string, unknown>();
  const refused = new Set<string>();
  let stands = false;
  for (const revision of history.filter(isOwn)) {
    for (const field of liveFields(history, revision)) {
      const later = history.filter((one) => one.rowVersion > revision.rowVersion && one.runId !== runId);
      stands = true;
      if (later.some((one) => liveFields(history, one).includes(field))) refused.add(field);
      // The first of several told what was before all of them.
      else if (revision.before !== null && field in revision.before && !values.has(field)) {
        values.set(field, revision.before[field]);
      }
    }
  }
  const isOfRun = history.some((one) => one.before === null && one.runId === runId);
  return stands ? { values, refused: [...refused], isOfRun } : null;
}

/** Who has a date of death that stays is deceased. */
function withoutContradiction(person: HeldPerson, restoring: Restoring): Restoring {
  const { values, refused } = restoring;
  const deathDate = values.has('deathDate') ? values.get('deathDate') : person.values['deathDate'];
  if (values.get('deceased') !== false || deathDate === null) return restoring;
  const kept = new Map([...values].filter(([field]) => field !== 'deceased'));
  return { ...restoring, values: kept, refused: [...refused, 'deceased'] };
}

function idsOf(rows: readonly { readonly id: string }[]): Set<string> {
  return new Set(rows.map(({ id }) => id));
}
