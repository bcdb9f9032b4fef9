-- Certificates of results. The statement that will be signed is stored before it is signed, one for each poll; the
-- files come after, once. A row without `sha256` was begun: whoever hears of the result again finishes it.
create table certificate (
    poll text primary key,
    id text not null unique,
    body text not null,
    meeting text not null,
    issued_at bigint not null,
    statement bytea not null,
    sha256 text,
    check (sha256 is null or length(sha256) = 43)
);

create table certificate_file (
    certificate text not null references certificate (id),
    kind text not null check (kind in ('json', 'pdf', 'jsonl')),
    sha256 text not null check (length(sha256) = 43),
    content bytea not null,
    primary key (certificate, kind)
);

-- Nothing is overwritten: only `sha256` is ever set, and only once.
grant select, insert on certificate, certificate_file to plenary_signing;
grant update (sha256) on certificate to plenary_signing;
