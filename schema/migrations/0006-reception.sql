-- How each partner is received.

alter table api_clients
  -- Doubts are refused that are read past otherwise: counts that do not match, unknown attributes, old timestamps.
  add column strict boolean not null default false,
  add column inbound_signature text not null default 'optional' check (inbound_signature in ('optional', 'required')),
  -- Which sender_ids it may use; empty: any.
  add column sender_ids text[] not null default '{}',
  -- Origins (https://host:port) to which callbacks may be sent.
  add column callback_origins text[] not null default '{}',
  -- Where callbacks go when a message names no sender_uri.
  add column callback_uri text,
  -- Whether its secret is taken from an address, as one product sends it.
  add column allow_query_credentials boolean not null default false;

-- Gateways hold clients and keys in memory. When a client last asked for a token is no change to hear of.
create function tell_of_clients() returns trigger language plpgsql as $$
begin
  perform pg_notify('dci_clients', '');
  return null;
end $$;
create trigger api_clients_told after delete or update of
  name, scopes, dialect, state, strict, inbound_signature, sender_ids, callback_origins, callback_uri,
  allow_query_credentials
  on api_clients for each statement execute function tell_of_clients();
create trigger signing_keys_told after delete or update on signing_keys
  for each statement execute function tell_of_clients();

-- The last key of a page of a search, from which the page after it goes on. Nothing is lost with it but time, so it
-- writes no log of its own and is empty after a crash.
create unlogged table search_page_marks (
  -- Without a foreign key: a mark is written on every page that has a next one, and is soon gone anyway.
  api_client_id uuid not null,
  -- SHA-256 of the question without its page number.
  question_digest bytea not null,
  page_number integer not null,
  cursor_after text not null,
  total integer not null,
  marked_at timestamptz not null default now(),
  primary key (api_client_id, question_digest, page_number)
);
create index search_page_marks_age on search_page_marks (marked_at);

-- What was answered to a synchronous message that wrote something: the same message again is answered the same.
create table answered_messages (
  api_client_id uuid not null references api_clients on delete cascade,
  action text not null,
  message_id text not null,
  -- SHA-256 of the body.
  body_digest bytea not null,
  answer_sealed bytea not null,
  answered_at timestamptz not null default now(),
  primary key (api_client_id, action, message_id)
);
create index answered_messages_age on answered_messages (answered_at);
