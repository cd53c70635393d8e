-- Who may call us, and the public half of what we sign with.

create table api_clients (
  id uuid primary key default gen_random_uuid(),
  name text not null unique check (btrim(name) <> ''),
  client_id text not null unique,
  scopes text[] not null check (cardinality(scopes) > 0),
  dialect text not null default 'spdci-1.0',
  state text not null default 'active' check (state in ('active', 'revoked')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_used_at timestamptz
);

create table api_client_secrets (
  id uuid primary key default gen_random_uuid(),
  api_client_id uuid not null references api_clients on delete cascade,
  -- HMAC-SHA-256 of the secret under the pepper of keys/: a dump of this table opens nothing.
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
create index api_client_secrets_client on api_client_secrets (api_client_id);

create table signing_keys (
  kid text primary key,
  algorithm text not null check (algorithm = 'RS256'),
  public_jwk jsonb not null,
  state text not null check (state in ('active', 'retiring', 'gone')),
  created_at timestamptz not null default now()
);
create unique index signing_keys_one_active on signing_keys ((true)) where state = 'active';

-- Proves at start that keys/ belongs to this database: digests, never the secrets themselves.
create table key_fingerprints (
  name text primary key check (name in ('pepper', 'data-key')),
  fingerprint bytea not null,
  created_at timestamptz not null default now()
);
