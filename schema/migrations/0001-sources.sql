-- Other registries that we ask, and how.

create table data_sources (
  id uuid primary key default gen_random_uuid(),
  code text not null unique check (code ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  name text not null unique check (btrim(name) <> ''),
  base_url text not null check (base_url ~ '^https?://'),
  dialect text not null,
  auth_type text not null default 'bearer' check (auth_type in ('bearer', 'none')),
  grant_type text not null default 'client_credentials' check (grant_type = 'client_credentials'),
  credential_location text not null default 'form' check (credential_location in ('form', 'basic', 'json', 'query')),
  client_id text,
  -- Sealed with the data key of keys/ (AES-256-GCM); no API selects it.
  client_secret_sealed bytea,
  page_size integer not null default 100 check (page_size between 1 and 2000),
  timeout_ms integer not null default 30000 check (timeout_ms between 100 and 600000),
  locations_synced_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table data_source_paths (
  data_source_id uuid not null references data_sources on delete cascade,
  key text not null check (key in ('search', 'token', 'locations')),
  path text not null check (path ~ '^/'),
  primary key (data_source_id, key)
);

create table data_source_parameters (
  data_source_id uuid not null references data_sources on delete cascade,
  key text not null check (btrim(key) <> ''),
  value text not null,
  primary key (data_source_id, key)
);

create table data_source_field_mappings (
  data_source_id uuid not null references data_sources on delete cascade,
  client_field text not null check (btrim(client_field) <> ''),
  server_field text not null check (btrim(server_field) <> ''),
  primary key (data_source_id, client_field)
);
