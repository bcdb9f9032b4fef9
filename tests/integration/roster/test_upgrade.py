"""The roster's tables: in several schemas of one database, and where voting made the first of them itself."""

from pathlib import Path

import msgspec
import psycopg

from services.desk.migrate import directories
from services.kit.database import open_pool
from services.kit.migrations import apply
from services.roster.projection import Projection
from services.roster.rolls import Rolls
from services.wire import AgendaChanged, AgendaItem, Body, Member, MemberChanged

ROSTER, VOTING = directories()["voting"]

# What voting's 0001 said of them before there was a roster, and what stood in them.
BEFORE = """
create table body (id text primary key, body bytea not null);
create table member (
    body text not null, id text not null, name text not null, roles text[] not null,
    primary key (body, id)
);
create table meeting (id text primary key, body text not null, title text not null, state text not null);
create table roll (
    meeting text not null, sha256 text not null, revision integer not null, roll bytea not null,
    primary key (meeting, sha256)
);
create table presence (
    meeting text not null, member text not null, present boolean not null,
    primary key (meeting, member)
);
create table credential (
    thumbprint text primary key, body text not null, member text not null, chain bytea[] not null,
    key bytea not null, not_before bigint not null, not_after bigint not null,
    revoked_at bigint,
    epoch bigint not null
);
create index credential_body on credential (body, epoch);
create table keyring (body text primary key, epoch bigint not null);
create table position (source text not null, key text not null, next bigint not null, primary key (source, key));
grant select, insert, update on body, member, meeting, roll, presence, credential, keyring, position
    to plenary_voting;
insert into body values ('hdnd', '{"id":"hdnd","name":"Hội đồng"}');
insert into member values ('hdnd', 'mai', 'Lê Thị "Mai"', '{chair,delegate}'), ('hdnd', 'an', 'An', '{}');
insert into meeting values ('phien-1', 'hdnd', 'Phiên 1', 'open');
insert into presence values ('phien-1', 'mai', true);
insert into position values ('meeting', 'hdnd', 2), ('meeting', 'phien-1', 5);
"""


async def test_what_voting_kept_before_is_kept(empty_database_url: str, tmp_path: Path) -> None:
    """After the upgrade everything reads as before, and the journals go on where they were."""
    (tmp_path / "0001_voting.sql").write_text(BEFORE)
    assert apply(empty_database_url, "voting", tmp_path) == 1
    assert apply(empty_database_url, "voting", ROSTER, tmp_path) == 2
    assert apply(empty_database_url, "voting", ROSTER, tmp_path) == 0
    pool = await open_pool(empty_database_url, "voting", 1)
    rolls, projection = Rolls(pool), Projection(pool)
    assert await rolls.body_of("phien-1") == (Body(id="hdnd", name="Hội đồng"), "Phiên 1")
    mai = Member(id="mai", name='Lê Thị "Mai"', roles=("chair", "delegate"))
    assert await rolls.members("hdnd") == {"an": Member(id="an", name="An", roles=()), "mai": mai}
    assert (await rolls.present("phien-1"), await rolls.agenda("phien-1")) == (["mai"], ())
    items = (AgendaItem(id="a", position=1, title="Khai mạc"),)
    bui = Member(id="bui", name="Bùi", title="Ủy viên")
    for event in (
        MemberChanged(index=2, body="hdnd", members=(bui,)),
        AgendaChanged(index=5, meeting="phien-1", items=items),
    ):
        await projection.apply(msgspec.json.encode(event))
    assert (await rolls.members("hdnd", ["bui"]), await rolls.agenda("phien-1")) == ({"bui": bui}, items)
    await pool.close()


async def test_each_service_has_a_roster_of_its_own(empty_database_url: str) -> None:
    """Two schemas of one database: each with its own tables, positions and rights, migrated without the other."""
    every = [*ROSTER.glob("*.sql"), *VOTING.glob("*.sql")]
    assert apply(empty_database_url, "voting", ROSTER, VOTING) == len(every)
    assert apply(empty_database_url, "trial", ROSTER) == 2
    told = MemberChanged(index=0, body="hdnd", members=(Member(id="mai", name="Mai"),))
    pools = [await open_pool(empty_database_url, schema, 1) for schema in ("voting", "trial")]
    await Projection(pools[1]).apply(msgspec.json.encode(told))
    assert [list(await Rolls(pool).members("hdnd")) for pool in pools] == [[], ["mai"]]
    for pool in pools:
        await pool.close()
    with psycopg.connect(empty_database_url) as connection:
        row = connection.execute(
            "select has_table_privilege('plenary_trial', 'voting.member', 'select')"
        ).fetchone()
    assert row == (False,)


def test_the_roster_is_no_service() -> None:
    """It has no schema of its own: it stands in those of the services that keep one, before their own tables."""
    assert "roster" not in directories()
    assert [path.parent.name for path in directories()["voting"]] == ["roster", "voting"]
    assert [path.parent.name for path in directories()["signing"]] == ["signing"]
