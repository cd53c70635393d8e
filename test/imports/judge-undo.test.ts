import { judgeUndo } from '../../src/imports/undo/judge-undo.js';
import { type HeldRevision, type PageToUndo } from '../../src/imports/undo/page-to-undo.js';

const RUN = { runId: 'run', page: 1, dataSourceId: 'crvs' };

const made: HeldRevision = {
  individualId: 'child',
  rowVersion: 1,
  runId: 'run',
  kind: 'import',
  ofRunId: null,
  dataSourceId: 'crvs',
  origin: 'import',
  page: 1,
  fields: ['givenName'],
  before: null,
};
const corrected: HeldRevision = { ...made, rowVersion: 2, runId: null, kind: null, origin: 'mutation', page: null };

function page(rowVersion: number, revisions: readonly HeldRevision[]): PageToUndo {
  return {
    people: new Map([['child', { id: 'child', rowVersion, values: {}, held: null, isMerged: false }]]),
    revisions,
    identifiers: [],
    ties: [],
    retyped: [],
    memberships: [],
    groups: [],
    marriages: [],
    alteredMarriages: [],
    toldOf: [],
    said: [],
  };
}

test.each([
  ['what is known to have changed', page(2, [made, corrected]), 'The person was changed since (givenName), and stays'],
  ['no field where the row was written past the gateway', page(2, [made]), 'The person was changed since, and stays'],
  ['nobody where nothing was told', page(2, [made, { ...corrected, fields: [] }]), undefined],
])('a refusal names %s', (_what, held, reason) => {
  expect(judgeUndo(held, RUN).made.get('child')?.reason).toBe(reason);
});
