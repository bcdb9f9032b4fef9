-- Keys that were lost and renewed by a login with a passkey: once for each request, with the passkey that was used.
create table recovery (
    request    bytea primary key,
    body       text not null,
    member     text not null,
    thumbprint text not null references credential,
    replaces   text not null,
    passkey    text not null,
    at         bigint not null
);
create index recovery_of_body on recovery (body, at);

grant select, insert on recovery to plenary_signing;
