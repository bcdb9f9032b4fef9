-- was: 0017_recheck_matter
-- What voting wants to know comes sealed, and is kept by its matter: of which question, after which cut. What was asked
-- for without a seal and not told of yet is nobody's word; voting counts without it when the time is up.
delete from recheck where told_at is null;
alter table recheck rename column definition to matter;
