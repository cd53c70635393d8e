import { type Difference, outcomeDigest } from '../../src/registry/write-sources/differences.js';
import { type WrittenRecord } from '../../src/registry/write-sources/write-outcome.js';

const written: WrittenRecord = {
  outcome: 'updated',
  refusal: null,
  individualId: null,
  motherId: null,
  fatherId: null,
  groupId: null,
  issues: [],
  questions: [],
};
const ofMother: Difference = {
  about: 'mother',
  individualId: null,
  field: 'givenName',
  old: null,
  new: 'Ana',
  reason: 'not_known',
};
const ofFather: Difference = { ...ofMother, about: 'father', new: 'Rui' };

test('a record comes to the same whichever of its parents is held first, and to something else with any other value', () => {
  const digest = outcomeDigest(written, [ofMother, ofFather]);
  expect(outcomeDigest(written, [ofFather, ofMother])).toEqual(digest);
  expect(outcomeDigest(written, [ofFather, { ...ofMother, new: 'Eva' }])).not.toEqual(digest);
});
