-- What an import would do: kept of a preview until it is applied or past its time.

-- Of each record of a preview that is kept, beside what `import_items` says of it. It goes when the record goes.
create table preview_items (
  import_run_id uuid not null,
  page integer not null,
  ordinal integer not null,
  -- SHA-256 of the record, by which it is found among those that a source gives again.
  record_digest bytea not null check (length(record_digest) = 32),
  -- SHA-256 of what it would do: an apply must come to the same.
  outcome_digest bytea not null check (length(outcome_digest) = 32),
  -- The people that it would touch who were held already, and `individuals.row_version` of each then.
  seen_ids uuid[] not null default '{}',
  seen_versions integer[] not null default '{}',
  -- What would differ, field by field, with the values; null: nothing.
  differences_sealed bytea,
  -- Whether the source gave the record again when it was asked again.
  is_found_again boolean not null default false,
  primary key (import_run_id, page, ordinal),
  foreign key (import_run_id, page, ordinal) references import_records on delete cascade
);
create index preview_items_record on preview_items (import_run_id, record_digest);

-- Of a preview that is applied only if the source still says the same: how far it has been asked again.
create table preview_checks (
  import_run_id uuid primary key references import_runs on delete cascade,
  next_page integer not null default 1,
  page_size integer,
  records integer not null default 0,
  -- Records that the preview does not have.
  unknown_records integer not null default 0,
  finished_at timestamptz
);

-- A preview is applied once.
create unique index import_runs_one_apply on import_runs (of_run_id) where kind = 'apply';

create index import_runs_open_previews on import_runs (id) where kind = 'preview' and state <> 'succeeded';

-- What the pages of a preview that were read would have made of the registry: the pages behind them build on it. Of a
-- preview that has succeeded nothing is left here.

-- People who would be made or altered: their values and the identifiers that they would gain, sealed.
create table preview_people (
  import_run_id uuid not null references import_runs on delete cascade,
  individual_id uuid not null,
  is_new boolean not null,
  person_sealed bytea not null,
  primary key (import_run_id, individual_id)
);

-- Whose the identifiers would be; keyed hashes, as of erased people.
create table preview_identifiers (
  import_run_id uuid not null references import_runs on delete cascade,
  mark bytea not null,
  individual_id uuid not null,
  primary key (import_run_id, mark)
);

-- Ties that would be made, and held ones that would get another type.
create table preview_ties (
  import_run_id uuid not null references import_runs on delete cascade,
  id uuid not null,
  type text not null,
  parent_id uuid not null,
  child_id uuid not null,
  primary key (import_run_id, id)
);
create index preview_ties_child on preview_ties (import_run_id, child_id);
create index preview_ties_parent on preview_ties (import_run_id, parent_id);

create table preview_memberships (
  import_run_id uuid not null references import_runs on delete cascade,
  individual_id uuid not null,
  group_id uuid not null,
  is_head boolean not null,
  primary key (import_run_id, individual_id, group_id)
);

-- What the source would have said last in each of its records.
create table preview_said (
  import_run_id uuid not null references import_runs on delete cascade,
  record_key bytea not null,
  content_digest bytea not null,
  individual_id uuid not null,
  primary key (import_run_id, record_key)
);
