-- The second line behind the conditions that the program puts into its statements: views under the names of the tables,
-- which show a caller whose rows are limited nothing else, whatever the statement says. Such a caller's statements run
-- with `limited` before `public` on the search path, and as a role that may read no table of people itself
-- (src/database/limited.ts).
--
-- Policies on the tables (`enable row level security`) would hold for everybody: even under a policy that is `true`
-- PostgreSQL uses no statistics for operators that are not leakproof. Measured with 60,000 people: it expects 480 of them
-- behind words of a name instead of 6, and walks through all in the order of their ids. Views cost nobody else anything.

create schema limited;

-- Nothing of a person.
create view limited.programmes as select p.* from public.programmes p;
create view limited.locations as select l.* from public.locations l;
create view limited.location_ancestors as select a.* from public.location_ancestors a;
create view limited.attributes as select a.* from public.attributes a;
create view limited.data_sources as select s.id, s.code, s.name from public.data_sources s;

-- What limits the caller of this transaction: [{"within": [...], "bornWithin": [...], "sources": [...], "programmes":
-- [...]}], of which all must hold; null where nothing was said: then nobody is shown.
create function limited.limits() returns jsonb language sql stable parallel safe
return nullif(current_setting('dci.rows', true), '')::jsonb;

create function limited.has(kind text) returns boolean language sql stable parallel safe
return exists (select from jsonb_array_elements(limited.limits()) l where l ? kind);

-- The places in which all limits of that kind have somebody.
create function limited.places(kind text) returns setof uuid language sql stable parallel safe rows 1000
begin atomic
  select a.location_id
  from jsonb_array_elements(limited.limits()) with ordinality as l (document, number)
  join lateral jsonb_array_elements_text(l.document -> kind) p (id) on l.document ? kind
  join limited.location_ancestors a on a.ancestor_id = p.id::uuid
  group by a.location_id
  having count(distinct l.number) = (
    select count(*) from jsonb_array_elements(limited.limits()) o (document) where o.document ? kind);
end;

create view limited.individuals as
select i.*
from public.individuals i
where (select limited.limits() is not null)
  and ((select not limited.has('within')) or i.home_location_id in (select limited.places('within')))
  and ((select not limited.has('bornWithin')) or i.birth_location_id in (select limited.places('bornWithin')))
  and ((select not limited.has('sources')) or not exists (
    select from jsonb_array_elements(limited.limits()) l
    where l ? 'sources' and not exists (
      select from public.individual_sources s
      join public.data_sources d on d.id = s.data_source_id
      where s.individual_id = i.id and l -> 'sources' ? d.code)))
  and ((select not limited.has('programmes')) or not exists (
    select from jsonb_array_elements(limited.limits()) l
    where l ? 'programmes' and not exists (
      select from public.enrolments e
      join public.programmes p on p.id = e.programme_id
      where e.individual_id = i.id and l -> 'programmes' ? p.identifier_key)
    and not exists (
      select from public.memberships m
      join public.enrolments e on e.group_id = m.group_id
      join public.programmes p on p.id = e.programme_id
      where m.individual_id = i.id and m.ended_on is null and l -> 'programmes' ? p.identifier_key)));

-- Groups are shown by their members.
create view limited.groups as
select g.* from public.groups g
where exists (
  select from public.memberships m join limited.individuals i on i.id = m.individual_id
  where m.group_id = g.id and m.ended_on is null);

create view limited.identifiers as
select h.* from public.identifiers h where exists (select from limited.individuals i where i.id = h.individual_id);

create view limited.individual_sources as
select h.* from public.individual_sources h where exists (select from limited.individuals i where i.id = h.individual_id);

create view limited.marriages as
select h.* from public.marriages h where exists (select from limited.individuals i where i.id = h.individual_id);

create view limited.farmers as
select f.* from public.farmers f where exists (select from limited.individuals i where i.id = f.individual_id);

create view limited.disabilities as
select d.* from public.disabilities d where exists (select from limited.individuals i where i.id = d.individual_id);

create view limited.memberships as
select m.* from public.memberships m where exists (select from limited.individuals i where i.id = m.individual_id);

-- A tie is told of where both may be told of.
create view limited.relationships as
select r.* from public.relationships r
where exists (select from limited.individuals i where i.id = r.source_id)
  and exists (select from limited.individuals i where i.id = r.target_id);

create view limited.group_identifiers as
select h.* from public.group_identifiers h where exists (select from limited.groups g where g.id = h.group_id);

-- How many belong to a group is told of whole, those among them who are not shown.
create view limited.group_sizes as
select z.* from public.group_sizes z where exists (select from limited.groups g where g.id = z.group_id);

create view limited.enrolments as
select e.* from public.enrolments e
where exists (select from limited.individuals i where i.id = e.individual_id)
  or exists (select from limited.groups g where g.id = e.group_id);

-- What a caller is shown of the `attributes` of a record, which hold what fields of several kinds have. Paths are lists
-- of keys, [["occupation"], ["work", "salary"]]; lists on the way are walked through.

create function attributes_only(value jsonb, paths jsonb) returns jsonb language plpgsql immutable strict parallel safe as $$
begin
  case jsonb_typeof(value)
    when 'object' then
      return (
        select coalesce(jsonb_object_agg(kept.key, kept.value) filter (where kept.value is not null), '{}')
        from (
          select e.key, case when bool_or(jsonb_array_length(p) = 1) then e.value
            else attributes_only(e.value, jsonb_agg(p - 0)) end as value
          from jsonb_each(value) e
          join jsonb_array_elements(paths) p on p ->> 0 = e.key
          group by e.key, e.value) kept);
    when 'array' then
      return (
        select coalesce(jsonb_agg(kept.value order by kept.number) filter (where kept.value is not null), '[]')
        from (
          select attributes_only(e.value, paths) as value, e.number
          from jsonb_array_elements(value) with ordinality e (value, number)) kept);
    else
      return null;
  end case;
end $$;

create function attributes_without(value jsonb, paths jsonb) returns jsonb language plpgsql immutable strict parallel safe as $$
begin
  case jsonb_typeof(value)
    when 'object' then
      return (
        select coalesce(jsonb_object_agg(kept.key, kept.value) filter (where kept.value is not null), '{}')
        from (
          select e.key, case when count(p) = 0 then e.value
            when bool_or(jsonb_array_length(p) = 1) then null
            else attributes_without(e.value, jsonb_agg(p - 0)) end as value
          from jsonb_each(value) e
          left join jsonb_array_elements(paths) p on p ->> 0 = e.key
          group by e.key, e.value) kept);
    when 'array' then
      return (
        select coalesce(jsonb_agg(attributes_without(e.value, paths) order by e.number), '[]')
        from jsonb_array_elements(value) with ordinality e (value, number));
    else
      return value;
  end case;
end $$;
