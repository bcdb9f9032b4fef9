-- Webhooks: where what happens to turns is sent. `secret`: what it is signed with beside the installation's key, null for
-- nothing. `failures`, `error`: tries since the last one that was taken, and why the last one failed.
create table webhook (
    no integer generated always as identity primary key,
    body text not null,
    id text not null,
    url text not null,
    secret bytea,
    active boolean not null,
    failures integer not null default 0,
    error text not null default '',
    unique (body, id)
);
-- How far a webhook is in a meeting's ledger: the next line, and how many events it was sent. Without a row: at the beginning.
create table delivery (
    webhook integer not null references webhook (no) on delete cascade,
    meeting text not null,
    next bigint not null,
    sent bigint not null,
    primary key (webhook, meeting)
);

grant select, insert, update, delete on webhook to plenary_floor;
grant select, insert, update on delivery to plenary_floor;
