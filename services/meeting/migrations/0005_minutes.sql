-- Minutes of a sitting: when it was opened and ended (null of what is older than this column), and which editions the
-- secretary has asked for.
alter table meeting add column opened_at bigint;
alter table meeting add column ended_at bigint;

create table minutes_asked (
    meeting  text not null references meeting (id),
    edition  integer not null check (edition >= 1),
    asked_by text not null,
    asked_at bigint not null,
    primary key (meeting, edition)
);

grant select, insert on minutes_asked to plenary_meeting;
grant update (opened_at, ended_at) on meeting to plenary_meeting;
