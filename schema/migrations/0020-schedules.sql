-- Deaths and marriages beside births, what is asked for by the clock, and places that a list has no longer.

alter table search_criteria
  add column event text not null default 'birth' check (event in ('birth', 'death', 'marriage')),
  -- Whether a record of somebody who is unknown here makes a person.
  add column makes_people boolean not null default true,
  -- The day of the death or the marriage, both ends included.
  add column event_from date,
  add column event_until date,
  -- In place of a range: the day of the event lies within so many days before the run.
  add column within_days integer check (within_days between 1 and 36600);

-- What a run asks for does not change while it goes from page to page.
alter table import_runs
  -- The day from which `within_days` is counted back, in UTC.
  add column asked_on date not null default (now() at time zone 'utc')::date,
  -- Of a run that asks only for what is new: the attribute, and the first day that is asked for.
  add column since_attribute text,
  add column since date,
  add constraint import_runs_since check ((since is null) = (since_attribute is null));

create table import_schedules (
  search_criteria_id uuid primary key references search_criteria on delete cascade,
  cron text not null check (btrim(cron) <> ''),
  -- Name of the IANA database.
  time_zone text not null,
  enabled boolean not null default true,
  -- By which date a run asks only for what came since the last one that succeeded.
  incremental_by text not null default 'nothing'
    check (incremental_by in ('nothing', 'registration_date', 'event_date')),
  -- Days before the last success that are asked for again: registers are filled in late.
  overlap_days integer not null default 1 check (overlap_days between 0 and 3650),
  next_due_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (enabled = (next_due_at is not null))
);
create index import_schedules_due on import_schedules (next_due_at) where next_due_at is not null;

-- What became of each time that came.
create table import_schedule_times (
  search_criteria_id uuid not null references import_schedules on delete cascade,
  due_at timestamptz not null,
  outcome text not null check (outcome in ('started', 'skipped', 'refused')),
  reason text,
  -- The run that was started, or that was still under way.
  import_run_id uuid references import_runs on delete set null,
  noted_at timestamptz not null default now(),
  primary key (search_criteria_id, due_at)
);
create index import_schedule_times_age on import_schedule_times (noted_at);
create index import_schedule_times_run on import_schedule_times (import_run_id) where import_run_id is not null;

-- What a page of a run did to marriages, for its undo: those that it made,
alter table import_pages
  add column marriages uuid[] not null default '{}',
  -- Marriages held before that the page gave a spouse, or a day of divorce, where there was none.
  add column spouses_told uuid[] not null default '{}',
  add column divorces_told uuid[] not null default '{}';

-- Since when a place is in the source's list no longer; it stays, because people may be tied to it.
alter table source_locations add column gone_at timestamptz;

-- Since when it is asked and read as it is now: what runs had brought before may be of another register.
alter table data_sources add column asked_anew_at timestamptz;
