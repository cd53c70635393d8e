import { fieldKey, type FieldName, type FieldSet, RECORD_FIELDS } from '../../record/fields.js';
import { RECORD_KINDS } from '../../record/registry-kind.js';

/**
 * Fields of records, by `fieldKey`, of which a field of the graph tells: it is shown to whoever is shown all of them.
 * `farmer.*`: any but the public ones of such records, since that there is one tells something already. `*`: all that
 * there is. None: it tells of nobody, or no more than the field that leads to it.
 */
export type Told = readonly string[];

const OPEN: Told = [];
const EVERYTHING: Told = ['*'];

/** What every field of every type tells of people. A type or field that is missing here keeps the gateway from starting. */
export const FIELD_TABLE: Readonly<Record<string, Readonly<Record<string, Told>>>> = {
  Individual: {
    id: OPEN,
    name: ['individual.name'],
    sex: ['individual.sex'],
    birthDate: ['individual.birth_date'],
    birthDatePrecision: ['individual.birth_date'],
    deathDate: ['individual.death_date'],
    deathDatePrecision: ['individual.death_date'],
    deceased: ['individual.deceased'],
    birthPlace: ['individual.birth_place'],
    birthPlaceText: ['individual.birth_place'],
    homePlace: ['individual.location'],
    homePlaceText: ['individual.location'],
    deathPlace: ['individual.death_place'],
    deathPlaceText: ['individual.death_place'],
    identifiers: ['individual.identifier'],
    maritalStatus: ['individual.marital_status'],
    marriages: ['individual.marriages'],
    phoneNumbers: ['individual.phone_number'],
    emails: ['individual.email'],
    memberships: ['individual.memberships'],
    groups: ['individual.memberships'],
    relationships: ['individual.relationships'],
    mother: ['individual.relationships'],
    father: ['individual.relationships'],
    children: ['individual.relationships'],
    isMother: ['individual.relationships'],
    farmer: ['farmer.*'],
    disability: ['disability.*'],
    enrolments: ['enrolment.*'],
    importedFrom: ['individual.sources'],
    provenance: ['individual.sources'],
    // Of the values in it those that are not shown are left out.
    history: OPEN,
    asOf: OPEN,
    // Each is a field of its own, looked at by name.
    attributes: OPEN,
    // Who was told of the person, not what: for the scope `audit.read`.
    disclosures: OPEN,
    // Found by an identifier; what is told of the person is said by RemoteIndividual.
    remote: ['individual.identifier'],
    remoteExchange: ['individual.identifier'],
    registeredAt: ['individual.registration_date'],
    updatedAt: ['individual.last_updated'],
  },
  Provenance: {
    field: OPEN,
    at: OPEN,
    origin: OPEN,
    actor: OPEN,
    source: OPEN,
    run: OPEN,
    page: OPEN,
    ordinal: OPEN,
    pointer: OPEN,
    saidAt: OPEN,
  },
  Revision: {
    version: OPEN,
    at: OPEN,
    origin: OPEN,
    actor: OPEN,
    source: ['individual.sources'],
    // A run is one of a source.
    run: ['individual.sources'],
    page: OPEN,
    ordinal: OPEN,
    isFirst: OPEN,
    changes: OPEN,
  },
  ValueChange: { field: OPEN, old: OPEN, new: OPEN },
  PastIndividual: {
    at: OPEN,
    name: ['individual.name'],
    sex: ['individual.sex'],
    birthDate: ['individual.birth_date'],
    birthDatePrecision: ['individual.birth_date'],
    deathDate: ['individual.death_date'],
    deathDatePrecision: ['individual.death_date'],
    deceased: ['individual.deceased'],
    birthPlace: ['individual.birth_place'],
    birthPlaceText: ['individual.birth_place'],
    homePlace: ['individual.location'],
    homePlaceText: ['individual.location'],
    deathPlace: ['individual.death_place'],
    deathPlaceText: ['individual.death_place'],
    maritalStatus: ['individual.marital_status'],
    phoneNumbers: ['individual.phone_number'],
    emails: ['individual.email'],
  },
  PersonName: { full: OPEN, given: OPEN, middle: OPEN, family: OPEN },
  Identifier: { type: OPEN, value: OPEN },
  Marriage: { marriedOn: OPEN, divorcedOn: OPEN },
  Relationship: { id: OPEN, type: OPEN, direction: OPEN, individual: OPEN },
  AttributeValue: { name: OPEN, value: OPEN },
  Group: {
    id: OPEN,
    name: ['group.group_name'],
    kind: ['group.group_type'],
    members: ['group.members'],
    head: ['group.members'],
    childrenUnder12Months: ['group.members', 'individual.birth_date', 'individual.deceased'],
    identifiers: ['group.group_identifier'],
    place: ['group.location'],
    placeText: ['group.location'],
    enrolments: ['enrolment.*'],
    attributes: OPEN,
    registeredAt: ['group.registration_date'],
    updatedAt: ['group.last_updated'],
  },
  Membership: { id: OPEN, role: OPEN, group: OPEN, individual: OPEN },
  YoungChildren: { count: OPEN, birthPlaces: ['individual.birth_place'] },
  Farmer: {
    id: OPEN,
    farmType: ['farmer.farm_type'],
    farmSize: ['farmer.farm_size'],
    landTenure: ['farmer.land_tenure'],
    place: ['farmer.location'],
    placeText: ['farmer.location'],
    individual: OPEN,
    attributes: OPEN,
    registeredAt: ['farmer.registration_date'],
    updatedAt: ['farmer.last_updated'],
  },
  Disability: {
    id: OPEN,
    status: ['disability.disability_status'],
    level: ['disability.disability_level'],
    details: ['disability.disability_details'],
    individual: OPEN,
    attributes: OPEN,
    registeredAt: ['disability.registration_date'],
    updatedAt: ['disability.last_updated'],
  },
  Enrolment: {
    id: OPEN,
    status: ['enrolment.enrolment_status'],
    statusChangedOn: ['enrolment.enrolment_status'],
    enrolledOn: ['enrolment.enrolment_date'],
    benefits: ['enrolment.benefits'],
    programme: ['enrolment.programme'],
    individual: OPEN,
    group: OPEN,
    attributes: OPEN,
    registeredAt: ['enrolment.registration_date'],
    updatedAt: ['enrolment.last_updated'],
  },
  // Of a person as another registry tells: the same fields as of one whom we hold.
  RemoteIndividual: {
    identifiers: ['individual.identifier'],
    name: ['individual.name'],
    sex: ['individual.sex'],
    birthDate: ['individual.birth_date'],
    birthDatePrecision: ['individual.birth_date'],
    deathDate: ['individual.death_date'],
    deceased: ['individual.deceased'],
    birthPlace: ['individual.birth_place'],
    homePlace: ['individual.location'],
    mother: ['individual.relationships'],
    father: ['individual.relationships'],
    parents: ['individual.relationships'],
    issues: OPEN,
  },
  RemotePlace: { externalId: OPEN, containedInExternalId: OPEN, type: OPEN, text: OPEN },
  ImportItem: {
    id: OPEN,
    page: OPEN,
    ordinal: OPEN,
    outcome: OPEN,
    reasonCode: OPEN,
    reason: OPEN,
    issues: OPEN,
    individual: OPEN,
    mother: ['individual.relationships'],
    father: ['individual.relationships'],
    group: ['individual.memberships'],
    // Each is looked at by the field that it is of.
    differences: OPEN,
  },
  ImportDifference: { about: OPEN, field: OPEN, reason: OPEN, individual: OPEN, old: OPEN, new: OPEN },
  Conflict: {
    id: OPEN,
    kind: OPEN,
    about: OPEN,
    field: OPEN,
    state: OPEN,
    source: OPEN,
    raisedAt: OPEN,
    importRun: OPEN,
    importRunId: OPEN,
    page: OPEN,
    ordinal: OPEN,
    decision: OPEN,
    decidedBy: OPEN,
    decidedAt: OPEN,
    decidedIndividual: OPEN,
    individuals: OPEN,
    said: OPEN,
  },
  // A message as it came may tell anything of anybody.
  Exchange: {
    purpose: OPEN,
    sentAt: OPEN,
    durationMs: OPEN,
    status: OPEN,
    notPushedDown: OPEN,
    request: EVERYTHING,
    requestText: EVERYTHING,
    answer: EVERYTHING,
    answerText: EVERYTHING,
    curl: EVERYTHING,
  },
  OpenedInboxMessage: { message: OPEN, body: EVERYTHING },
};

