-- Bodies, members, meetings, rolls, the agenda, presence, and the certificates that open the door.
--
-- The row of a body or meeting in journal_head is also its lock: whoever changes something under a key locks that
-- row first, so state and journal move together. Nothing that was told is ever changed or deleted: on the journal
-- and on frozen rolls the service may insert and select only.

-- Bodies and meetings share one space of ids: both are keys of the journal and names of streams.
create table identifier (
    id   text primary key,
    kind text not null check (kind in ('body', 'meeting'))
);

create table body (
    id      text primary key references identifier (id),
    name    text not null,
    name_en text not null,
    noun    text not null,
    noun_en text not null,
    profile text not null
);

create table member (
    body         text not null references body (id),
    id           text not null,
    name         text not null,
    member_group text not null,
    title        text not null,
    roles        text[] not null,
    primary key (body, id)
);

create table meeting (
    id        text primary key references identifier (id),
    body      text not null references body (id),
    title     text not null,
    place     text not null,
    starts_at bigint not null,
    state     text not null check (state in ('planned', 'open', 'ended'))
);
create index meeting_of_body on meeting (body);

-- The draft of a roll, replaced as a whole until the meeting ends.
create table roll_entry (
    meeting      text not null references meeting (id),
    position     integer not null,
    member       text not null,
    name         text not null,
    member_group text not null,
    seat         text not null,
    primary key (meeting, position),
    unique (meeting, member)
);
create unique index roll_entry_seat on roll_entry (meeting, seat) where seat <> '';

-- Frozen rolls, exactly the bytes that were hashed. `members` answers who may check in without reading them.
create table frozen_roll (
    meeting  text not null references meeting (id),
    revision integer not null check (revision >= 1),
    sha256   text not null,
    roll     bytea not null,
    members  text[] not null,
    primary key (meeting, revision)
);

create table agenda_item (
    meeting  text not null references meeting (id),
    id       text not null,
    position bigint not null,
    title    text not null,
    note     text not null,
    primary key (meeting, id),
    unique (meeting, position)
);

create table presence (
    meeting text not null references meeting (id),
    member  text not null,
    present boolean not null,
    at      bigint not null,
    reason  text not null,
    primary key (meeting, member)
);

-- What signing told of certificates. Either half may come first: a revocation that is not preceded by its
-- certificate stands alone, and closes the door before it opens.
create table credential (
    thumbprint  text primary key,
    body        text,
    member      text,
    certificate bytea,
    not_after   bigint
);
create table revocation (
    thumbprint text primary key,
    at         bigint not null
);
create table position (
    key  text primary key,
    next bigint not null
);

-- Challenges that were answered, until they would have expired anyway.
create table challenge_used (
    challenge  text primary key,
    expires_at bigint not null
);
create index challenge_used_expiry on challenge_used (expires_at);

create table journal_head (
    key  text primary key,
    size bigint not null
);

create table journal (
    key     text not null references journal_head (key),
    index   bigint not null,
    message bytea not null,
    primary key (key, index)
);

grant select, insert on identifier, body, frozen_roll, journal, credential to plenary_meeting;
grant select, insert, update on member, presence, position, revocation, journal_head to plenary_meeting;
grant select, insert on meeting to plenary_meeting;
grant update (state) on meeting to plenary_meeting;
grant select, insert, delete on roll_entry, agenda_item, challenge_used to plenary_meeting;
