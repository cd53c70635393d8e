import { DatabaseError, type Pool } from 'pg';
import { dialect } from '../dci/dialects/dialect.js';
import { DIALECT_NAMES, type DialectName } from '../dci/dialects/names.js';
import { type Queryable } from '../database/pool.js';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import type { Administrator } from '../security/administrator.js';
import { isUuid } from '../record/uuid.js';
import {
  type AuthType,
  checkDataSource,
  type CredentialLocation,
  type DataSource,
  type DataSourceInput,
  type DataSourceUpdate,
  DEFAULT_PATHS,
  isDataSourceCode,
  isOneOf,
  type KeptOfExchanges,
  PATH_KEYS,
  type PathKey,
} from './data-source.js';
import { SEALING_COLUMN, type SourceSealing, writeSealing } from './source-sealing.js';
import { type SourceTrust, TRUST_COLUMN, writeSourceTrust } from './source-trust.js';
import { REQUEST_LIMITS_COLUMN, type RequestLimits, writeRequestLimits } from './request-limits.js';

export { type DataSource, type DataSourceInput, type DataSourceUpdate } from './data-source.js';

/** Seals stored credentials: what this room needs of the keys. */
export interface CredentialSeal {
  seal(text: string): Buffer;
  open(sealed: Buffer): string;
}

const SELECT_SOURCES = `
  select s.id, s.code, s.name, s.base_url, s.dialect, s.auth_type, s.grant_type, s.credential_location, s.client_id,
    left(encode(sha256(s.client_secret_sealed), 'hex'), 16) as secret_mark, s.page_size, s.timeout_ms, s.locations_synced_at,
    s.keep_exchanges,
    ${SEALING_COLUMN}, ${REQUEST_LIMITS_COLUMN}, ${TRUST_COLUMN},
    coalesce((select jsonb_object_agg(p.key, p.path) from data_source_paths p where p.data_source_id = s.id), '{}')
      as paths,
    coalesce((select jsonb_object_agg(p.key, p.value) from data_source_parameters p where p.data_source_id = s.id), '{}')
      as parameters,
    coalesce((select jsonb_object_agg(m.client_field, m.server_field) from data_source_field_mappings m
      where m.data_source_id = s.id), '{}') as field_mappings
  from data_sources s`;

const SELECT_ONE = `${SELECT_SOURCES}
  where s.code = $1 or s.id = $2::uuid
  order by s.code = $1 desc
  limit 1`;

const SELECT_ALL = `${SELECT_SOURCES}
  order by s.code`;

const INSERT_SOURCE = `
  insert into data_sources (code, name, base_url, dialect, auth_type, credential_location, client_id,
    client_secret_sealed, page_size, timeout_ms, keep_exchanges)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  returning id`;

const UPDATE_SOURCE = `
  update data_sources set
    name = coalesce($2, name),
    base_url = coalesce($3, base_url),
    dialect = coalesce($4, dialect),
    auth_type = coalesce($5, auth_type),
    credential_location = coalesce($6, credential_location),
    client_id = case when $7 then $8 else client_id end,
    client_secret_sealed = case when $9 then $10 else client_secret_sealed end,
    page_size = coalesce($11, page_size),
    timeout_ms = coalesce($12, timeout_ms),
    keep_exchanges = coalesce($13, keep_exchanges),
    updated_at = now()
  where id = $1`;

const ASK_ANEW = `
  update data_sources set asked_anew_at = clock_timestamp() where id = $1`;

const DELETE_PATHS = `
  delete from data_source_paths where data_source_id = $1 and key = any($2::text[])`;

const UPSERT_PATHS = `
  insert into data_source_paths (data_source_id, key, path)
  select $1, key, path from unnest($2::text[], $3::text[]) as given (key, path)
  on conflict (data_source_id, key) do update set path = excluded.path`;

const DELETE_PARAMETERS = `
  delete from data_source_parameters where data_source_id = $1`;

const INSERT_PARAMETERS = `
  insert into data_source_parameters (data_source_id, key, value)
  select $1, key, value from unnest($2::text[], $3::text[]) as given (key, value)`;

const DELETE_FIELD_MAPPINGS = `
  delete from data_source_field_mappings where data_source_id = $1`;

const INSERT_FIELD_MAPPINGS = `
  insert into data_source_field_mappings (data_source_id, client_field, server_field)
  select $1, client_field, server_field from unnest($2::text[], $3::text[]) as given (client_field, server_field)`;

const SELECT_SECRET = `
  select client_secret_sealed from data_sources where id = $1`;

