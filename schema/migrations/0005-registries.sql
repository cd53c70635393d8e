-- What the five registries of the standard hold beside people and families.

alter table individuals
  add column death_location_id uuid references locations,
  add column death_place_text text,
  -- Code list of the standard (MaritalStatusEnum).
  add column marital_status text check (marital_status in ('S', 'M', 'W', 'A', 'D', 'L', 'U')),
  add column phone_numbers text[] not null default '{}',
  add column emails text[] not null default '{}';
create index individuals_marital_status on individuals (marital_status, id) where marital_status is not null;
-- Most have none; what has no entry costs nothing.
create index individuals_phone_numbers on individuals using gin (phone_numbers) where phone_numbers <> '{}';
create index individuals_emails on individuals using gin (emails) where emails <> '{}';
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
create index groups_updated_at on groups (updated_at, id);

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
create index farmers_farm_type on farmers (lower(farm_type), id);
create index farmers_farm_size on farmers (farm_size, id);
create index farmers_land_tenure on farmers (lower(land_tenure), id);
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
create index disabilities_status on disabilities (lower(status), id);
create index disabilities_level on disabilities (lower(level), id);
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
create index programmes_name on programmes (lower(name), id);

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
create index enrolments_status on enrolments (lower(status), id);
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
  -- Whether a record can have several values: the lists on the path and at its end are walked through.
  list boolean not null default false,
  sensitivity text not null default 'personal' check (sensitivity in ('public', 'personal', 'sensitive')),
  -- Whether an index stands behind it.
  searchable boolean not null default false,
  created_at timestamptz not null default now(),
  unique (record, name)
);

-- Values in jsonb as what they are compared as; null for what is none. Indexes are built on them, which is why they are
-- declared immutable: the text that they read says its zone and the order of its parts.

