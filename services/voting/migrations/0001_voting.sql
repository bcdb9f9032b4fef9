-- Voting's own tables, beside those of the roster. The ledger is append-only by right: the role may insert lines, never change or delete one.

-- One ledger per meeting. `frontier`: the tree's perfect subtrees, largest first, 32 bytes each. `at`: time of the
-- last line, which never goes backwards. Locking this row is what puts everything in one order.
create table ledger (
    no integer generated always as identity primary key,
    meeting text not null unique,
    body text not null,
    size bigint not null default 0,
    frontier bytea not null default '',
    at bigint not null default 0
);
create table poll (
    no integer generated always as identity primary key,
    id text not null unique,
    ledger integer not null references ledger,
    draft bytea not null,
    state text not null default 'draft',
    definition text not null default '',          -- hash that ballots name; '' before opening
    jws bytea not null default '',                -- the chair's signed definition
    roll text not null default '',
    opened_index bigint,
    opened_at bigint,
    deadline bigint,
    remaining bigint,                             -- milliseconds left while held
    closed_index bigint,
    closed_at bigint,
    counted_index bigint,
    alarm boolean not null default false,
    -- The running count. Never read by anything that answers anybody before close (see teller).
    approve bigint not null default 0,
    reject bigint not null default 0,
    abstain bigint not null default 0
);
create index poll_ledger on poll (ledger);
create unique index poll_definition on poll (definition) where definition <> '';
create index poll_deadline on poll (deadline) where state = 'open' and deadline is not null;
create index poll_uncounted on poll (no) where state = 'closed' and counted_index is null and not alarm;

-- The lines. `line` is the leaf, byte for byte. `voter` and `seq` name a ballot: at most one line for each.
create table entry (
    ledger integer not null, index bigint not null, poll integer not null,
    voter text, seq integer, request text not null, line bytea not null,
    primary key (ledger, index)
);
create unique index entry_ballot on entry (poll, voter, seq) where voter is not null;
create index entry_act on entry (poll, index) where voter is null;
-- Where batches began, with the tree as it was: enough to make any receipt again, byte for byte.
create table batch (
    ledger integer not null, start bigint not null, size bigint not null, frontier bytea not null,
    primary key (ledger, start)
);

grant select, insert, update on ledger, poll to plenary_voting;
grant select, insert on entry, batch to plenary_voting;
