-- What the five registries of the standard hold beside people and families.

alter table individuals
  add column death_location_id uuid references locations,
  add column death_place_text text,
  -- Code list of the standard (MaritalStatusEnum).
  add column marital_status text check (marital_status in ('S', 'M', 'W', 'A', 'D', 'L', 'U')),
  add column phone_numbers text[] not null default '{}',
  add column emails text[] not null default '{}';
create index individuals_death_location on individuals (death_location_id, id) where death_location_id is not null;

-- One row for each of the two who married, where both are held.
create table marriages (
  id uuid primary key default gen_random_uuid(),
  individual_id uuid not null references individuals on delete cascade,
  spouse_id uuid references individuals on delete set null,
  married_on date not null,
  divorced_on date check (divorced_on >= married_on),
  created_at timestamptz not null default now(),
  unique (individual_id, married_on)
);
create index marriages_married_on on marriages (married_on, individual_id);
create index marriages_divorced_on on marriages (divorced_on, individual_id) where divorced_on is not null;
create index marriages_spouse on marriages (spouse_id) where spouse_id is not null;

alter table groups
  add column location_id uuid references locations,
  add column place_text text,
  add column attributes jsonb not null default '{}';
create index groups_location on groups (location_id, id);

create table group_identifiers (
  id uuid primary key default gen_random_uuid(),
  group_id uuid not null references groups on delete cascade,
  type text not null check (type <> ''),
  value text not null check (value <> ''),
  value_key text not null check (value_key <> ''),
  created_at timestamptz not null default now()
);
create unique index group_identifiers_value on group_identifiers (value_key, type);
create index group_identifiers_group on group_identifiers (group_id);

-- Codes of the lists are text: some begin with a zero, and countries add their own.

create table farmers (
  id uuid primary key default gen_random_uuid(),
  individual_id uuid not null unique references individuals on delete cascade,
  farm_type text check (farm_type <> ''),
  -- Of all the land together, in hectares.
  farm_size numeric check (farm_size >= 0),
  land_tenure text check (land_tenure <> ''),
  location_id uuid references locations,
  place_text text,
  attributes jsonb not null default '{}',
  row_version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index farmers_farm_type on farmers (farm_type, id);
create index farmers_farm_size on farmers (farm_size, id);
create index farmers_land_tenure on farmers (land_tenure, id);
create index farmers_location on farmers (location_id, id);
create index farmers_created_at on farmers (created_at, id);
create index farmers_updated_at on farmers (updated_at, id);

create table disabilities (
  id uuid primary key default gen_random_uuid(),
  individual_id uuid not null unique references individuals on delete cascade,
  status text check (status <> ''),
  level text check (level <> ''),
  -- [{impairment_type, impairment_level, impairment_cause, age_on_set}], as the standard writes them.
  details jsonb not null default '[]' check (jsonb_typeof(details) = 'array'),
  attributes jsonb not null default '{}',
  row_version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index disabilities_status on disabilities (status, id);
create index disabilities_level on disabilities (level, id);
create index disabilities_details on disabilities using gin (details jsonb_path_ops);
create index disabilities_created_at on disabilities (created_at, id);
create index disabilities_updated_at on disabilities (updated_at, id);

create table programmes (
  id uuid primary key default gen_random_uuid(),
  -- The number or code under which registries know the programme.
  identifier text not null check (identifier <> ''),
  identifier_key text not null unique check (identifier_key <> ''),
  name text,
  description text,
  attributes jsonb not null default '{}',
  row_version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index programmes_order on programmes (created_at, id);

-- A person or a group in a programme.
create table enrolments (
  id uuid primary key default gen_random_uuid(),
  programme_id uuid not null references programmes,
  individual_id uuid references individuals on delete cascade,
  group_id uuid references groups on delete cascade,
  status text check (status <> ''),
  enrolled_on date,
  status_changed_on date[] not null default '{}',
  -- [{benefit_type, benefit_date, benefit_value, benefit_description, benefit_quantity}], as the standard writes them.
  benefits jsonb not null default '[]' check (jsonb_typeof(benefits) = 'array'),
  attributes jsonb not null default '{}',
  row_version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (num_nonnulls(individual_id, group_id) = 1)
);
create unique index enrolments_individual on enrolments (individual_id, programme_id) where individual_id is not null;
create unique index enrolments_group on enrolments (group_id, programme_id) where group_id is not null;
create index enrolments_programme on enrolments (programme_id, id);
create index enrolments_status on enrolments (status, id);
create index enrolments_enrolled_on on enrolments (enrolled_on, id);
create index enrolments_created_at on enrolments (created_at, id);
create index enrolments_updated_at on enrolments (updated_at, id);

-- The attributes that a country adds to those that are columns.
create table attributes (
  id uuid primary key default gen_random_uuid(),
  record text not null check (record in ('individual', 'group', 'farmer', 'disability', 'enrolment')),
  name text not null check (name ~ '^[a-z][a-z0-9_.]{0,98}$'),
  aliases text[] not null default '{}',
  registries text[] not null
    check (cardinality(registries) > 0 and registries <@ array['social', 'crvs', 'fr', 'dr', 'ibr']),
  type text not null check (type in ('date', 'text', 'code', 'number', 'boolean', 'instant')),
  operators text[] not null
    check (cardinality(operators) > 0 and operators <@ array['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in']),
  -- For codes: the values that exist; null where any may.
  codes text[],
  -- Where it stands in the record's jsonb.
  path text[] not null check (cardinality(path) between 1 and 8),
  sensitivity text not null default 'personal' check (sensitivity in ('public', 'personal', 'sensitive')),
  -- Whether an index stands behind it.
  searchable boolean not null default false,
  created_at timestamptz not null default now(),
  unique (record, name)
);

alter table changes drop constraint changes_subject_check;
alter table changes add constraint changes_subject_check check (
  subject in (
    'individual', 'group', 'membership', 'relationship', 'location', 'farmer', 'disability', 'programme', 'enrolment'
  )
);
-- Readers follow it in commit order.
create index changes_order on changes (transaction_id, id);