create function attribute_number(value jsonb) returns numeric language sql immutable strict parallel safe
return case
  when jsonb_typeof(value) = 'number' then (value #>> '{}')::numeric
  when value #>> '{}' ~ '^[+-]?[0-9]{1,30}([.][0-9]{1,30})?$' then (value #>> '{}')::numeric
end;

create function attribute_date(value jsonb) returns date language sql immutable strict parallel safe
return case when value #>> '{}' ~ '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' then
  case when substr(value #>> '{}', 9, 2)::integer <= date_part('day', make_date(
      substr(value #>> '{}', 1, 4)::integer, substr(value #>> '{}', 6, 2)::integer, 1) + interval '1 month - 1 day')
  then make_date(
    substr(value #>> '{}', 1, 4)::integer, substr(value #>> '{}', 6, 2)::integer, substr(value #>> '{}', 9, 2)::integer)
  end
end;

create function attribute_instant(value jsonb) returns timestamptz language sql immutable strict parallel safe
return case when value #>> '{}' ~
    '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])$'
  then
  case when substr(value #>> '{}', 9, 2)::integer <= date_part('day', make_date(
      substr(value #>> '{}', 1, 4)::integer, substr(value #>> '{}', 6, 2)::integer, 1) + interval '1 month - 1 day')
  then (value #>> '{}')::timestamptz end
end;

-- The expressions are those that conditions are made with: see held-values.ts.
create index individuals_postal_code on individuals (left(lower(attributes #>> '{postal_code}'), 200), id)
  where left(lower(attributes #>> '{postal_code}'), 200) is not null;
create index groups_postal_code on groups (left(lower(attributes #>> '{postal_code}'), 200), id)
  where left(lower(attributes #>> '{postal_code}'), 200) is not null;
create index groups_poverty_score on groups (attribute_number(attributes #> '{poverty_score}'), id)
  where attribute_number(attributes #> '{poverty_score}') is not null;
create index farmers_latitude on farmers (attribute_number(attributes #> '{latitude}'), id)
  where attribute_number(attributes #> '{latitude}') is not null;
create index farmers_longitude on farmers (attribute_number(attributes #> '{longitude}'), id)
  where attribute_number(attributes #> '{longitude}') is not null;
-- Of a partial index the planner takes no statistics: without these it takes every value for one of two hundred, and
-- reads all members of all groups through for a handful of people.
create statistics individuals_middle_name on (lower(middle_name)) from individuals;
create statistics individuals_postal_code on (left(lower(attributes #>> '{postal_code}'), 200)) from individuals;
create statistics groups_postal_code on (left(lower(attributes #>> '{postal_code}'), 200)) from groups;
create statistics groups_poverty_score on (attribute_number(attributes #> '{poverty_score}')) from groups;
create statistics farmers_latitude on (attribute_number(attributes #> '{latitude}')) from farmers;
create statistics farmers_longitude on (attribute_number(attributes #> '{longitude}')) from farmers;

create index farmers_crop_type on farmers using gin ((lower((
    jsonb_path_query_array(attributes, 'lax $."farm_details"."farming_activities"."crop_production"."crop_type_name"[*]') ||
    jsonb_path_query_array(attributes, 'lax $."farm_details"."farming_activities"."crop_production"."crop_type"[*]') ||
    jsonb_path_query_array(attributes, 'lax $."crop_type"[*]') ||
    jsonb_path_query_array(attributes, 'lax $."crops"[*]')
  )::text)::jsonb) jsonb_path_ops);
create index farmers_livestock_type on farmers using gin ((lower((
    jsonb_path_query_array(attributes, 'lax $."farm_details"."farming_activities"."animal_production"."type"[*]') ||
    jsonb_path_query_array(attributes, 'lax $."farm_details"."farming_activities"."animal_production"."livestock_type"[*]') ||
    jsonb_path_query_array(attributes, 'lax $."livestock_type"[*]')
  )::text)::jsonb) jsonb_path_ops);
create index farmers_irrigation_type on farmers using gin ((lower((
    jsonb_path_query_array(attributes, 'lax $."farm_details"."farming_activities"."crop_production"."irrigation_water"[*]') ||
    jsonb_path_query_array(attributes, 'lax $."irrigation_type"[*]')
  )::text)::jsonb) jsonb_path_ops);
create index disabilities_impairment_type on disabilities using gin ((lower(jsonb_path_query_array(
  details, 'lax $."impairment_type"[*]')::text)::jsonb) jsonb_path_ops);
create index disabilities_impairment_level on disabilities using gin ((lower(jsonb_path_query_array(
  details, 'lax $."impairment_level"[*]')::text)::jsonb) jsonb_path_ops);
create index disabilities_impairment_cause on disabilities using gin ((lower(jsonb_path_query_array(
  details, 'lax $."impairment_cause"[*]')::text)::jsonb) jsonb_path_ops);

-- How many belong to a group now. Kept by the tables themselves, whoever writes memberships: counted at each search it
-- could not have an index. Apart from the groups, whose many indexes would otherwise be written with every membership.
create table group_sizes (
  group_id uuid primary key references groups on delete cascade,
  size integer not null
);
create index group_sizes_size on group_sizes (size, group_id);
insert into group_sizes (group_id, size)
select g.id, count(m.group_id) from groups g left join memberships m on m.group_id = g.id and m.ended_on is null group by g.id;

create function begin_group_sizes() returns trigger language plpgsql as $$
begin
  insert into group_sizes (group_id, size) select id, 0 from arrived;
  return null;
end $$;
create trigger groups_arrived after insert on groups
  referencing new table as arrived for each statement execute function begin_group_sizes();

create function count_members() returns trigger language plpgsql as $$
begin
  -- Each in its own branch: a transition table is only there where it was named. The rows are locked in one order, so
  -- that nobody who changes several groups waits for one who waits for him.
  if tg_op = 'INSERT' then
    perform from group_sizes where group_id in (select group_id from arrived where ended_on is null)
    order by group_id for no key update;
    update group_sizes set size = group_sizes.size + counted.size
    from (select group_id, count(*) as size from arrived where ended_on is null group by group_id) counted
    where group_sizes.group_id = counted.group_id;
  elsif tg_op = 'DELETE' then
    perform from group_sizes where group_id in (select group_id from gone where ended_on is null)
    order by group_id for no key update;
    update group_sizes set size = group_sizes.size - counted.size
    from (select group_id, count(*) as size from gone where ended_on is null group by group_id) counted
    where group_sizes.group_id = counted.group_id;
  else
    perform from group_sizes where group_id in (select group_id from arrived union select group_id from gone)
    order by group_id for no key update;
    update group_sizes set size = group_sizes.size + counted.size
    from (
      select group_id, sum(size) as size from (
        select group_id, 1 as size from arrived where ended_on is null
        union all select group_id, -1 from gone where ended_on is null) moved
      group by group_id having sum(size) <> 0
    ) counted
    where group_sizes.group_id = counted.group_id;
  end if;
  return null;
end $$;
create trigger memberships_arrived after insert on memberships
  referencing new table as arrived for each statement execute function count_members();
create trigger memberships_gone after delete on memberships
  referencing old table as gone for each statement execute function count_members();
create trigger memberships_moved after update on memberships
  referencing old table as gone new table as arrived for each statement execute function count_members();

alter table changes drop constraint changes_subject_check;
alter table changes add constraint changes_subject_check check (
  subject in (
    'individual', 'group', 'membership', 'relationship', 'location', 'farmer', 'disability', 'programme', 'enrolment'
  )
);
-- Readers follow it in commit order.
create index changes_order on changes (transaction_id, id);

-- Gateways hold places in memory.
create function tell_of_locations() returns trigger language plpgsql as $$
begin
  perform pg_notify('dci_locations', '');
  return null;
end $$;
create trigger locations_told after update or delete on locations
  for each statement execute function tell_of_locations();
create trigger location_ancestors_told after insert or update or delete on location_ancestors
  for each statement execute function tell_of_locations();
