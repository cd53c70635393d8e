-- Imports that can be looked at beforehand, watched, stopped, gone on with, and taken back.

-- Whom to believe. A source overwrites what came from sources of its own rank and below; what was entered here has
-- rank 100, see registry/write-sources/field-rules.ts.
alter table data_sources add column trust_rank integer not null default 100 check (trust_rank between 0 and 1000);

create table data_source_field_policies (
  data_source_id uuid not null references data_sources on delete cascade,
  -- As changes name the fields of a person: `sex`, `birthDate`, ...; `*`: those that are not named.
  field text not null check (btrim(field) <> ''),
  policy text not null check (policy in ('fill_blank', 'prefer_source', 'prefer_newer', 'ask')),
  primary key (data_source_id, field)
);

-- What a person was before each change, and where the change came from: one row for each time that a person's own values
-- were written. The newest that names a field is where its value comes from; from the newest backwards, `before` gives
-- the person as of any moment.
create table individual_revisions (
  individual_id uuid not null references individuals on delete cascade,
  -- individuals.row_version after the change.
  row_version integer not null,
  changed_at timestamptz not null default now(),
  -- As in `changes`.
  origin text not null,
  -- Who, where it was somebody: a client, a person, a name.
  actor text,
  import_run_id uuid,
  data_source_id uuid references data_sources on delete set null,
  -- The record of the run that said it; null where no run did. Of an undo: the page of the other run that it took back.
  page integer,
  ordinal integer,
  -- Of each field, where several records of the page told of the person; else empty.
  ordinals integer[] not null default '{}',
  fields text[] not null,
  -- Where in the answer of the source the record stands (RFC 6901), and each field behind that; '' or empty where that is
  -- not known. Where several records told of the person the pointers of the fields are whole.
  record_pointer text not null default '',
  pointers text[] not null default '{}',
  -- When the source says that it was so; null where it does not.
  said_at timestamptz,
  -- The fields as they were; null: the person was made.
  before jsonb,
  -- Of a merge, by field: where the losing person's value came from, in the columns of individual_values_told; without
  -- those that nobody had told.
  carried jsonb,
  primary key (individual_id, row_version)
);
create index individual_revisions_run on individual_revisions (import_run_id, page, individual_id)
  where import_run_id is not null;

alter table import_runs
  drop constraint import_runs_state_check,
  add constraint import_runs_state_check
    check (state in ('queued', 'running', 'paused', 'cancelled', 'succeeded', 'failed')),
  -- `import` writes what the source says; `preview` writes only what would become of it; `apply` writes the records of a
  -- preview; `retry` those that a run could not write; `undo` takes a run back.
  add column kind text not null default 'import' check (kind in ('import', 'preview', 'apply', 'retry', 'undo')),
  -- The preview that is applied, the run that is retried or taken back.
  add column of_run_id uuid references import_runs,
  add constraint import_runs_of_run check ((of_run_id is not null) = (kind in ('apply', 'retry', 'undo'))),
  -- Whose turn it is: a worker without the lease writes nothing. By the clock of the database.
  add column lease_token uuid,
  add column lease_until timestamptz,
  -- Of a run that waits for the source: until when, and why.
  add column paused_until timestamptz,
  add column pause_reason text,
  add column cancel_requested_at timestamptz,
  -- Of the items of an undo.
  add column removed_count integer not null default 0,
  add column restored_count integer not null default 0,
  add column refused_count integer not null default 0,
  -- The people, ties and groups that an undo removed, the people that it restored.
  add column individuals_removed integer not null default 0,
  add column individuals_restored integer not null default 0;

-- One run of a criteria at a time, whatever it does; paused ones hold their place.
drop index import_runs_one_at_a_time;
create unique index import_runs_one_at_a_time on import_runs (search_criteria_id)
  where state in ('queued', 'running', 'paused');
create index import_runs_of on import_runs (of_run_id) where of_run_id is not null;

alter table import_items
  drop constraint import_items_outcome_check,
  add constraint import_items_outcome_check check (outcome in
    ('created', 'updated', 'unchanged', 'skipped', 'conflict', 'failed', 'removed', 'restored', 'refused'));

-- The rows other than people that each page of a run made or altered: what an undo needs and no other table tells.
create table import_pages (
  import_run_id uuid not null references import_runs on delete cascade,
  page integer not null,
  written_at timestamptz not null default now(),
  identifiers uuid[] not null default '{}',
  relationships uuid[] not null default '{}',
  -- Relationships that were given another type, and the type before.
  retyped uuid[] not null default '{}',
  retyped_from text[] not null default '{}',
  groups uuid[] not null default '{}',
  memberships uuid[] not null default '{}',
  -- Of the people who were held already, those of whom the source had not told before.
  told_of uuid[] not null default '{}',
  -- Rows of source_records, and what they held before; null: nothing.
  said_keys bytea[] not null default '{}',
  said_digests bytea[] not null default '{}',
  said_individuals uuid[] not null default '{}',
  primary key (import_run_id, page)
);

-- Records as they were read, sealed: those of a preview, to apply exactly them, and those that could not be written, to
-- try again.
create table import_records (
  import_run_id uuid not null references import_runs on delete cascade,
  page integer not null,
  ordinal integer not null,
  record_sealed bytea not null,
  -- Keyed hashes of the identifiers in it, by which the records of an erased person are found.
  marks bytea[] not null,
  primary key (import_run_id, page, ordinal)
);
create index import_records_marks on import_records using gin (marks) with (fastupdate = off);
