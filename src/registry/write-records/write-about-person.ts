import { type DisabilityToWrite, type FarmerToWrite } from '../../record/registry-record.js';
import {
  type Batch,
  checkOwnId,
  findPlace,
  findReferred,
  idForNew,
  mergeAttributes,
  ownedBy,
  readInstant,
  readText,
  type Taken,
} from './write-batch.js';
import { Row } from './write-row.js';
import { type DisabilityValues, type FarmerValues } from './write-values.js';

/** Takes what a record says of a person as a farmer into the batch, or throws a refusal. */
export function takeFarmer(batch: Batch, record: FarmerToWrite): Taken {
  const person = findReferred('person', batch.people, record.person, 'person');
  const held = batch.farmers.get(person.id);
  checkOwnId(batch, 'farmer', record.id, person.id);
  const place = findPlace(batch, record.place, 'place');

  const farmer = held ?? new Row<FarmerValues>(idForNew(record.id), true, emptyFarmer(person.id));
  batch.farmers.set(person.id, farmer);
  batch.owners.set(ownedBy('farmer', farmer.id), person.id);
  const changes = [
    farmer.take('farmType', readText(record.farmType)),
    farmer.take('farmSize', record.farmSize),
    farmer.take('landTenure', readText(record.landTenure)),
    farmer.take('location', place?.location),
    farmer.take('placeText', place?.text),
    farmer.take('attributes', mergeAttributes(farmer.values.attributes, record.attributes)),
    farmer.take('registeredAt', readInstant(record.registeredAt, farmer.values.registeredAt)),
  ];
  return { id: farmer.id, isNew: held === undefined, isChanged: changes.includes(true) };
}

/** Takes what a record says of a person's disability into the batch, or throws a refusal. */
export function takeDisability(batch: Batch, record: DisabilityToWrite): Taken {
  const person = findReferred('person', batch.people, record.person, 'person');
  const held = batch.disabilities.get(person.id);
  checkOwnId(batch, 'disability', record.id, person.id);

  const disability = held ?? new Row<DisabilityValues>(idForNew(record.id), true, emptyDisability(person.id));
  batch.disabilities.set(person.id, disability);
  batch.owners.set(ownedBy('disability', disability.id), person.id);
  const changes = [
    disability.take('status', readText(record.status)),
    disability.take('level', readText(record.level)),
    disability.take('details', record.details),
    disability.take('attributes', mergeAttributes(disability.values.attributes, record.attributes)),
    disability.take('registeredAt', readInstant(record.registeredAt, disability.values.registeredAt)),
  ];
  return { id: disability.id, isNew: held === undefined, isChanged: changes.includes(true) };
}

function emptyFarmer(individualId: string): FarmerValues {
  return {
    individualId,
    farmType: null,
    farmSize: null,
    landTenure: null,
    location: null,
    placeText: null,
    attributes: {},
    registeredAt: null,
  };
}

function emptyDisability(individualId: string): DisabilityValues {
  return { individualId, status: null, level: null, details: [], attributes: {}, registeredAt: null };
}
