-- What is said of a person beside name, group and title, by the name of the attribute. `json`, not `jsonb`: it keeps
-- the order in which they were given, and so they are printed.
alter table member add column attributes json not null default '{}';
alter table roll_entry add column attributes json not null default '{}';
