-- What was done and who was told of whom. Nobody changes or deletes a row of these tables but by the ways below.

-- Nothing here names a person of the registry: what does, stands in `disclosures` under the person's ledger key. The
-- columns are what the chain covers: see security/audit/digests.ts.
create table audit_entries (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  -- search.answered, graph.answered, token.issued, client.created, individual.erased ...
  action text not null check (action ~ '^[a-z_]+([.][a-z_]+)+$'),
  -- `client:<client id>`, `person:<issuer>#<subject digest>`, `local-developer`, `operator:<user of the machine>`, `gateway`.
  actor text not null,
  -- Counts, codes, ids of our own: never what a person is called or what was searched for. As text, byte for byte.
  detail json not null default '{}',
  -- SHA-256 of the row of `disclosures` that belongs to it, and until when that is kept.
  disclosure_digest bytea check (length(disclosure_digest) = 32),
  disclosure_retain_until timestamptz,
  -- SHA-256 of what is sealed in `disclosure_evidence`, and until when that is kept.
  evidence_digest bytea check (length(evidence_digest) = 32),
  evidence_retain_until timestamptz,
  check ((disclosure_digest is null) = (disclosure_retain_until is null)),
  check ((evidence_digest is null) = (evidence_retain_until is null))
);
create index audit_entries_actor on audit_entries (actor, id);
create index audit_entries_action on audit_entries (action, id);

-- One for each answer that told of people.
create table disclosures (
  audit_entry_id bigint primary key references audit_entries,
  at timestamptz not null,
  actor text not null,
  action text not null,
  registry text,
  -- Names the request in the log and to the caller.
  correlation_id uuid not null,
  -- The code or text of the purpose that the caller gave; null where it gave none.
  purpose text,
  -- individuals.ledger_key of everybody of whom the answer told something.
  people uuid[] not null,
  -- `individual.birth_date`, `disability.status` ...
  fields text[] not null,
  retain_until timestamptz not null
);
-- No list of what waits to be put into the index: whoever's answer fills it would put it all in while others wait, and
-- each who looks somebody up reads it through. Writing an answer of fifty people takes as long without it.
create index disclosures_people on disclosures using gin (people) with (fastupdate = off);
create index disclosures_age on disclosures (retain_until);

-- Consent and authorize objects as they came, sealed: they may name somebody.
create table disclosure_evidence (
  audit_entry_id bigint primary key references audit_entries,
  evidence_sealed bytea not null,
  retain_until timestamptz not null
);
create index disclosure_evidence_age on disclosure_evidence (retain_until);

-- Under which a person stands in the ledger. It goes with the person's row: what stays of an erased person are random
-- numbers that lead nowhere, and the chain over them is whole.
alter table individuals add column ledger_key uuid not null default gen_random_uuid();

-- The chain over the entries, in the order in which they were committed.
create table audit_links (
  position bigint primary key,
  audit_entry_id bigint not null unique references audit_entries,
  entry_digest bytea not null check (length(entry_digest) = 32),
  -- SHA-256(hash of the link before || entry_digest).
  hash bytea not null check (length(hash) = 32)
);

-- Entries that the chain does not hold yet: seen by the gateway that links as soon as their transactions commit, however
-- long those took, and also after a backup went into a server whose transactions are numbered anew.
create table audit_unlinked (audit_entry_id bigint not null);
create function queue_audit_entries() returns trigger language plpgsql as $$
begin
  insert into public.audit_unlinked select id from arrived;
  return null;
end $$;
create trigger audit_entries_arrived after insert on audit_entries
  referencing new table as arrived for each statement execute function queue_audit_entries();

-- Signed statements of how far the chain was and what its last hash was.
create table audit_checkpoints (
  position bigint primary key,
  made_at timestamptz not null default now(),
  -- Compact JWS with our signing key.
  jws text not null,
  -- The JWS under the data key, which is not in the database: who can write here alone cannot make one.
  proof_sealed bytea not null
);

-- Evidence that was erased before its time, because it named somebody who was erased.
create table erased_evidence (
  audit_entry_id bigint primary key references audit_entries,
  -- The entry `evidence.erased` that says so.
  erased_by bigint not null references audit_entries
);

