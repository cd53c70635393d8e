import { registerEnumType } from 'type-graphql';

/** Keys are the names in the graph, values the words of the imports room. */
export const RunStateEnum = {
  QUEUED: 'queued',
  RUNNING: 'running',
  PAUSED: 'paused',
  CANCELLED: 'cancelled',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
} as const;
registerEnumType(RunStateEnum, {
  name: 'ImportRunState',
  description: 'How far a run is.',
  valuesConfig: {
    QUEUED: { description: 'It waits for its first page.' },
    RUNNING: { description: 'It reads page after page.' },
    PAUSED: { description: 'It waits for the source, until `pausedUntil`, and goes on by itself.' },
    CANCELLED: { description: 'Somebody stopped it; it can be resumed where it stopped.' },
    SUCCEEDED: { description: 'It has read the last page.' },
    FAILED: { description: 'It stopped, as `errorMessage` says; it can be resumed where it stopped.' },
  },
});

export const RunKindEnum = {
  IMPORT: 'import',
  PREVIEW: 'preview',
  APPLY: 'apply',
  RETRY: 'retry',
  UNDO: 'undo',
} as const;
registerEnumType(RunKindEnum, {
  name: 'ImportRunKind',
  description: 'What a run does.',
  valuesConfig: {
    IMPORT: { description: 'It writes what the source says.' },
    PREVIEW: { description: 'It lists what an import would do, and writes nothing else.' },
    APPLY: { description: 'It writes exactly the records of a preview.' },
    RETRY: { description: 'It writes the records that another run could not.' },
    UNDO: { description: 'It takes another run back.' },
  },
});

export const OutcomeEnum = {
  CREATED: 'created',
  UPDATED: 'updated',
  UNCHANGED: 'unchanged',
  SKIPPED: 'skipped',
  CONFLICT: 'conflict',
  FAILED: 'failed',
  REMOVED: 'removed',
  RESTORED: 'restored',
  REFUSED: 'refused',
} as const;
registerEnumType(OutcomeEnum, {
  name: 'ImportOutcome',
  description: 'What became of a record.',
  valuesConfig: {
    CREATED: { description: 'The person was new.' },
    UPDATED: { description: 'Something about the person, the parents or the family was new.' },
    UNCHANGED: { description: 'Nothing of it was new.' },
    SKIPPED: { description: 'It could not be used; see `reason`.' },
    CONFLICT: {
      description:
        'It waits for a person to decide, see `conflicts`; of an apply also: somebody was changed here since the preview. Nothing was guessed.',
    },
    FAILED: { description: 'It could not be written; see `reason`.' },
    REMOVED: { description: 'An undo removed what another run had made.' },
    RESTORED: { description: 'An undo put back the values that another run had changed.' },
    REFUSED: { description: 'An undo left it as it is; see `reason`.' },
  },
});
