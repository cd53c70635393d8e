import { type Writable } from '../database/write-behind.js';
import { type MembershipRole, type RelationshipType } from '../record/group.js';
import { type Identifier, identifierKey } from '../record/individual.js';
import { newId } from './write-id.js';
import { runForRows } from './write-statement.js';

const INSERT_IDENTIFIERS = {
  name: 'write-insert-identifiers',
  text: `
    insert into identifiers (id, individual_id, type, value, value_key, data_source_id)
    select n.id, n.individual_id, n.type, n.value, n.value_key, $6
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
      as n (id, individual_id, type, value, value_key)`,
};

const INSERT_RELATIONSHIPS = {
  name: 'write-insert-relationships',
  text: `
    insert into relationships (id, type, source_id, target_id, data_source_id)
    select n.id, n.type, n.source_id, n.target_id, $5
    from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[]) as n (id, type, source_id, target_id)`,
};

const UPDATE_RELATIONSHIPS = {
  name: 'write-update-relationships',
  text: `
    update relationships r set type = n.type
    from unnest($1::uuid[], $2::text[]) as n (id, type)
    where r.id = n.id`,
};

const INSERT_MEMBERSHIPS = {
  name: 'write-insert-memberships',
  text: `
    insert into memberships (id, group_id, individual_id, role, data_source_id)
    select n.id, n.group_id, n.individual_id, n.role, $5
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as n (id, group_id, individual_id, role)`,
};

const INSERT_GROUP_IDENTIFIERS = {
  name: 'write-insert-group-identifiers',
  text: `
    insert into group_identifiers (id, group_id, type, value, value_key)
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])`,
};

const UPSERT_MARRIAGES = {
  name: 'write-upsert-marriages',
  text: `
    insert into marriages (id, individual_id, spouse_id, married_on, divorced_on)
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::date[])
    on conflict (id) do update set divorced_on = excluded.divorced_on`,
};

/** An identifier that a person gets. */
export interface IdentifierRow extends Identifier {
  readonly id: string;
  readonly individualId: string;
}

/** `dataSourceId` here and below: which source told of it; `null` where it was entered here. */
export async function insertIdentifiers(
  db: Writable,
  rows: readonly IdentifierRow[],
  dataSourceId: string | null,
): Promise<void> {
  await runForRows(db, INSERT_IDENTIFIERS, rows, [
    rows.map((row) => row.id),
    rows.map((row) => row.individualId),
    rows.map((row) => row.type),
    rows.map((row) => row.value),
    rows.map((row) => identifierKey(row.value)),
    dataSourceId,
  ]);
}

/** A tie that two people get. */
export interface RelationshipRow {
  readonly id: string;
  readonly type: RelationshipType;
  readonly sourceId: string;
  readonly targetId: string;
}

export async function insertRelationships(
  db: Writable,
  rows: readonly RelationshipRow[],
  dataSourceId: string | null,
): Promise<void> {
  await runForRows(db, INSERT_RELATIONSHIPS, rows, [
    rows.map((row) => row.id),
    rows.map((row) => row.type),
    rows.map((row) => row.sourceId),
    rows.map((row) => row.targetId),
    dataSourceId,
  ]);
}

/** Gives ties that are held another type. */
export async function retypeRelationships(
  db: Writable,
  rows: readonly Pick<RelationshipRow, 'id' | 'type'>[],
): Promise<void> {
  await runForRows(db, UPDATE_RELATIONSHIPS, rows, [rows.map((row) => row.id), rows.map((row) => row.type)]);
}

/** Somebody who joins a group. */
export interface MembershipRow {
  readonly id: string;
  readonly groupId: string;
  readonly individualId: string;
  readonly role: MembershipRole | null;
}

export async function insertMemberships(
  db: Writable,
  rows: readonly MembershipRow[],
  dataSourceId: string | null,
): Promise<void> {
  await runForRows(db, INSERT_MEMBERSHIPS, rows, [
    rows.map((row) => row.id),
    rows.map((row) => row.groupId),
    rows.map((row) => row.individualId),
    rows.map((row) => row.role),
    dataSourceId,
  ]);
}

/** An identifier that a group gets. */
export interface GroupIdentifierRow extends Identifier {
  readonly groupId: string;
}

export async function insertGroupIdentifiers(db: Writable, rows: readonly GroupIdentifierRow[]): Promise<void> {
  await runForRows(db, INSERT_GROUP_IDENTIFIERS, rows, [
    rows.map(newId),
    rows.map((row) => row.groupId),
    rows.map((row) => row.type),
    rows.map((row) => row.value),
    rows.map((row) => identifierKey(row.value)),
  ]);
}

/** A marriage of one of the two; days are `YYYY-MM-DD`. */
export interface MarriageRow {
  readonly id: string;
  readonly individualId: string;
  /** Where both are held. */
  readonly spouseId: string | null;
  readonly marriedOn: string;
  readonly divorcedOn: string | null;
}

/** Adds marriages; of those that are held only the end changes. */
export async function upsertMarriages(db: Writable, rows: readonly MarriageRow[]): Promise<void> {
  await runForRows(db, UPSERT_MARRIAGES, rows, [
    rows.map((row) => row.id),
    rows.map((row) => row.individualId),
    rows.map((row) => row.spouseId),
    rows.map((row) => row.marriedOn),
    rows.map((row) => row.divorcedOn),
  ]);
}
