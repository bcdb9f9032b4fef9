-- Ballots that services outside sign.

-- Until when ballots that were begun may come, of a poll that is closing.
alter table poll add column grace_ends_at bigint;
drop index poll_uncounted;
create index poll_unfinished on poll (no)
    where (state = 'closed' and counted_index is null and not alarm) or state = 'closing';

-- What a voter has begun. The ledger has only the commitment; `salt` and `input` are told to nobody but the service
-- that signs, until the ballot itself stands in the ledger. `jws`: signed, and waiting for a poll that is held.
create table intent (
    commitment text primary key,
    poll integer not null references poll,
    voter text not null,
    provider text not null,
    input text not null,
    input_sha256 text not null,
    salt text not null,
    thumbprint text not null,
    index bigint not null,
    at bigint not null,
    state text not null default 'pending' check (state in ('pending', 'signed', 'cast', 'lapsed')),
    why text,
    jws bytea
);
-- Of each voter one is begun at a time.
create unique index intent_under_way on intent (poll, voter) where state in ('pending', 'signed');
create index intent_signed on intent (poll) where state = 'signed';
create index intent_of_voter on intent (poll, voter, at);
grant select, insert, update on intent to plenary_voting;
