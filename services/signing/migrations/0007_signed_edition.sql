-- The signed edition of a certificate. What is prepared for a person, what they signed, what became of it, the whole:
-- each a step that is kept before the next begins, and never changed after.

-- Prepared for one person to sign. `page`: the document with the place for their signature, null once it is good no more.
-- `attributes`: what is signed of the page (RFC 5652 signed attributes, DER); `protected`: the header of the JWS.
create table prepared_signature (
    id text primary key,
    certificate text not null references paper (id),
    role text not null check (role in ('secretary', 'chair')),
    member text not null,
    thumbprint text not null references credential (thumbprint),
    instead text not null,
    begun_at bigint not null,
    page bytea,
    page_sha256 text not null check (length(page_sha256) = 43),
    byte_range bigint[] not null check (cardinality(byte_range) = 4),
    attributes bytea not null,
    protected text not null
);

-- Whoever begins anew makes their older preparation worthless.
create unique index prepared_signature_good on prepared_signature (certificate, role, member) where page is not null;

-- What a person signed, verified: first come, first kept. `page` as CMS has it, `statement` as JWS has it.
create table person_signature (
    certificate text not null references paper (id),
    role text not null check (role in ('secretary', 'chair')),
    prepared text not null unique references prepared_signature (id),
    page bytea not null,
    statement bytea not null,
    signed_at bigint not null,
    primary key (certificate, role)
);

-- The same, stamped: the page so far, and the signature as it stands in certificate.signed.json.
create table finished_signature (
    certificate text not null,
    role text not null,
    level text not null check (level in ('B-B', 'B-LT')),
    pdf bytea not null,
    part bytea not null,
    primary key (certificate, role),
    foreign key (certificate, role) references person_signature (certificate, role)
);

-- The signed edition. `ends_at`: when the authority of the last archive time-stamp ends; null without one.
create table signed_edition (
    certificate text primary key references paper (id),
    level text not null check (level in ('B-B', 'B-LT', 'B-LTA')),
    test_time boolean not null,
    json bytea not null,
    json_sha256 text not null check (length(json_sha256) = 43),
    pdf bytea not null,
    pdf_sha256 text not null check (length(pdf_sha256) = 43),
    sealed_at bigint not null,
    ends_at bigint
);

create index signed_edition_ends on signed_edition (ends_at) where ends_at is not null;

-- The certificates that can go on by themselves: put here with a person's signature, taken away when that is finished, or
-- all of it sealed. So that whoever looks for work every second need not look through years.
create table signing_work (
    certificate text primary key references paper (id),
    since bigint not null
);

-- Why it does not go on by itself: the code of a refusal, empty when it does.
create table signing_trouble (
    certificate text primary key references paper (id),
    code text not null
);

alter table prepared_signature alter column page set storage external;
alter table finished_signature alter column pdf set storage external;
alter table signed_edition alter column json set storage external;
alter table signed_edition alter column pdf set storage external;

grant select, insert on prepared_signature, person_signature, finished_signature, signed_edition to plenary_signing;
grant select, insert, update on signing_trouble to plenary_signing;
grant select, insert, delete on signing_work to plenary_signing;
grant update (page) on prepared_signature to plenary_signing;
-- Renewed: a new archive time-stamp behind the page.
grant update (pdf, pdf_sha256, ends_at) on signed_edition to plenary_signing;
