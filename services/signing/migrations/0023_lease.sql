-- Who works on a row is known by `lease`, a number that each who takes it up makes anew, and no longer by how long they have
-- it: a time to come that a clock made which ran ahead is shortened, and takes nothing from whoever is at work.
-- `next_at` is by the database's clock from now on, as `leased_until` is.
alter table remote_signature add column lease bigint not null default 0;
