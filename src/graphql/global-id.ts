import { Problem } from '../record/problem.js';

/** The types whose objects have a global id. */
export type IdentifiedType =
  | 'Individual'
  | 'Group'
  | 'Membership'
  | 'Relationship'
  | 'Location'
  | 'DataSource'
  | 'SearchCriteria'
  | 'ImportRun'
  | 'ImportItem'
  | 'Conflict'
  | 'Merge'
  | 'ApiClient'
  | 'Farmer'
  | 'Disability'
  | 'Programme'
  | 'Enrolment'
  | 'EventSubscription'
  | 'Delivery'
  | 'InboxMessage'
  | 'SourceRequest'
  | 'AuditEntry';

const DECODED = /^([A-Za-z]+):([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/u;

/** The opaque id under which the graph shows a row. */
export function globalId(type: IdentifiedType, id: string): string {
  return Buffer.from(`${type}:${id}`, 'latin1').toString('base64url');
}

/**
 * The row id within a global id of the given type. Throws `BAD_USER_INPUT` for an id of another type or of nothing;
 * `path` names the argument or the part of the input where it stood.
 */
export function readGlobalId(type: IdentifiedType, text: string, path: string): string {
  const [, found, id] = DECODED.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (found === type && id !== undefined && globalId(type, id) === text) return id;
  const what = found === undefined || found === type ? 'no id that this graph gave out' : 'the id of another type';
  throw new Problem('BAD_USER_INPUT', `${path} must be an id of type ${type}, but it is ${what}`);
}
