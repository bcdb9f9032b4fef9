-- Signing: who may be enrolled, invites, credentials, and the journal of what became of them.

-- Names as the meeting desk told them; `told` is the index of that event in the body's journal, so that an older one
-- that comes late, or again, changes nothing.
create table body (
    id text primary key,
    name text not null,
    told bigint not null
);

create table member (
    body text not null,
    id text not null,
    name text not null,
    told bigint not null,
    primary key (body, id)
);

-- An invite is known by the SHA-256 of its code only. `request` (SHA-256 of the PKCS#10 bytes) makes a retry the same.
create table invite (
    code bytea primary key check (octet_length(code) = 32),
    body text not null,
    member text not null,
    created_at bigint not null,
    created_by text not null,
    expires_at bigint not null,
    cancelled_at bigint,
    used_at bigint,
    request bytea,
    thumbprint text
);

create unique index invite_usable on invite (body, member) where used_at is null and cancelled_at is null;

create table credential (
    thumbprint text primary key,
    body text not null,
    member text not null,
    serial bytea not null unique,
    chain bytea[] not null,
    key bytea not null,
    request bytea not null,
    issued_at bigint not null,
    not_after bigint not null,
    replaces text not null default '',
    revoked_at bigint,
    reason text,
    check ((revoked_at is null) = (reason is null))
);

-- A member has one good credential: two enrolments at once cannot both win.
create unique index credential_good on credential (body, member) where revoked_at is null;
create index credential_replaces on credential (replaces) where replaces <> '';
create index credential_revoked on credential (revoked_at) where revoked_at is not null;

-- A key belongs to one person for ever: SHA-256 of its SubjectPublicKeyInfo.
create table certified_key (
    sha256 bytea primary key check (octet_length(sha256) = 32),
    body text not null,
    member text not null
);

create table journal_head (
    key text primary key,
    size bigint not null
);

create table journal (
    key text not null,
    index bigint not null,
    message bytea not null,
    primary key (key, index)
);

grant select, insert, update on body, member to plenary_signing;
grant select, insert on certified_key, journal to plenary_signing;
grant select, insert, update on invite, credential, journal_head to plenary_signing;
