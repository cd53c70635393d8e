-- How much another registry wants to be asked, and how much it was: all gateways together.

alter table data_sources
  -- null: no limit of ours.
  add column requests_per_second double precision check (requests_per_second > 0 and requests_per_second <= 1000),
  add column requests_per_day integer check (requests_per_day > 0);

create table source_quotas (
  data_source_id uuid primary key references data_sources on delete cascade,
  -- In UTC.
  day date not null,
  -- Requests of that day.
  used integer not null,
  -- When the next request may go out.
  next_at timestamptz not null
);
