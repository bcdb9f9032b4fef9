-- Wishes to annul a poll: signed by one person of the desk, standing until a second one signs the same words, until they
-- are withdrawn, or for a while. What comes of one stands in the ledger; the wish itself does not.
create table void_wish (
    poll integer primary key references poll,
    act bytea not null,
    author text not null,
    reason text not null,
    at bigint not null,
    expires_at bigint not null
);
grant select, insert, update, delete on void_wish to plenary_voting;
