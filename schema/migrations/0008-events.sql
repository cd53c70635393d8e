-- Who wants to hear of what, and what there was to tell.

create table subscriptions (
  id uuid primary key default gen_random_uuid(),
  code text not null unique check (length(code) <= 99),
  api_client_id uuid not null references api_clients on delete cascade,
  registry text not null check (registry in ('social', 'crvs', 'fr', 'dr', 'ibr')),
  record text not null check (record in ('individual', 'group', 'farmer', 'disability', 'enrolment')),
  -- Our words for what reg_event_type asks for.
  events text[] not null check (cardinality(events) > 0),
  -- subscribe_criteria and its locale as they came, sealed: a filter may name a person.
  criteria_sealed bytea not null,
  -- Keyed hash of what makes two subscriptions of a client the same.
  criteria_digest bytea not null,
  transaction_id text not null,
  reference_id text not null,
  sender_id text not null,
  sender_uri text,
  receiver_id text,
  -- Null: each event is told as it comes.
  cron text,
  starts_at timestamptz,
  ends_at timestamptz,
  -- When it is looked whether there is something to tell, or whether it is over.
  next_due_at timestamptz,
  state text not null default 'active' check (state in ('active', 'ended')),
  -- What was changed before is seen in this snapshot, and is not told.
  since pg_snapshot not null default pg_current_snapshot(),
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
create unique index subscriptions_once on subscriptions (api_client_id, criteria_digest) where state = 'active';
create index subscriptions_of_client on subscriptions (api_client_id, created_at, id);
create index subscriptions_order on subscriptions (created_at, id);
create index subscriptions_active on subscriptions (id) where state = 'active';
create index subscriptions_due on subscriptions (next_due_at) where state = 'active' and next_due_at is not null;

alter table deliveries add foreign key (subscription_id) references subscriptions on delete set null;

create table events (
  -- reference_id of the notify_event: UUID v5 of all that makes it this event, so the same however often it is made or sent.
  id uuid primary key,
  subscription_id uuid not null references subscriptions on delete cascade,
  change_id bigint not null,
  event text not null,
  record_id uuid not null,
  occurred_at timestamptz not null,
  delivery_id uuid references deliveries on delete set null,
  told_at timestamptz
);
create index events_untold on events (subscription_id, change_id) where told_at is null;
create index events_age on events (occurred_at);
create index events_delivery on events (delivery_id) where delivery_id is not null;

-- How far the changes were read; one row.
create table change_feed (
  id uuid primary key default gen_random_uuid(),
  transaction_id xid8 not null,
  change_id bigint not null
);
insert into change_feed (transaction_id, change_id) values ('0', 0);

-- Wakes the reader, whoever wrote: an import, the loader, a mutation.
create function tell_of_changes() returns trigger language plpgsql as $$
begin
  perform pg_notify('dci_changes', '');
  return null;
end $$;
create trigger changes_told after insert on changes for each statement execute function tell_of_changes();
