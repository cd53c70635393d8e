-- What imports leave for a person to decide, what was decided, and people of whom two rows were one.

create table conflict_cases (
  id uuid primary key default gen_random_uuid(),
  data_source_id uuid not null references data_sources on delete cascade,
  kind text not null check (kind in
    ('identifiers_of_two_people', 'identifier_differs', 'parent_differs', 'field_differs')),
  about text not null check (about in ('subject', 'mother', 'father', 'parent')),
  -- The field that differs, or the type of the identifier that does.
  field text,
  -- Keyed hash of source, kind and what is said: the same question is asked once.
  fingerprint bytea not null unique check (length(fingerprint) = 32),
  -- The record that waits, sealed; null when it does not wait any more.
  record_sealed bytea,
  -- Keyed hash of the record: it is written again only where the source says something else meanwhile.
  record_digest bytea not null,
  -- Where it was said first.
  import_run_id uuid references import_runs on delete set null,
  page integer,
  ordinal integer,
  raised_at timestamptz not null default now(),
  state text not null default 'open' check (state in ('open', 'decided')),
  decision text check (decision in ('link', 'merge', 'keep_apart', 'reject')),
  -- Of whom it was decided; no reference: the decision holds when the person is merged, and means nobody when gone.
  decided_individual_id uuid,
  decided_by text,
  decided_at timestamptz,
  check ((state = 'decided') = (decision is not null)),
  check ((state = 'decided') = (decided_at is not null))
);
create index conflict_cases_order on conflict_cases (raised_at, id);
create index conflict_cases_state on conflict_cases (state, raised_at, id);
create index conflict_cases_source on conflict_cases (data_source_id, raised_at, id);
create index conflict_cases_kind on conflict_cases (kind, raised_at, id);
create index conflict_cases_run on conflict_cases (import_run_id) where import_run_id is not null;
create index conflict_cases_decided_individual on conflict_cases (decided_individual_id)
  where decided_individual_id is not null;

-- Whom a case is between, of those who are held.
create table conflict_case_people (
  case_id uuid not null references conflict_cases on delete cascade,
  individual_id uuid not null references individuals on delete cascade,
  -- From 1: the one first of whom the record speaks.
  place integer not null,
  primary key (case_id, individual_id)
);
create index conflict_case_people_individual on conflict_case_people (individual_id, case_id);

-- Two rows that were one person. The losing row is gone; its id leads to the winner.
create table individual_merges (
  id uuid primary key default gen_random_uuid(),
  losing_id uuid not null,
  winner_id uuid not null references individuals on delete cascade,
  -- Into whom it was merged; another than winner_id where that one was merged on since.
  merged_into_id uuid not null,
  merged_at timestamptz not null default now(),
  merged_by text not null,
  undone_at timestamptz,
  undone_by text,
  check ((undone_at is null) = (undone_by is null))
);
create unique index individual_merges_losing on individual_merges (losing_id) where undone_at is null;
create index individual_merges_winner on individual_merges (winner_id);
create index individual_merges_order on individual_merges (merged_at, id);

-- Everything that the losing row was and had, sealed: what taking a merge back needs.
create table individual_merge_snapshots (
  merge_id uuid primary key references individual_merges on delete cascade,
  snapshot_sealed bytea not null,
  created_at timestamptz not null default now()
);
