-- What we asked of other registries to be answered later, and what they sent us.

-- `requests`: the part of the address before /search, /subscribe, /unsubscribe and /txn/status, where it is not that of
-- the synchronous search.
alter table data_source_paths drop constraint data_source_paths_key_check;
alter table data_source_paths
  add constraint data_source_paths_key_check check (key in ('search', 'token', 'locations', 'requests'));

create table source_requests (
  id uuid primary key default gen_random_uuid(),
  data_source_id uuid not null references data_sources on delete cascade,
  action text not null check (action in ('search', 'subscribe', 'unsubscribe', 'txn-status')),
  transaction_id text not null unique,
  message_id text not null,
  reference_ids text[] not null default '{}',
  -- Of their acknowledgement.
  correlation_id text,
  subscription_codes text[] not null default '{}',
  state text not null default 'sending' check (state in ('sending', 'acknowledged', 'answered', 'refused', 'failed')),
  problem text,
  created_at timestamptz not null default now(),
  answered_at timestamptz
);
create index source_requests_order on source_requests (created_at, id);
create index source_requests_source on source_requests (data_source_id, created_at, id);

create table source_subscriptions (
  id uuid primary key default gen_random_uuid(),
  data_source_id uuid not null references data_sources on delete cascade,
  source_request_id uuid references source_requests on delete set null,
  code text not null check (length(code) <= 99),
  transaction_id text not null,
  reg_event_type text,
  state text not null default 'active' check (state in ('active', 'ended')),
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (data_source_id, code)
);
create index source_subscriptions_code on source_subscriptions (code);

create table inbox_messages (
  id uuid primary key default gen_random_uuid(),
  action text not null check (action in ('on-search', 'on-subscribe', 'on-unsubscribe', 'notify', 'txn-on-status')),
  -- The client whose token it came with.
  api_client_id uuid not null references api_clients on delete cascade,
  message_id text not null,
  body_digest bytea not null,
  sender_id text,
  transaction_id text,
  correlation_id text,
  -- What we had asked; null for what nobody asked for.
  source_request_id uuid references source_requests on delete set null,
  data_source_id uuid references data_sources on delete cascade,
  state text not null check (state in ('matched', 'quarantined')),
  -- Why it is in quarantine.
  reason text,
  body_sealed bytea not null,
  received_at timestamptz not null default now(),
  -- The body holds the message_id.
  unique (api_client_id, action, body_digest)
);
create index inbox_messages_order on inbox_messages (received_at, id);
create index inbox_messages_state on inbox_messages (state, received_at, id);
create index inbox_messages_request on inbox_messages (source_request_id, received_at);
