-- How messages are signed and encrypted, in each direction, and with which keys.

alter table api_clients drop constraint api_clients_inbound_signature_check;
alter table api_clients
  add constraint api_clients_inbound_signature_check check (inbound_signature in ('off', 'optional', 'required')),
  -- How callbacks and answers to it are signed.
  add column outbound_signature text not null default 'none'
    check (outbound_signature in ('none', 'jws-compact', 'jws-detached', 'cavage')),
  add column encrypt_answers boolean not null default false,
  -- Its public keys (RFC 7517), for signatures, assertions and encryption: pinned here ...
  add column jwks jsonb check (jsonb_typeof(jwks) = 'object'),
  -- ... or read from here.
  add column jwks_uri text check (jwks_uri ~ '^https?://'),
  -- How old a signed message may be, in seconds.
  add column signature_window_seconds integer not null default 300 check (signature_window_seconds between 30 and 86400);

-- The same of registries that we ask.
alter table data_sources
  add column signature text not null default 'none' check (signature in ('none', 'jws-compact', 'jws-detached', 'cavage')),
  -- Of what it answers and brings.
  add column inbound_signature text not null default 'optional'
    check (inbound_signature in ('off', 'optional', 'required')),
  add column encrypt_requests boolean not null default false,
  add column jwks jsonb check (jsonb_typeof(jwks) = 'object'),
  add column jwks_uri text check (jwks_uri ~ '^https?://');

-- Of every change but that of when it was last used.
drop trigger api_clients_told on api_clients;
create trigger api_clients_told after delete or update of
  name, scopes, dialect, state, strict, inbound_signature, sender_ids, callback_origins, callback_uri,
  allow_query_credentials, role, access, consent_required, authentication, grant_types, tokens_not_before,
  outbound_signature, encrypt_answers, jwks, jwks_uri, signature_window_seconds
  on api_clients for each statement execute function tell_of_clients();

-- With whose token it brings us messages; null: any client that no other source names may.
alter table data_sources add column api_client_id uuid references api_clients on delete set null;
create index data_sources_client on data_sources (api_client_id) where api_client_id is not null;
