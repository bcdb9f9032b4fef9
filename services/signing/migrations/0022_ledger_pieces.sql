-- The ledger of a great poll may be longer than one value may be (1 GB), and nobody shall hold it whole: it stands in
-- pieces, one after the other. Its row in paper_file has the SHA-256 of the whole; the content there is what the page
-- carries in its place, which names it.
create table ledger_piece (
    paper text not null references paper (id),
    no integer not null check (no >= 0),
    content bytea not null,
    primary key (paper, no)
);
alter table ledger_piece alter column content set storage external;
grant select, insert on ledger_piece to plenary_signing;
