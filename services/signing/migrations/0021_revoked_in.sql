-- Which transaction revoked: who knows all that earlier ones revoked counts only what came since.
alter table credential add column revoked_in xid8;
update credential set revoked_in = pg_current_xact_id() where revoked_at is not null;
alter table credential add check ((revoked_at is null) = (revoked_in is null));
create index credential_revoked_in on credential (revoked_in) where revoked_at is not null;
