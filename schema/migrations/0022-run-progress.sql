-- Whoever watches a run hears of each page as it is written. Renewing a lease is nothing to hear of.
create function tell_of_import_run() returns trigger language plpgsql as $$
begin
  perform pg_notify('dci_import_runs', new.id::text);
  return null;
end $$;
create trigger import_runs_told after update of
  state, started_at, finished_at, next_page, page_size, pages_done, records_done, records_reported, paused_until,
  pause_reason, cancel_requested_at
  on import_runs for each row execute function tell_of_import_run();

-- An undo removes a page of people at once, and each of them is looked for wherever they are referred to.
create index import_items_individual on import_items (individual_id) where individual_id is not null;
create index import_items_mother on import_items (mother_id) where mother_id is not null;
create index import_items_father on import_items (father_id) where father_id is not null;
create index import_items_group on import_items (group_id) where group_id is not null;
create index memberships_group on memberships (group_id, ended_on);
