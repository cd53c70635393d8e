-- Keys take turns: published before they are used, and good for a while after.

alter table signing_keys rename to key_pairs;
alter index signing_keys_pkey rename to key_pairs_pkey;
alter trigger signing_keys_told on key_pairs rename to key_pairs_told;
drop index signing_keys_one_active;
alter table key_pairs
  drop constraint signing_keys_state_check,
  drop constraint signing_keys_algorithm_check,
  -- What we sign with, and what others encrypt to us with.
  add column purpose text not null default 'signing' check (purpose in ('signing', 'encryption')),
  add constraint key_pairs_algorithm_check
    check ((purpose, algorithm) in (('signing', 'RS256'), ('encryption', 'RSA-OAEP-256'))),
  add constraint key_pairs_state_check check (state in ('pending', 'active', 'retiring', 'gone')),
  -- PKCS #8, sealed with the data key; null once the private key is of no use any more.
  add column private_sealed bytea,
  add column activated_at timestamptz,
  add column retiring_at timestamptz,
  add column gone_at timestamptz;
update key_pairs set activated_at = created_at where state = 'active';
create unique index key_pairs_one_active on key_pairs (purpose) where state = 'active';
create unique index key_pairs_one_pending on key_pairs (purpose) where state = 'pending';
create trigger key_pairs_made after insert on key_pairs
  for each statement execute function tell_of_clients();
