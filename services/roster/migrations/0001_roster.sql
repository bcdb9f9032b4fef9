-- What meeting and signing have told (projections), in the schema of each service that follows them. Voting kept some
-- of these tables in its own first migration before they were shared: so each is made only where it is not there yet.

create table if not exists body (id text primary key, body bytea not null);
create table if not exists member (
    body text not null, id text not null, member bytea not null,
    primary key (body, id)
);
create table if not exists meeting (id text primary key, body text not null, title text not null, state text not null);
create table if not exists agenda (meeting text primary key, items bytea not null);
create table if not exists roll (
    meeting text not null, sha256 text not null, revision integer not null, roll bytea not null,
    primary key (meeting, sha256)
);
create table if not exists presence (
    meeting text not null, member text not null, present boolean not null,
    primary key (meeting, member)
);
create table if not exists credential (
    thumbprint text primary key, body text not null, member text not null, chain bytea[] not null,
    key bytea not null, not_before bigint not null, not_after bigint not null,  -- read out of the certificate once
    revoked_at bigint,
    epoch bigint not null                         -- the body's epoch at the last change, to read only what is new
);
create index if not exists credential_body on credential (body, epoch);
create table if not exists keyring (body text primary key, epoch bigint not null);
-- Per journal key, the next index expected.
create table if not exists position (
    source text not null, key text not null, next bigint not null,
    primary key (source, key)
);

-- Voting's first tables had a member's name and roles in columns, and nothing of group and title, or of agendas. It
-- reads neither; they come with the next change of each.
alter table member
    add column if not exists member bytea,
    add column if not exists name text,
    add column if not exists roles text[];
update member
    set member = convert_to(json_build_object('id', id, 'name', name, 'roles', to_json(roles))::text, 'UTF8')
    where member is null;
alter table member alter column member set not null, drop column name, drop column roles;

do $$ begin
    execute format(
        'grant select, insert, update'
        ' on body, member, meeting, agenda, roll, presence, credential, keyring, position to %I',
        'plenary_' || current_schema()
    );
end $$;
