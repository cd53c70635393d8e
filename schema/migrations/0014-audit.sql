-- What was done and who was told of whom. Nobody changes or deletes a row of these tables but by the ways below.

-- Nothing here names a person of the registry: what does, stands in `disclosures` under the person's ledger key.
create table audit_entries (
  id bigint generated always as identity primary key,
  transaction_id xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  -- search.answered, graph.answered, token.issued, client.created, individual.erased ...
  action text not null check (action ~ '^[a-z_]+([.][a-z_]+)+$'),
  -- `client:<client id>`, `person:<issuer>#<subject digest>`, `local-developer`, `operator:<user of the machine>`, `gateway`.
  actor text not null,
  -- Counts, codes, ids of our own: never what a person is called or what was searched for.
  detail jsonb not null default '{}',
  -- SHA-256 of the row of `disclosures` that belongs to it.
  disclosure_digest bytea check (length(disclosure_digest) = 32)
);
create index audit_entries_order on audit_entries (transaction_id, id);
create index audit_entries_at on audit_entries (at, id);
create index audit_entries_actor on audit_entries (actor, at, id);

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
create index disclosures_people on disclosures using gin (people);
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

-- The chain over the entries, in commit order.
create table audit_links (
  position bigint primary key,
  audit_entry_id bigint not null unique references audit_entries,
  entry_digest bytea not null check (length(entry_digest) = 32),
  -- SHA-256(hash of the link before || entry_digest).
  hash bytea not null check (length(hash) = 32)
);

-- Signed statements of how far the chain was and what its last hash was.
create table audit_checkpoints (
  position bigint primary key,
  made_at timestamptz not null default now(),
  -- Compact JWS with our signing key.
  jws text not null
);
