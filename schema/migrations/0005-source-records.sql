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

-- Records that the source sent although the criteria did not ask for them (no source can express every criteria).
alter table import_runs add column records_outside integer not null default 0;
-- SHA-256 of the page read last: a source that repeats a page for ever is noticed, also after a restart.
alter table import_runs add column last_page_digest bytea;
