import type { Queryable } from '../../database/pool.js';
import type { Filter } from '../../record/filter.js';
import type { Individual } from '../../record/individual.js';
import type { RecordAnswer } from '../../record/record-answer.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import { isUuid } from '../../record/uuid.js';
import { selectVisible } from './answer-rows.js';
import { loadDisabilityAnswers } from './disability-answers.js';
import { loadEnrolmentAnswers } from './enrolment-answers.js';
import { loadFarmerAnswers } from './farmer-answers.js';
import { loadGroupAnswers } from './group-answers.js';
import { loadPeople } from './individual-answers.js';
import { INDIVIDUAL_COLUMNS, type IndividualRow, readIndividual } from '../individual-rows.js';

const SELECT_INDIVIDUALS_OF_ANSWERS = {
  name: 'registry-load-individuals',
  text: `select ${INDIVIDUAL_COLUMNS} from individuals i where i.id = any($1::uuid[])`,
};

/**
 * All that a registry of this kind answers of these records, in the order of their ids, with a number of statements
 * that does not depend on how many there are (at most six). Records of people outside `visible` are left out, as are
 * relatives and members, and so are those that are gone.
 */
export async function loadRecordAnswers(
  db: Queryable,
  record: RecordKind,
  ids: readonly string[],
  visible: Filter,
  { registry }: { readonly registry: RegistryKind },
): Promise<RecordAnswer[]> {
  const wanted = ids.filter(isUuid).map((id) => id.toLowerCase());
  if (wanted.length === 0) return [];
  switch (record) {
    case 'individual': {
      const read = await readIndividuals(db, wanted, visible);
      const { people } = await loadPeople(db, read, visible, { registry });
      const byId = new Map(people.map((person) => [person.individual.id, person]));
      return inOrder(wanted, byId, (person) => ({ kind: 'individual', ...person }));
    }
    case 'group':
      return inOrder(wanted, await loadGroupAnswers(db, wanted, visible, registry), (group) => ({
        kind: 'group',
        ...group,
      }));
    case 'farmer':
      return inOrder(wanted, await loadFarmerAnswers(db, wanted, visible), (farmer) => ({ kind: 'farmer', ...farmer }));
    case 'disability':
      return inOrder(wanted, await loadDisabilityAnswers(db, wanted, visible), (disability) => ({
        kind: 'disability',
        ...disability,
      }));
    case 'enrolment':
      return inOrder(wanted, await loadEnrolmentAnswers(db, wanted, visible), (enrolment) => ({
        kind: 'enrolment',
        ...enrolment,
      }));
  }
}

async function readIndividuals(db: Queryable, ids: readonly string[], visible: Filter): Promise<Individual[]> {
  const rows = await selectVisible<IndividualRow>(db, SELECT_INDIVIDUALS_OF_ANSWERS, ids, visible);
  return rows.map(readIndividual);
}

function inOrder<Answer>(
  ids: readonly string[],
  answers: ReadonlyMap<string, Answer>,
  ofKind: (answer: Answer) => RecordAnswer,
): RecordAnswer[] {
  return ids.flatMap((id) => {
    const answer = answers.get(id);
    return answer === undefined ? [] : [ofKind(answer)];
  });
}
