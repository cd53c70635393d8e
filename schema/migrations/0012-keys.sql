-- Signing keys take turns: published before they sign, and still verified after.

alter table signing_keys drop constraint signing_keys_state_check;
alter table signing_keys
  add constraint signing_keys_state_check check (state in ('pending', 'active', 'retiring', 'gone')),
  -- PKCS #8, sealed with the data key; null once the key is gone.
  add column private_sealed bytea,
  add column activated_at timestamptz,
  add column retiring_at timestamptz,
  add column gone_at timestamptz;
create trigger signing_keys_made after insert on signing_keys
  for each statement execute function tell_of_clients();
