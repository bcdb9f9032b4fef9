-- What goes beside a certificate: who else vouches for its keys. Its statement names the SHA-256; kept with the statement,
-- before anything is signed, and never changed.
create table outside_evidence (
    paper text primary key references paper (id),
    sha256 text not null check (length(sha256) = 43),
    content bytea not null
);
grant select, insert on outside_evidence to plenary_signing;
