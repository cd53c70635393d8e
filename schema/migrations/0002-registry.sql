-- What the registry holds: places, people, groups and the ties between them.

create extension if not exists pg_trgm;

create table locations (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  type text,
  parent_id uuid references locations,
  -- The source whose list made this place; null for places of our own.
  data_source_id uuid references data_sources,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (parent_id <> id)
);
create index locations_parent on locations (parent_id);
create index locations_type on locations (type, id);
create index locations_name on locations (lower(name), id);
create index locations_name_words on locations using gin (name gin_trgm_ops);

-- Every location with itself (depth 0) and each place above it: subtree filters and ancestors are one index scan.
create table location_ancestors (
  location_id uuid not null references locations on delete cascade,
  ancestor_id uuid not null references locations on delete cascade,
  depth integer not null check (depth >= 0),
  primary key (location_id, ancestor_id)
);
create index location_ancestors_below on location_ancestors (ancestor_id, location_id);

-- A place as a source lists it, mapped to our own tree.
create table source_locations (
  data_source_id uuid not null references data_sources on delete cascade,
  external_id text not null,
  name text not null,
  type text,
  parent_external_id text,
  location_id uuid not null references locations,
  last_seen_at timestamptz not null default now(),
  primary key (data_source_id, external_id)
);
create index source_locations_location on source_locations (location_id);

create table individuals (
  id uuid primary key default gen_random_uuid(),
  given_name text check (given_name <> ''),
  middle_name text check (middle_name <> ''),
  family_name text check (family_name <> ''),
  full_name text generated always as (
    nullif(btrim(coalesce(given_name, '') || ' ' || coalesce(middle_name || ' ', '') || coalesce(family_name, '')), '')
  ) stored,
  sex text check (sex in ('male', 'female', 'other', 'unknown')),
  birth_date date,
  birth_date_precision text check (birth_date_precision in ('day', 'month', 'year')),
  death_date date,
  death_date_precision text check (death_date_precision in ('day', 'month', 'year')),
  deceased boolean not null default false,
  birth_location_id uuid references locations,
  birth_place_text text,
  home_location_id uuid references locations,
  home_place_text text,
  attributes jsonb not null default '{}',
  row_version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((birth_date is null) = (birth_date_precision is null)),
  check ((death_date is null) = (death_date_precision is null)),
  check (death_date is null or deceased)
);
create index individuals_birth_date on individuals (birth_date, id);
create index individuals_birth_location on individuals (birth_location_id, birth_date, id);
create index individuals_home_location on individuals (home_location_id, id);
create index individuals_sex on individuals (sex, id);
-- Few have one, and only those are found or ordered by it.
create index individuals_death_date on individuals (death_date, id) where death_date is not null;
create index individuals_deceased on individuals (deceased, id);
create index individuals_birth_year on individuals (date_part('year', birth_date), id);
create index individuals_full_name on individuals (lower(full_name), id);
create index individuals_full_name_words on individuals using gin (full_name gin_trgm_ops);
create index individuals_family_name on individuals (lower(family_name), id);
create index individuals_given_name on individuals (lower(given_name), id);
create index individuals_middle_name on individuals (lower(middle_name), id) where lower(middle_name) is not null;
create index individuals_created_at on individuals (created_at, id);
create index individuals_updated_at on individuals (updated_at, id);

create table identifiers (
  id uuid primary key default gen_random_uuid(),
  individual_id uuid not null references individuals on delete cascade,
  type text not null check (type <> ''),
  value text not null check (value <> ''),
  -- identifierKey(value): what makes two values of one type the same.
  value_key text not null check (value_key <> ''),
  data_source_id uuid references data_sources,
  created_at timestamptz not null default now()
);
-- The value first: an identifier is also looked for without its type.
create unique index identifiers_value on identifiers (value_key, type);
create index identifiers_individual on identifiers (individual_id);

-- Which sources told of a person. A person whom nobody told of was entered here.
create table individual_sources (
  individual_id uuid not null references individuals on delete cascade,
  data_source_id uuid not null references data_sources,
  first_seen_at timestamptz not null default now(),
  primary key (individual_id, data_source_id)
);
create index individual_sources_source on individual_sources (data_source_id, individual_id);

-- What each source last said in each of its records. A source that repeats itself overwrites nothing: without this, two
-- records of one person that differ (a child registered twice) would undo each other at every import.

create table source_records (
  data_source_id uuid not null references data_sources on delete cascade,
  -- SHA-256 of the identifiers that the record shows for its subject.
  record_key bytea not null check (length(record_key) = 32),
  -- SHA-256 of all that the record says.
  content_digest bytea not null check (length(content_digest) = 32),
  individual_id uuid not null references individuals on delete cascade,
  primary key (data_source_id, record_key)
);
create index source_records_individual on source_records (individual_id);

create table groups (
  id uuid primary key default gen_random_uuid(),
  name text,
  kind text not null check (kind in ('family', 'household')),
  data_source_id uuid references data_sources,
  -- What makes an imported group the same group next time: the mother of a family.
  origin_individual_id uuid references individuals on delete set null,
  row_version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (origin_individual_id, kind)
);
create index groups_name on groups (lower(name), id);
create index groups_name_words on groups using gin (name gin_trgm_ops);
create index groups_created_at on groups (created_at, id);
create index groups_kind on groups (kind, id);
create index groups_source on groups (data_source_id, id);

create table memberships (
  id uuid primary key default gen_random_uuid(),
  group_id uuid not null references groups on delete cascade,
  individual_id uuid not null references individuals on delete cascade,
  role text check (role in ('head', 'principal_recipient', 'alternative_recipient')),
  started_on date,
  ended_on date,
  data_source_id uuid references data_sources,
  created_at timestamptz not null default now(),
  check (ended_on is null or started_on is null or ended_on >= started_on)
);
create unique index memberships_current on memberships (group_id, individual_id) where ended_on is null;
create unique index memberships_one_head on memberships (group_id) where role = 'head' and ended_on is null;
create index memberships_individual on memberships (individual_id);

create table relationships (
  id uuid primary key default gen_random_uuid(),
  type text not null check (type in ('mother_of', 'father_of', 'parent_of', 'spouse_of', 'guardian_of')),
  source_id uuid not null references individuals on delete cascade,
  target_id uuid not null references individuals on delete cascade,
  data_source_id uuid references data_sources,
  created_at timestamptz not null default now(),
  check (source_id <> target_id),
  unique (source_id, type, target_id)
);
create index relationships_target on relationships (target_id, type);

-- One row per change, written in the transaction of the change. Readers follow (transaction_id, id) below the
-- snapshot's xmin: a serial id alone would skip transactions that commit late.
-- Each index costs every write of every import: those of the readers come with the readers.
create table changes (
  id bigint generated always as identity primary key,
  transaction_id xid8 not null default pg_current_xact_id(),
  changed_at timestamptz not null default now(),
  subject text not null check (subject in ('individual', 'group', 'membership', 'relationship', 'location')),
  subject_id uuid not null,
  kind text not null check (kind in ('created', 'updated', 'deleted')),
  fields text[] not null default '{}',
  -- Who made it: an import run, the demo loader, a mutation.
  origin text not null,
  import_run_id uuid
);