/** Types that tell of nobody: the working of the gateway, places, programmes. Those of pages lead to others. */
export const TYPES_ABOUT_NOBODY: ReadonlySet<string> = new Set([
  // Whom they tell of is said by the types that they lead to; who may ask, by the scopes in their resolvers.
  'Query',
  'Mutation',
  'Subscription',
  'PageInfo',
  'Location',
  'Programme',
  'Refusal',
  'SavedIndividual',
  'SavedGroup',
  'SavedFarmer',
  'SavedDisability',
  'SavedEnrolment',
  'SavedProgramme',
  'Erasure',
  'ApiClient',
  'ClientSecret',
  'AccessLimits',
  'IssuedSecret',
  'Role',
  'DataSource',
  'DataSourceParameter',
  'DataSourcePaths',
  'FieldMapping',
  'SourceFieldPolicy',
  'DataSourceProbe',
  'ProbedQuery',
  'LocationSync',
  'LocationDifference',
  'SearchCriteria',
  'BirthDateBound',
  'ImportSchedule',
  'ImportDueTime',
  'ImportRun',
  'ImportOutcomes',
  'RecordIssue',
  'DecidedConflict',
  'Merge',
  'MergeRefusal',
  'UndoneMerge',
  'RegistrySearchResult',
  'Delivery',
  'EventSubscription',
  'InboxMessage',
  'SourceRequest',
  'Disclosure',
  'AuditEntry',
  'AccessExplanation',
  'ExplainedItem',
  'ExplainedField',
  'ExplainedRefusal',
]);

