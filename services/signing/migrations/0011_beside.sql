-- Keys at signing services, linked by the word of a member who is signed in, beside that member's own key.

-- `beside`: the credential that vouched for it, with which it ends. A member has one good credential of each kind.
alter table credential add column beside text not null default '';

drop index credential_good;
create unique index credential_good on credential (body, member) where revoked_at is null and beside = '';
create unique index credential_good_beside on credential (body, member) where revoked_at is null and beside <> '';
create index credential_key on credential (key);
create index remote_account_of on remote_account (thumbprint);

-- Who asked a service about a user number, or had somebody asked there, and when (milliseconds): whoever has an invite or a
-- login may do so a few times only.
create table remote_question (
    who text not null,
    at bigint not null
);

create index remote_question_who on remote_question (who, at);

grant select, insert on remote_question to plenary_signing;
