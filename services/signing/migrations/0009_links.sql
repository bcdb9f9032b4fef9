-- Certificates of other authorities that ours link to a member, what is known of them, and what says so.

-- `path` from the leaf to the anchor, `proof` the signed LinkPayload. `wanted_at`: when its member last came;
-- `asked_at`: when somebody last began to ask about it. Times in milliseconds.
create table link (
    thumbprint text primary key references credential,
    body text not null,
    member text not null,
    chain bytea[] not null,
    path bytea[] not null,
    proof text not null,
    kind text not null check (kind in ('good', 'revoked', 'unknown')),
    why text not null,
    revoked_at bigint not null,
    checked_at bigint not null,
    evidence bytea[] not null,
    wanted_at bigint not null default 0,
    asked_at bigint not null default 0
);

create index link_member on link (member);

-- Lists and answers by their SHA-256; one list speaks of many.
create table evidence (
    sha256 bytea primary key check (octet_length(sha256) = 32),
    der bytea not null,
    kept_at bigint not null
);

grant select, insert, update on link to plenary_signing;
grant select, insert on evidence to plenary_signing;
