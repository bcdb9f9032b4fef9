-- What screens need: papers of agenda items, how the seats stand, and who changed whose presence and why.
alter table agenda_item add column documents json not null default '[]';

-- The plan of the seats as it was chosen last; `places` as it was drawn.
create table seat_plan (
    meeting  text primary key references meeting (id),
    revision integer not null check (revision >= 1),
    layout   text not null check (layout in ('hemicycle', 'rows', 'drawn')),
    places   json not null
);

-- Every change of presence, in order, for good.
create table presence_change (
    meeting text not null references meeting (id),
    number  bigint generated always as identity,
    member  text not null,
    present boolean not null,
    at      bigint not null,
    reason  text not null,
    by      text not null,
    why     text not null,
    primary key (meeting, number)
);

grant select, insert, update on seat_plan to plenary_meeting;
grant select, insert on presence_change to plenary_meeting;