interface SourceRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly base_url: string;
  readonly dialect: string;
  readonly auth_type: AuthType;
  readonly grant_type: 'client_credentials';
  readonly credential_location: CredentialLocation;
  readonly client_id: string | null;
  readonly secret_mark: string | null;
  readonly page_size: number;
  readonly timeout_ms: number;
  readonly locations_synced_at: Date | null;
  readonly keep_exchanges: KeptOfExchanges;
  readonly sealing: SourceSealing;
  readonly request_limits: RequestLimits;
  readonly trust: SourceTrust;
  readonly paths: Readonly<Partial<Record<PathKey, string>>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly field_mappings: Readonly<Record<string, string>>;
}

/**
 * Registers another registry. Throws `DATA_SOURCE_CODE_TAKEN`, `DATA_SOURCE_NAME_TAKEN` and the problems of
 * `checkDataSource`.
 */
export async function createDataSource(
  pool: Pool,
  seal: CredentialSeal,
  input: DataSourceInput,
  { ledger, actor }: Administrator,
): Promise<DataSource> {
  const given = checkDataSource(input);
  const name = knownDialect(given.dialect ?? 'spdci-1.0');
  const paths = { ...DEFAULT_PATHS[name], ...given.paths };
  return await refusingTakenNames(given, () =>
    inTransaction(pool, async (db) => {
      const made = await db.query<{ id: string }>({
        name: 'insert-data-source',
        text: INSERT_SOURCE,
        values: [
          given.code,
          given.name,
          given.baseUrl,
          name,
          given.authType ?? 'bearer',
          given.credentialLocation ?? 'form',
          given.clientId ?? null,
          sealed(seal, given.clientSecret),
          given.pageSize ?? 100,
          given.timeoutMs ?? 30_000,
          given.keepExchanges ?? 'requests',
        ],
      });
      const id = made.rows[0]?.id ?? '';
      await writeDetails(db, id, { paths, parameters: given.parameters, fieldMappings: given.fieldMappings });
      await writeRequestLimits(db, id, given);
      await writeSourceTrust(db, id, given);
      await writeSealing(db, id, { ...given, signature: given.signature ?? dialect(name).request.signature });
      await ledger.note({ action: 'source.created', actor, detail: { source: given.code } }, db);
      return await getDataSource(db, id);
    }),
  );
}

/**
 * Changes a source, found by code or id. Where it is asked or read otherwise from now on, the next scheduled runs ask for
 * everything. Throws `DATA_SOURCE_UNKNOWN`, `DATA_SOURCE_NAME_TAKEN` and the problems of
 * `checkDataSource`.
 */
export async function updateDataSource(
  pool: Pool,
  seal: CredentialSeal,
  codeOrId: string,
  update: DataSourceUpdate,
  { ledger, actor }: Administrator,
): Promise<DataSource> {
  const given = checkDataSource(update);
  return await refusingTakenNames(given, () =>
    inTransaction(pool, async (db) => {
      const before = await getDataSource(db, codeOrId);
      const { id, code } = before;
      await db.query({
        name: 'update-data-source',
        text: UPDATE_SOURCE,
        values: [
          id,
          given.name,
          given.baseUrl,
          given.dialect,
          given.authType,
          given.credentialLocation,
          given.clientId !== undefined,
          given.clientId,
          given.clientSecret !== undefined,
          sealed(seal, given.clientSecret),
          given.pageSize,
          given.timeoutMs,
          given.keepExchanges,
        ],
      });
      await writeDetails(db, id, given);
      await writeSealing(db, id, given);
      await writeRequestLimits(db, id, given);
      await writeSourceTrust(db, id, given);
      const changed = Object.entries(update).flatMap(([name, value]) => (value === undefined ? [] : [name]));
      await ledger.note({ action: 'source.updated', actor, detail: { source: code, changed } }, db);
      const source = await getDataSource(db, id);
      if (asked(source) !== asked(before)) {
        await db.query({ name: 'ask-data-source-anew', text: ASK_ANEW, values: [id] });
      }
      return source;
    }),
  );
}

/** Which register is asked for what, and how its records are read. */
function asked({ baseUrl, dialect: name, paths, parameters, fieldMappings }: DataSource): string {
  const words = { ...parameters, page_size: undefined };
  return JSON.stringify([baseUrl, name, paths.search, words, fieldMappings]);
}

