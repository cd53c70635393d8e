-- What a caller may see and do beside its scopes.

-- Limits that several clients, or the people of an organisation's own sign-on, have in common.
create table roles (
  name text primary key check (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  description text not null default '',
  -- As security/access-document.ts reads it.
  access jsonb not null default '{}' check (jsonb_typeof(access) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

alter table api_clients
  add column role text references roles,
  -- Beside those of its role: both hold.
  add column access jsonb not null default '{}' check (jsonb_typeof(access) = 'object'),
  -- Items of a search without a consent object are refused.
  add column consent_required boolean not null default false;

-- How many people a caller was told of in an hour; kept only for callers who have a limit.
create table record_budgets (
  -- As `Caller.actor` names it.
  actor text not null,
  hour timestamptz not null,
  people integer not null check (people >= 0),
  -- Whether more was asked for; written into the audit once an hour.
  refused boolean not null default false,
  primary key (actor, hour)
);
create index record_budgets_age on record_budgets (hour);

-- Where pages end names people: it is kept sealed, and told apart by a keyed digest. What was kept before is dropped;
-- it is of no use after an hour.
truncate search_page_marks;
alter table search_page_marks
  drop column cursor_after,
  add column cursor_sealed bytea not null,
  add column cursor_digest bytea not null;