/** A page or an edge of a list, which tells what its nodes tell. */
export const LIST_TYPE = /^(?<of>\w+)(?:Connection|Edge)$/u;

const BY_KEY = new Map(RECORD_FIELDS.map((field) => [fieldKey(field), field]));

/** Whether a part of a `Told` is a field of records, a kind of record or `*`. */
export function isKnownPart(part: string): boolean {
  return part === '*' || BY_KEY.has(part) || RECORD_KINDS.some((kind) => part === `${kind}.*`);
}

/** The first part of what a field tells that the caller is not shown; `null`: it is shown all. */
export function withheldPart(told: Told, fields: FieldSet): string | null {
  return fields.isAll ? null : (told.find((part) => !isShown(part, fields)) ?? null);
}

function isShown(part: string, fields: FieldSet): boolean {
  const field = BY_KEY.get(part);
  if (field) return fields.has(field);
  return part === '*'
    ? RECORD_FIELDS.every((one) => fields.has(one))
    : tellingFields(part, fields).some((one) => fields.has(one));
}

/** What such records can tell beside what is public: our own fields, and a country's that the caller is granted by name. */
function tellingFields(part: string, { rules }: FieldSet): FieldName[] {
  const kind = RECORD_KINDS.find((one) => part === `${one}.*`);
  if (kind === undefined) return [];
  const granted = rules
    .flatMap(({ only = [] }) => only)
    .filter((key) => key.startsWith(`${kind}.`) && !BY_KEY.has(key));
  return [
    ...RECORD_FIELDS.filter(({ of, sensitivity }) => of === kind && sensitivity !== 'public'),
    ...granted.map((key): FieldName => ({ of: kind, name: key.slice(kind.length + 1), sensitivity: 'personal' })),
  ];
}

/** A field that is among what a part tells and that the caller is not shown. */
export function withheldFieldOf(part: string, fields: FieldSet): FieldName | null {
  const among = part === '*' ? RECORD_FIELDS : [BY_KEY.get(part) ?? tellingFields(part, fields)].flat();
  return among.find((field) => !fields.has(field)) ?? null;
}
