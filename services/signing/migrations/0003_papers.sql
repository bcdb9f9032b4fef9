-- Certificates of results are one kind of sealed paper, records of the floor another; both are kept alike. `about`: the
-- poll of a certificate, the meeting of a record; `line`: the line of the floor's ledger that asked for a record, else 0.
alter table certificate rename to paper;
alter table paper rename column poll to about;
alter table paper add column kind text not null default 'certificate' check (kind in ('certificate', 'record'));
alter table paper add column line bigint not null default 0;
alter table paper alter column kind drop default;
alter table paper alter column line drop default;
alter table paper drop constraint certificate_pkey;
alter table paper add primary key (kind, about, line);

alter table certificate_file rename to paper_file;
alter table paper_file rename column certificate to paper;