-- Who was erased, so that neither a backup that is restored nor what another registry tells brings them back: hashes
-- under the pepper. Of who was asked back in nothing is left.
create table erasures (
  id uuid primary key default gen_random_uuid(),
  erased_at timestamptz not null default now(),
  actor text not null,
  -- Of the person's id and of each identifier.
  marks bytea[] not null,
  -- Of each child's id, with which parent the person was.
  child_marks bytea[] not null default '{}',
  lifted_at timestamptz,
  check (lifted_at is null or (marks = '{}' and child_marks = '{}'))
);
create index erasures_marks on erasures using gin (marks);
create index erasures_child_marks on erasures using gin (child_marks);
create index erasures_kept on erasures (id) where lifted_at is null;
create index erasures_order on erasures (erased_at, id);

-- The ways in which rows of the ledger go. The gateway's own role may not delete them; these, with the rights of the
-- owner, delete what is past its time and nothing else.
create function delete_expired_disclosures(at_most integer) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with gone as (
    delete from public.disclosures where audit_entry_id in (
      select d.audit_entry_id from public.disclosures d where d.retain_until < now() limit at_most
    ) returning 1
  ) select count(*)::integer from gone
$$;
create function delete_expired_evidence(at_most integer) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with gone as (
    delete from public.disclosure_evidence where audit_entry_id in (
      select e.audit_entry_id from public.disclosure_evidence e where e.retain_until < now() limit at_most
    ) returning 1
  ) select count(*)::integer from gone
$$;
-- Evidence that names an erased person goes early, and never without an entry that says which.
create function erase_disclosure_evidence(entries bigint[], by_actor text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  entry_id bigint;
  erased bigint[];
begin
  with gone as (
    delete from public.disclosure_evidence where audit_entry_id = any (entries) returning audit_entry_id
  ) select array_agg(audit_entry_id order by audit_entry_id) into erased from gone;
  if erased is null then return 0; end if;
  insert into public.audit_entries (action, actor, detail)
    values ('evidence.erased', by_actor, json_build_object('entries', erased::text[]))
    returning id into entry_id;
  insert into public.erased_evidence select unnest(erased), entry_id;
  return cardinality(erased);
end $$;
-- Who was erased may come back: this erasure and the others of the same person hold no longer. Never without an entry.
create function lift_erasure(erasure uuid, by_actor text) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  lifted uuid[];
begin
  with gone as (
    update public.erasures e set lifted_at = now(), marks = '{}', child_marks = '{}'
    where e.lifted_at is null
      and (e.id = erasure or e.marks && (select o.marks from public.erasures o where o.id = erasure))
    returning e.id
  ) select array_agg(id order by id) into lifted from gone;
  if lifted is null then return '{}'; end if;
  insert into public.audit_entries (action, actor, detail)
    values ('erasure.lifted', by_actor, json_build_object('erasures', lifted::text[]));
  return lifted;
end $$;
-- Of a file that was kept beside a backup: those that a restored backup does not know, or knows as not lifted.
create function take_in_lifted_erasures(erasures uuid[], at timestamptz[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update public.erasures e set lifted_at = l.at, marks = '{}', child_marks = '{}'
  from unnest($1, $2) as l (id, at) where e.id = l.id and e.lifted_at is null
$$;
-- The planner keeps frequent values of columns; made anew, they hold nothing of who is gone. Only the owner may.
create function forget_erased_values() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  name text;
  is_empty boolean;
begin
  analyze public.individuals, public.identifiers, public.groups, public.group_identifiers, public.farmers,
    public.disabilities, public.enrolments, public.marriages;
  -- Of a table without rows ANALYZE keeps what it knew. Servers before 18 have no way to forget that.
  if to_regprocedure('pg_catalog.pg_clear_attribute_stats(text, text, text, boolean)') is null then return; end if;
  foreach name in array array['individuals', 'identifiers', 'groups', 'group_identifiers', 'farmers', 'disabilities',
    'enrolments', 'marriages']
  loop
    execute format('select not exists (select from public.%I)', name) into is_empty;
    continue when not is_empty;
    -- Indexes over expressions have some of their own.
    perform pg_clear_attribute_stats('public', s.tablename, s.attname, s.inherited) from pg_stats s
    where s.schemaname = 'public'
      and (s.tablename = name or s.tablename in (
        select x.indexname from pg_indexes x where x.schemaname = 'public' and x.tablename = name));
  end loop;
end $$;
