import { identifierKey } from '../../record/individual.js';
import { type EnrolmentToWrite, type ProgrammeToWrite } from '../../record/registry-record.js';
import {
  type Batch,
  checkOwnId,
  enrolmentKey,
  findProgramme,
  findReferred,
  idForNew,
  kept,
  mergeAttributes,
  ownedBy,
  readInstant,
  readText,
  refusal,
  type Taken,
} from './write-batch.js';
import { newId } from '../write-id.js';
import { Row } from './write-row.js';
import { type EnrolmentValues, type ProgrammeValues } from './write-values.js';

/** Takes one programme's record into the batch. */
export function takeProgramme(batch: Batch, record: ProgrammeToWrite): Taken {
  const key = identifierKey(record.identifier);
  const held = batch.programmes.get(key);
  if (held !== undefined && batch.heldFacts === 'keep') return kept(held);
  const programme = held ?? new Row<ProgrammeValues>(newId(), true, emptyProgramme(record.identifier));
  batch.programmes.set(key, programme);
  const changes = [
    programme.take('name', readText(record.name)),
    programme.take('description', readText(record.description)),
    programme.take('attributes', mergeAttributes(programme.values.attributes, record.attributes)),
  ];
  return { id: programme.id, isNew: held === undefined, isChanged: changes.includes(true) };
}

/** Takes one enrolment into the batch: all of it or, when a refusal is thrown, nothing of it. */
export function takeEnrolment(batch: Batch, record: EnrolmentToWrite): Taken {
  const programme = findProgramme(batch, record.programme);
  const subject = findEnrolled(batch, record);
  const key = enrolmentKey(programme.id, subject.individualId ?? subject.groupId ?? '');
  const held = batch.enrolments.get(key);
  checkOwnId(batch, 'enrolment', record.id, key);

  const values = { ...emptyEnrolment(programme.id), ...subject };
  const enrolment = held ?? new Row<EnrolmentValues>(idForNew(record.id), true, values);
  batch.enrolments.set(key, enrolment);
  batch.owners.set(ownedBy('enrolment', enrolment.id), key);
  const changes = [
    enrolment.take('status', readText(record.status)),
    enrolment.take('enrolledOn', record.enrolledOn),
    enrolment.take('statusChangedOn', record.statusChangedOn),
    enrolment.take('benefits', record.benefits),
    enrolment.take('attributes', mergeAttributes(enrolment.values.attributes, record.attributes)),
    enrolment.take('registeredAt', readInstant(record.registeredAt, enrolment.values.registeredAt)),
  ];
  return { id: enrolment.id, isNew: held === undefined, isChanged: changes.includes(true) };
}

function findEnrolled(
  batch: Batch,
  { person, group }: EnrolmentToWrite,
): Pick<EnrolmentValues, 'individualId' | 'groupId'> {
  if (person !== undefined && group === undefined) {
    return { individualId: findReferred('person', batch.people, person, 'person').id, groupId: null };
  }
  if (group !== undefined && person === undefined) {
    return { individualId: null, groupId: findReferred('group', batch.groups, group, 'group').id };
  }
  throw refusal('VALUE_UNUSABLE', 'A person or a group is enrolled: one of the two has to be named', 'person');
}

function emptyProgramme(identifier: string): ProgrammeValues {
  return { identifier, name: null, description: null, attributes: {}, registeredAt: null };
}

function emptyEnrolment(programmeId: string): EnrolmentValues {
  return {
    programmeId,
    individualId: null,
    groupId: null,
    status: null,
    enrolledOn: null,
    statusChangedOn: [],
    benefits: [],
    attributes: {},
    registeredAt: null,
  };
}
