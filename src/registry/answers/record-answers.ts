import type { Queryable } from '../../database/pool.js';
import type { FieldSet } from '../../record/fields.js';
import type { Filter } from '../../record/filter.js';
import type { Individual } from '../../record/individual.js';
import type { RecordAnswer } from '../../record/record-answer.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import { isUuid } from '../../record/uuid.js';
import { selectVisible, type Sight } from './answer-rows.js';
import { loadDisabilityAnswers } from './disability-answers.js';
import { loadEnrolmentAnswers } from './enrolment-answers.js';
import { loadFarmerAnswers } from './farmer-answers.js';
import { loadGroupAnswers } from './group-answers.js';
import { loadPeople } from './individual-answers.js';
import { individualColumns, type IndividualRow, readIndividual } from '../individual-rows.js';

function selectIndividuals(fields: FieldSet): { readonly name: string; readonly text: string } {
  return {
    name: 'registry-load-individuals',
    text: `select ${individualColumns(fields)} from individuals i where i.id = any($1::uuid[])`,
  };
}

/**
 * All that a registry of this kind answers of these records, in the order of their ids, with a number of statements
 * that does not depend on how many there are (at most six), as far as `fields` are shown. Records of people outside
 * `visible` are left out, as are relatives and members, and so are those that are gone.
 */
export async function loadRecordAnswers(
  db: Queryable,
  record: RecordKind,
  ids: readonly string[],
  visible: Filter,
  { registry, fields }: { readonly registry: RegistryKind; readonly fields: FieldSet },
): Promise<RecordAnswer[]> {
  const wanted = ids.filter(isUuid).map((id) => id.toLowerCase());
  if (wanted.length === 0) return [];
  const sight = { visible, fields };
  switch (record) {
    case 'individual': {
      const read = await readIndividuals(db, wanted, sight);
      const { people } = await loadPeople(db, read, sight, { registry });
      const byId = new Map(people.map((person) => [person.individual.id, person]));
      return inOrder(wanted, byId, (person) => ({ kind: 'individual', ...person }));
    }
    case 'group':
      return inOrder(wanted, await loadGroupAnswers(db, wanted, sight, registry), (group) => ({
        kind: 'group',
        ...group,
      }));
    case 'farmer':
      return inOrder(wanted, await loadFarmerAnswers(db, wanted, sight), (farmer) => ({ kind: 'farmer', ...farmer }));
    case 'disability':
      return inOrder(wanted, await loadDisabilityAnswers(db, wanted, sight), (disability) => ({
        kind: 'disability',
        ...disability,
      }));
    case 'enrolment':
      return inOrder(wanted, await loadEnrolmentAnswers(db, wanted, sight), (enrolment) => ({
        kind: 'enrolment',
        ...enrolment,
      }));
  }
}

async function readIndividuals(db: Queryable, ids: readonly string[], sight: Sight): Promise<Individual[]> {
  const rows = await selectVisible<IndividualRow>(db, selectIndividuals(sight.fields), ids, sight);
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
