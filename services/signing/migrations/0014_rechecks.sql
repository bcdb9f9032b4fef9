-- What voting wants to know after a poll's cut: whether certificates of other authorities behind its ballots are good.

-- `wanted`: the message as it came. Whoever asks has it alone until `leased_until`. Times in milliseconds.
create table recheck (
    definition text primary key,
    wanted bytea not null,
    leased_until bigint not null default 0,
    told_at bigint
);
create index recheck_untold on recheck (definition) where told_at is null;

grant select, insert, update on recheck to plenary_signing;
