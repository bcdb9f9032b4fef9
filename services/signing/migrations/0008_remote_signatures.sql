-- Signatures wanted from services outside, and the persons' accounts there.

-- Behind which of our credentials a key at a service stands: `user_name` is the person's name there, `key_id` the key's,
-- `chain` its certificates (DER, leaf first) as the service gave them.
create table remote_account (
    thumbprint text not null,
    provider text not null,
    user_name text not null,
    key_id text not null,
    chain bytea[] not null,
    primary key (thumbprint, provider)
);

-- `matter` is the caller's name of it. `id` is ours, and where a service takes our number, it is this one: nobody can guess
-- it, since some services tell anybody who has it what was signed. `about` is the caller's own, told back at the end.
-- `pending` (JSON) is what to ask the service with. Whoever works on a row has it until `leased_until`; then another may.
create table remote_signature (
    id text primary key,
    matter text not null unique,
    provider text not null,
    thumbprint text not null,
    signing_input bytea not null,
    title text not null,
    label text not null,
    about bytea not null,
    wanted_at bigint not null,
    expires_at bigint not null,
    pending bytea,
    transaction text not null default '',
    next_at bigint not null,
    leased_until bigint not null default 0,
    outcome text check (outcome in ('signed', 'declined', 'expired', 'failed')),
    ended_at bigint,
    evidence bytea,
    check ((outcome is null) = (ended_at is null)),
    check ((outcome = 'signed') = (evidence is not null) or outcome is null)
);

create index remote_signature_due on remote_signature (next_at) where outcome is null;
create index remote_signature_of on remote_signature (provider, transaction) where outcome is null;

grant select, insert, update on remote_account, remote_signature to plenary_signing;
