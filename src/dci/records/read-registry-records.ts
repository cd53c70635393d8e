import type { JsonObject } from '../../record/json.js';
import type { RegistryRecord } from '../../record/registry-record.js';
import { lastSegment } from '../wire-object.js';
import { LineReading, type RecordProblem } from './line-reading.js';
import { jsonObject, plainJson } from './plain-json.js';
import { addBeneficiary, addProgramme } from './read-beneficiary-to-write.js';
import { addDisability } from './read-disability-to-write.js';
import { addFarmer } from './read-farmer-to-write.js';
import { addGroup } from './read-group-to-write.js';
import { addPerson } from './read-person-to-write.js';

/** What a line says, in the order in which it must be written, or why it cannot be used. */
export type ReadRegistryRecords =
  | { readonly ok: true; readonly records: readonly RegistryRecord[] }
  | { readonly ok: false; readonly problems: readonly RecordProblem[] };

type LineKind = 'person' | 'group' | 'farmer' | 'disability' | 'beneficiary' | 'programme';

/**
 * Reads one record, as JSON was parsed, in the shapes that `writeRecord` emits and in those of the published examples.
 * `@type` decides which it is, or what it holds where that is absent. A record tells of several things: a farmer is a
 * person and a farmer, a group its members and the group; parents come before their children. What is not said stays
 * as it is in the registry, and so does what is said to be nothing (`""`, `null`): many peers write that for what they
 * do not know. Names that the standard does not have are passed over: a country's own facts stand in
 * `additional_attributes`. Unlike what is imported from other registries, a line with a value that cannot be used is
 * refused as a whole. Never throws, whatever the line holds.
 *
 * @param today `YYYY-MM-DD`, by which a date is in the future.
 */
export function readRegistryRecords(line: unknown, { today }: { readonly today: string }): ReadRegistryRecords {
  const reading = new LineReading(today);
  const record = jsonObject(plainJson(line));
  if (record === null) {
    reading.refuse('record', 'The line is not a JSON object, or is nested too deeply');
    return { ok: false, problems: reading.problems };
  }
  addRecord(record, reading);
  return reading.problems.length > 0
    ? { ok: false, problems: reading.problems }
    : { ok: true, records: reading.records };
}

function addRecord(record: JsonObject, reading: LineReading): void {
  switch (kindOf(record)) {
    case 'person':
      addPerson(record, reading);
      return;
    case 'group':
      addGroup(record, reading);
      return;
    case 'farmer':
      addFarmer(record, reading);
      return;
    case 'disability':
      addDisability(record, reading);
      return;
    case 'beneficiary':
      addBeneficiary(record, reading);
      return;
    case 'programme':
      addProgramme(record, reading);
      return;
    case null:
      reading.refuse('@type', `The record is none of ${[...new Set(TYPES.keys())].join(', ')}`);
  }
}

/** Last segments of the types met, without case and `_`. */
const TYPES: ReadonlyMap<string, LineKind> = new Map([
  ['person', 'person'],
  ['member', 'person'],
  ['group', 'group'],
  ['household', 'group'],
  ['family', 'group'],
  ['farmer', 'farmer'],
  ['farmerperson', 'farmer'],
  ['disabledperson', 'disability'],
  ['pwdperson', 'disability'],
  ['beneficiary', 'beneficiary'],
  ['programme', 'programme'],
  ['program', 'programme'],
]);

function kindOf(record: JsonObject): LineKind | null {
  const type = record['@type'];
  if (typeof type === 'string' && type !== '') {
    const word = lastSegment(type).toLowerCase().replaceAll('_', '');
    // CRVS_Person, SR_Person and their like.
    return TYPES.get(word) ?? (/^(?:crvs|sr|dr|fr|ibr|id)person$/u.test(word) ? 'person' : null);
  }
  const has = (...names: readonly string[]): boolean => names.some((name) => Object.hasOwn(record, name));
  if (has('farmer_personal_details', 'famer_personal_details')) return 'farmer';
  if (has('personal_details')) return 'disability';
  if (has('assistance_unit', 'enrollment_status', 'enrolment_status', 'enrollment_date', 'enrolment_date')) {
    return 'beneficiary';
  }
  const member = jsonObject(record['member']);
  if (member !== null || (has('group') && has('programme_identifier'))) return 'beneficiary';
  if (has('group_identifier', 'member_list', 'group_type', 'group_head_info')) return 'group';
  if (has('programme_identifier', 'programme_name')) return 'programme';
  return has('identifier', 'identifiers', 'member_identifier', 'demographic_info', 'name') ? 'person' : null;
}
