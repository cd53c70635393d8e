import type { IndividualAnswer } from '../../record/individual-answer.js';
import type { RecordAnswer } from '../../record/record-answer.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { Dialect } from '../dialects/dialect.js';
import type { WireObject } from '../wire-object.js';
import { inForm } from './record-form.js';
import { writeBeneficiary } from './write-beneficiary.js';
import { writeDisability } from './write-disability.js';
import { writeFarmer } from './write-farmer.js';
import { writeFlatNames } from './write-flat-names.js';
import { writeGroup } from './write-group.js';
import { writeMember } from './write-member.js';
import { writeCivilPerson } from './write-person.js';

/**
 * Writes one record as a `reg_records[]` of the dialect, as a registry of this kind has it, under the names of the
 * published vocabularies. Nothing unknown is written, save where the dialect's readers fail without. Dialects that have
 * a shape of their own for people have none for other records.
 */
export function writeRecord(answer: RecordAnswer, dialect: Dialect, registry: RegistryKind): WireObject {
  return inForm(writeAnswer(answer, dialect, registry), dialect.record);
}

function writeAnswer(answer: RecordAnswer, dialect: Dialect, registry: RegistryKind): WireObject {
  switch (answer.kind) {
    case 'individual':
      return writeIndividual(answer, dialect, registry);
    case 'group':
      return writeGroup(answer, registry);
    case 'farmer':
      return writeFarmer(answer);
    case 'disability':
      return writeDisability(answer);
    case 'enrolment':
      return writeBeneficiary(answer);
  }
}

/** A civil register answers with people, every other registry with members. */
function writeIndividual(answer: IndividualAnswer, { record }: Dialect, registry: RegistryKind): WireObject {
  if (record.shape === 'flat-names') return writeFlatNames(answer, record.completeFields);
  return registry === 'crvs' ? writeCivilPerson(answer) : writeMember(answer, registry);
}
