-- The floor's own tables, beside those of the roster. The ledger is append-only by right: the role may insert lines, never change or delete one.

-- One ledger per meeting, made when the first act or vote of the meeting comes; `size` 0 until an act is taken in.
-- `frontier`: the tree's perfect subtrees, largest first, 32 bytes each. `at`: time of the last line, which never goes
-- backwards. `due`: when the clock has something to do next. Locking this row is what puts everything in one order.
create table ledger (
    no integer generated always as identity primary key,
    meeting text not null unique,
    body text not null,
    size bigint not null default 0,
    frontier bytea not null default '',
    at bigint not null default 0,
    due bigint
);
create index ledger_due on ledger (due) where due is not null;

-- The lines. `line` is the leaf, byte for byte. `act`: SHA-256 of the signed bytes that the line holds, for those that
-- come again. `revision`: the floor's after the line. `queues`: how the order of lanes changed with the lines committed
-- up to here (JSON, QueueChange).
create table entry (
    ledger integer not null, index bigint not null, line bytea not null, act bytea, request text not null,
    revision bigint not null, queues bytea,
    primary key (ledger, index)
);
create unique index entry_act on entry (ledger, act) where act is not null;
-- Where batches began, with the tree as it was: enough to make any receipt again, byte for byte.
create table batch (
    ledger integer not null, start bigint not null, size bigint not null, frontier bytea not null,
    primary key (ledger, start)
);
-- What voting told last of each poll, and by which line of its own ledger.
create table vote (
    meeting text not null, poll text not null, line bigint not null, state text not null,
    primary key (meeting, poll)
);

grant select, insert, update on ledger, vote to plenary_floor;
grant select, insert on entry, batch to plenary_floor;