/** The source with this code or id; `null` when there is none. */
export async function findDataSource(db: Queryable, codeOrId: string): Promise<DataSource | null> {
  if (!isDataSourceCode(codeOrId) && !isUuid(codeOrId)) return null;
  const found = await db.query<SourceRow>({
    name: 'select-data-source',
    text: SELECT_ONE,
    values: [codeOrId, isUuid(codeOrId) ? codeOrId : null],
  });
  const row = found.rows[0];
  return row === undefined ? null : readSource(row);
}

/** The source with this code or id; throws `DATA_SOURCE_UNKNOWN` when there is none. */
export async function getDataSource(db: Queryable, codeOrId: string): Promise<DataSource> {
  const source = await findDataSource(db, codeOrId);
  if (source === null) throw unknownSource();
  return source;
}

/** What is said of a code that no source has. */
export function unknownSource(): Problem {
  return new Problem('DATA_SOURCE_UNKNOWN', 'There is no data source with this code: list them to see which there are');
}

/** All sources, by code. */
export async function listDataSources(db: Queryable): Promise<DataSource[]> {
  const found = await db.query<SourceRow>({ name: 'select-data-sources', text: SELECT_ALL });
  return found.rows.map(readSource);
}

/** The client secret in plain text, for the token request and nothing else; `null` when none is held. */
export async function openClientSecret(db: Queryable, seal: CredentialSeal, id: string): Promise<string | null> {
  const found = await db.query<{ client_secret_sealed: Buffer | null }>({
    name: 'select-data-source-secret',
    text: SELECT_SECRET,
    values: [id],
  });
  const held = found.rows[0]?.client_secret_sealed ?? null;
  return held === null ? null : seal.open(held);
}

type Details = Pick<DataSourceUpdate, 'paths' | 'parameters' | 'fieldMappings'>;

async function writeDetails(db: Queryable, id: string, { paths, parameters, fieldMappings }: Details): Promise<void> {
  if (paths !== undefined) {
    const removed = PATH_KEYS.filter((key) => paths[key] === null);
    await db.query({ name: 'delete-data-source-paths', text: DELETE_PATHS, values: [id, removed] });
    const kept = PATH_KEYS.filter((key) => typeof paths[key] === 'string');
    const values = [id, kept, kept.map((key) => paths[key])];
    await db.query({ name: 'upsert-data-source-paths', text: UPSERT_PATHS, values });
  }
  if (parameters !== undefined) {
    await db.query({ name: 'delete-data-source-parameters', text: DELETE_PARAMETERS, values: [id] });
    const values = [id, Object.keys(parameters), Object.values(parameters)];
    await db.query({ name: 'insert-data-source-parameters', text: INSERT_PARAMETERS, values });
  }
  if (fieldMappings !== undefined) {
    await db.query({ name: 'delete-data-source-field-mappings', text: DELETE_FIELD_MAPPINGS, values: [id] });
    const values = [id, Object.keys(fieldMappings), Object.values(fieldMappings)];
    await db.query({ name: 'insert-data-source-field-mappings', text: INSERT_FIELD_MAPPINGS, values });
  }
}

function sealed(seal: CredentialSeal, secret: string | null | undefined): Buffer | null {
  return secret === null || secret === undefined ? null : seal.seal(secret);
}

function readSource(row: SourceRow): DataSource {
  const { page_size: pageSize } = row.parameters;
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    baseUrl: row.base_url,
    dialect: knownDialect(row.dialect),
    authType: row.auth_type,
    grantType: row.grant_type,
    credentialLocation: row.credential_location,
    clientId: row.client_id,
    hasSecret: row.secret_mark !== null,
    secretMark: row.secret_mark,
    pageSize: pageSize === undefined ? row.page_size : Number(pageSize),
    timeoutMs: row.timeout_ms,
    paths: row.paths,
    parameters: row.parameters,
    fieldMappings: row.field_mappings,
    sealing: row.sealing,
    requestLimits: row.request_limits,
    trust: row.trust,
    keepExchanges: row.keep_exchanges,
    locationsSyncedAt: row.locations_synced_at,
  };
}

function knownDialect(name: string): DialectName {
  if (isOneOf(DIALECT_NAMES, name)) return name;
  throw new Problem('DIALECT_UNKNOWN', `The dialect must be one of ${DIALECT_NAMES.join(', ')}`);
}

async function refusingTakenNames<T>(
  given: { code?: string | undefined; name?: string | undefined },
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== '23505') throw error;
    throw error.constraint === 'data_sources_code_key'
      ? new Problem('DATA_SOURCE_CODE_TAKEN', `There is already a data source with the code "${given.code ?? ''}"`)
      : new Problem('DATA_SOURCE_NAME_TAKEN', `There is already a data source named "${given.name ?? ''}"`);
  }
}
