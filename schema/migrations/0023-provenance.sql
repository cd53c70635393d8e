-- Where each value of a person that is held came from: the newest revision that names the field. An undo tells nothing by
-- itself: what it took back is as if it had never been told, and what was told before counts again.
-- Read it by individual_id; else it looks through everybody's revisions.
create view individual_values_told as
  select distinct on (r.individual_id, f.field)
    r.individual_id, f.field, r.row_version, r.changed_at, r.origin, r.actor, r.import_run_id, r.data_source_id, r.page,
    coalesce(f.ordinal, r.ordinal) as ordinal,
    case when f.pointer <> '' then r.record_pointer || f.pointer end as pointer, r.said_at
  from individual_revisions r
  cross join lateral unnest(r.fields, r.pointers, r.ordinals) as f (field, pointer, ordinal)
  left join import_runs q on q.id = r.import_run_id
  where q.kind is distinct from 'undo' and not exists (
    select from individual_revisions u join import_runs t on t.id = u.import_run_id
    where u.individual_id = r.individual_id and u.row_version > r.row_version
      and t.kind = 'undo' and t.of_run_id = r.import_run_id and f.field = any (u.fields)
  )
  order by r.individual_id, f.field, r.row_version desc;

-- The history of those who are shown to a caller whose rows are limited.
create view limited.individual_revisions as
select r.* from public.individual_revisions r
where exists (select from limited.individuals i where i.id = r.individual_id);

create view limited.individual_values_told as
select t.* from public.individual_values_told t
where exists (select from limited.individuals i where i.id = t.individual_id);
