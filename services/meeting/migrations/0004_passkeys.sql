-- Passkeys: ways in that outlive a phone's storage. None of them signs anything.

-- `id` is the SHA-256 of the credential id; `public_key` is COSE as it came. A row is never deleted: who removed it, and
-- when, stays to be seen. Times in milliseconds, 0 for what did not happen.
create table passkey (
    id              text primary key,
    credential      bytea not null,
    body            text not null,
    member          text not null,
    person          bytea not null,
    public_key      bytea not null,
    sign_count      bigint not null,
    backup_eligible boolean not null,
    backed_up       boolean not null,
    transports      text[] not null,
    name            text not null,
    created_at      bigint not null,
    used_at         bigint not null default 0,
    replayed_at     bigint not null default 0,
    removed_at      bigint not null default 0,
    foreign key (body, member) references member (body, id)
);
create index passkey_of_member on passkey (body, member);

-- What happened to them, in order, for good: what the secretary sees.
create table passkey_change (
    number  bigint generated always as identity primary key,
    body    text not null,
    member  text not null,
    passkey text not null,
    what    text not null check (what in ('added', 'entered', 'replayed', 'removed', 'ended')),
    at      bigint not null,
    by      text not null
);
create index passkey_change_of_body on passkey_change (body, number);

grant select, insert on passkey to plenary_meeting;
grant update (sign_count, backed_up, used_at, replayed_at, removed_at) on passkey to plenary_meeting;
grant select, insert on passkey_change to plenary_meeting;
