import { type Queryable } from '../database/pool.js';
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

/** An identifier that a person gets. */
export interface IdentifierRow extends Identifier {
  readonly individualId: string;
}

/** `dataSourceId` here and below: which source told of it; `null` where it was entered here. */
export async function insertIdentifiers(
  db: Queryable,
  rows: readonly IdentifierRow[],
  dataSourceId: string | null,
): Promise<void> {
  await runForRows(db, INSERT_IDENTIFIERS, rows, [
    rows.map(newId),
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
  db: Queryable,
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
  db: Queryable,
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
  db: Queryable,
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
