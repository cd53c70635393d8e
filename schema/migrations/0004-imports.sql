-- What an operator asks another registry for, the runs that ask it, and what became of each record.

create table search_criteria (
  id uuid primary key default gen_random_uuid(),
  data_source_id uuid not null references data_sources,
  name text not null unique check (btrim(name) <> ''),
  location_id uuid references locations,
  location_type text,
  born_from date,
  born_from_inclusive boolean not null default true,
  born_until date,
  born_until_inclusive boolean not null default true,
  -- Set when a fetch has succeeded; Enable Fetching clears it.
  locked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index search_criteria_order on search_criteria (created_at, id);

create table import_runs (
  id uuid primary key default gen_random_uuid(),
  search_criteria_id uuid not null references search_criteria,
  state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed')),
  requested_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  -- The cursor: the page to ask for next. Moves in the transaction that writes the page.
  next_page integer not null default 1 check (next_page >= 1),
  page_size integer check (page_size >= 1),
  pages_done integer not null default 0,
  records_done integer not null default 0,
  -- What the source says it has; null when it does not say.
  records_reported integer,
  -- Records that the source sent although the criteria did not ask for them (no source can express every criteria).
  records_outside integer not null default 0,
  -- SHA-256 of the page read last: a source that repeats a page for ever is noticed, also after a restart.
  last_page_digest bytea,
  created_count integer not null default 0,
  updated_count integer not null default 0,
  unchanged_count integer not null default 0,
  skipped_count integer not null default 0,
  conflict_count integer not null default 0,
  failed_count integer not null default 0,
  individuals_created integer not null default 0,
  individuals_updated integer not null default 0,
  groups_created integer not null default 0,
  unidentified_parents integer not null default 0,
  warnings text[] not null default '{}',
  error_code text,
  error_message text
);
create unique index import_runs_one_at_a_time on import_runs (search_criteria_id) where state in ('queued', 'running');
create index import_runs_order on import_runs (created_at, id);
create index import_runs_criteria on import_runs (search_criteria_id, created_at, id);

create table import_items (
  id uuid primary key default gen_random_uuid(),
  import_run_id uuid not null references import_runs on delete cascade,
  page integer not null,
  -- Place within the page, from 1.
  ordinal integer not null,
  outcome text not null check (outcome in ('created', 'updated', 'unchanged', 'skipped', 'conflict', 'failed')),
  -- Why it was skipped, is a conflict or failed.
  reason_code text,
  reason text,
  individual_id uuid references individuals on delete set null,
  mother_id uuid references individuals on delete set null,
  father_id uuid references individuals on delete set null,
  group_id uuid references groups on delete set null,
  -- Values that were left out or kept with a doubt: [{field, code, message}], never the values.
  issues jsonb not null default '[]',
  unique (import_run_id, page, ordinal)
);
create index import_items_outcome on import_items (import_run_id, outcome, page, ordinal);
