-- A wish that was withdrawn, replaced, fulfilled or has expired is remembered: its signature annuls nothing any more.
alter table void_wish drop constraint void_wish_pkey;
alter table void_wish add column ended boolean not null default false;
alter table void_wish add primary key (poll, act);
create unique index void_wish_standing on void_wish (poll) where not ended;
revoke delete on void_wish from plenary_voting;
