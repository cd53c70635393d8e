-- Where each value of a person that is held came from: the newest revision that names the field. An undo tells nothing by
-- itself: what it took back is as if it had never been told, and what was told before counts again. So it is when a merge
-- is taken back; what a merge gave somebody came from where the other person had it.
-- Read it by individual_id; else it looks through everybody's revisions.
create view individual_values_told as
  select distinct on (r.individual_id, f.field)
    r.individual_id, f.field, r.row_version, coalesce(c.changed_at, r.changed_at) as changed_at,
    coalesce(c.origin, r.origin) as origin, case when c.origin is null then r.actor else c.actor end as actor,
    coalesce(c.import_run_id, r.import_run_id) as import_run_id,
    coalesce(c.data_source_id, r.data_source_id) as data_source_id, coalesce(c.page, r.page) as page,
    coalesce(c.ordinal, f.ordinal, r.ordinal) as ordinal,
    coalesce(c.pointer, case when f.pointer <> '' then r.record_pointer || f.pointer end) as pointer,
    coalesce(c.said_at, r.said_at) as said_at
  from individual_revisions r
  cross join lateral unnest(r.fields, r.pointers, r.ordinals) as f (field, pointer, ordinal)
  left join lateral jsonb_to_record(r.carried -> f.field) as c (changed_at timestamptz, origin text, actor text,
    import_run_id uuid, data_source_id uuid, page integer, ordinal integer, pointer text, said_at timestamptz) on true
  left join import_runs q on q.id = r.import_run_id
  where q.kind is distinct from 'undo' and r.origin <> 'merge-undone' and not exists (
    select from individual_revisions u left join import_runs t on t.id = u.import_run_id
    where u.individual_id = r.individual_id and u.row_version > r.row_version and f.field = any (u.fields)
      and (t.kind = 'undo' and t.of_run_id = r.import_run_id and u.page = r.page or r.origin = 'merge' and u.origin = 'merge-undone')
  )
  order by r.individual_id, f.field, r.row_version desc;

-- The history of those who are shown to a caller whose rows are limited.
create view limited.individual_revisions as
select r.* from public.individual_revisions r
where exists (select from limited.individuals i where i.id = r.individual_id);

create view limited.individual_values_told as
select t.* from public.individual_values_told t
where exists (select from limited.individuals i where i.id = t.individual_id);
