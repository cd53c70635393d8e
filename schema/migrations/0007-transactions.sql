-- Asynchronous requests of partners, and the messages that we send them.

create table transactions (
  id uuid primary key default gen_random_uuid(),
  api_client_id uuid not null references api_clients on delete cascade,
  registry text not null check (registry in ('social', 'crvs', 'fr', 'dr', 'ibr')),
  -- That the address named: it wins over what the requests say. Null where it named none.
  address_registry text check (address_registry in ('social', 'crvs', 'fr', 'dr', 'ibr')),
  action text not null check (action in ('search', 'subscribe', 'unsubscribe', 'txn-status')),
  transaction_id text not null check (length(transaction_id) <= 99),
  -- Minted by us; the same in the acknowledgement and in every callback.
  correlation_id text not null unique,
  message_id text not null,
  -- SHA-256 of the body: the same message_id again is the same message only with the same body.
  body_digest bytea not null,
  sender_id text not null,
  sender_uri text,
  receiver_id text,
  reference_ids text[] not null default '{}',
  subscription_codes text[] not null default '{}',
  -- The header and message as they came, sealed: they name the people asked for.
  request_sealed bytea not null,
  state text not null default 'received' check (state in ('received', 'working', 'done', 'failed')),
  -- What became of each item, without records: [{reference_id, status, status_reason_code, ..., pagination}].
  outcome jsonb not null default '[]',
  -- How far a search is: the message that is written next, and the item and page with which it begins.
  next_ordinal integer not null default 1,
  next_item integer not null default 0,
  next_page integer,
  -- Behind the last record of the page before, sealed: the key of an order may be a name.
  cursor_sealed bytea,
  -- Of the item that is under way, counted with its first page.
  item_total integer,
  received_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (api_client_id, action, message_id)
);
create index transactions_of_client on transactions (api_client_id, transaction_id, received_at);
create index transactions_references on transactions using gin (reference_ids);
create index transactions_codes on transactions using gin (subscription_codes);
create index transactions_age on transactions (received_at);
create index transactions_unfinished on transactions (received_at) where state in ('received', 'working');

create table deliveries (
  id uuid primary key default gen_random_uuid(),
  api_client_id uuid not null references api_clients on delete cascade,
  transaction_ref uuid references transactions on delete cascade,
  subscription_id uuid,
  action text not null check (action in ('on-search', 'on-subscribe', 'on-unsubscribe', 'txn-on-status', 'notify')),
  url text,
  -- Which of the messages of its transaction, from 1.
  ordinal integer not null default 1,
  -- Sealed; gone once it was delivered.
  body_sealed bytea,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  -- While somebody is posting it; a worker that was killed leaves it behind, and it runs out.
  claimed_until timestamptz,
  last_status integer,
  last_error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index deliveries_order on deliveries (created_at, id);
create index deliveries_client on deliveries (api_client_id, created_at, id);
create index deliveries_client_state on deliveries (api_client_id, state, created_at, id);
create index deliveries_due on deliveries (api_client_id, next_attempt_at) where state = 'waiting';
create index deliveries_claimed on deliveries (api_client_id, claimed_until)
  where state = 'waiting' and claimed_until is not null;
create index deliveries_failing on deliveries (api_client_id) where state = 'waiting' and last_error is not null;
create index deliveries_overdue on deliveries (next_attempt_at) where state = 'waiting';
create index deliveries_state on deliveries (state, created_at, id);
create index deliveries_transaction on deliveries (transaction_ref, ordinal);
create index deliveries_subscription on deliveries (subscription_id, created_at);
create unique index deliveries_once on deliveries (transaction_ref, action, ordinal) where transaction_ref is not null;
