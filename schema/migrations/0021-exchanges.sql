-- What went over the wire between us and other registries, to be looked at by those who may.

-- `requests`: what was sent, and what became of it; `answers`: what was answered as well, which names people.
alter table data_sources add column keep_exchanges text not null default 'requests'
  check (keep_exchanges in ('none', 'requests', 'answers'));

-- One row for each attempt, of a run or of a request that is answered later.
create table exchanges (
  id uuid primary key default gen_random_uuid(),
  data_source_id uuid not null references data_sources on delete cascade,
  import_run_id uuid references import_runs on delete cascade,
  -- The page of the run that was asked for.
  page integer,
  source_request_id uuid references source_requests on delete cascade,
  -- `search`, `subscribe`, ...
  purpose text not null,
  sent_at timestamptz not null,
  duration_ms integer not null check (duration_ms >= 0),
  -- HTTP status; null: no answer came.
  status integer,
  -- The conditions, by name, that the source could not be asked.
  not_pushed_down text[] not null default '{}',
  -- {request: {method, url, headers, body}, answer}, without the token.
  text_sealed bytea not null,
  check (num_nonnulls(import_run_id, source_request_id) = 1),
  check ((import_run_id is null) = (page is null))
);
create index exchanges_run on exchanges (import_run_id, page, sent_at, id) where import_run_id is not null;
create index exchanges_request on exchanges (source_request_id, sent_at) where source_request_id is not null;
create index exchanges_sent_at on exchanges (sent_at);
