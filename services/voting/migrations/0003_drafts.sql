-- A draft that was done away with before anybody saw it. The row stays, so that its id is never another poll's.
alter table poll add column dropped boolean not null default false;
