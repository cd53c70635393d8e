-- How clients prove who they are, and which tokens are good no longer.

alter table api_clients
  -- `secret`: Basic or in the form; `private_key_jwt`: an assertion signed with one of its keys.
  add column authentication text not null default 'secret' check (authentication in ('secret', 'private_key_jwt')),
  -- How it may get tokens; empty for one that is only written to, or whose people come by the sign-on of an organisation.
  add column grant_types text[] not null default '{client_credentials}' check (grant_types <@ '{client_credentials}'),
  -- Tokens issued before are refused.
  add column tokens_not_before timestamptz;

alter table api_client_secrets
  -- Which pepper and which function the hash was made with.
  add column hash_algorithm text not null default 'hmac-sha256' check (hash_algorithm = 'hmac-sha256'),
  add column last_used_at timestamptz;

-- Tokens that somebody took back before their end.
create table revoked_tokens (
  jti text primary key,
  api_client_id uuid references api_clients on delete cascade,
  expires_at timestamptz not null,
  revoked_at timestamptz not null default now()
);
create index revoked_tokens_age on revoked_tokens (expires_at);
create trigger revoked_tokens_told after insert on revoked_tokens
  for each statement execute function tell_of_clients();

-- Assertions that were used: each opens the door once, on every gateway.
create table used_assertions (
  api_client_id uuid not null references api_clients on delete cascade,
  jti text not null,
  expires_at timestamptz not null,
  primary key (api_client_id, jti)
);
create index used_assertions_age on used_assertions (expires_at);

-- Other issuers whose tokens open the graph: the sign-on of the organisation.
create table trusted_issuers (
  issuer text primary key check (issuer ~ '^https?://'),
  audience text not null check (audience <> ''),
  -- Null: as the issuer's own metadata say.
  jwks_uri text check (jwks_uri ~ '^https?://'),
  -- Which claim holds the words that `grants` lists, such as `groups` or `realm_access.roles`.
  claim text not null check (claim <> ''),
  -- {"word": {"scopes": [...], "role": "..."}}
  grants jsonb not null check (jsonb_typeof(grants) = 'object'),
  created_at timestamptz not null default now()
);
create trigger trusted_issuers_told after insert or update or delete on trusted_issuers
  for each statement execute function tell_of_clients();
create trigger roles_told after update or delete on roles
  for each statement execute function tell_of_clients();

-- Failures of the token endpoint, counted for all gateways together; columns as rate-limiter-flexible wants them.
create table token_failures (
  -- What is counted and a digest of whose: never an address or a client id in clear.
  key varchar(255) primary key,
  points integer not null default 0,
  -- Milliseconds since 1970.
  expire bigint
);
create index token_failures_age on token_failures (expire);
