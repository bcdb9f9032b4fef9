"""The archive time-stamp renewed, and time from an authority by its URL, with the lists that it publishes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.desk import renewal
from services.kit.clock import now
from services.kit.database import Pool, open_pool
from services.kit.settings import Settings
from services.pki.fetching import Allowed, Fetcher
from services.rules import countersigned, jws
from services.rules.certified import to_pem
from services.rules.credential import load_anchors
from services.signing.countersigned import revisions, signed_pdf, time_authority
from services.signing.countersigned.pdf_errors import StamperAway
from services.signing.countersigned.signed_pdf import Opened
from services.signing.countersigned.steps import Ending, SealedFile, SignedKind
from services.signing.countersigned.store import EditionStore
from tests.support.pki import Pki
from tests.support.signing_room import CERTIFICATE, Room, furnish
from tests.support.time_server import TimeServer


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Connections as signing has them."""
    async with await open_pool(database_url, "signing", 6) as opened:
        yield opened


KINDS: tuple[SignedKind, ...] = ("json", "pdf")
FAR = now() + 20 * 365 * renewal.DAY_MS


def write_keys(directory: Path, room: Room) -> Settings:
    """The keys of this room's authorities as an installation has them; settings that lead there."""
    keys, pki = directory / "keys", room.made.sitting.pki
    keys.mkdir()
    for name, keyed in {"root": pki.root, "delegates": pki.delegates, "seal": pki.seal}.items():
        (keys / f"{name}.key").write_bytes(keyed.key_pem)
        (keys / f"{name}.key").chmod(0o600)
        (keys / f"{name}.pem").write_text(to_pem(keyed.der))
    (keys / "trust.pem").write_text(to_pem(pki.root.der))
    return Settings(data=directory)


async def opened(room: Room, time_trust: bytes) -> Opened:
    """The page as a stranger finds it."""
    file = await room.store.file(CERTIFICATE, "pdf")
    assert file is not None
    trust = room.made.sitting.pki.root.pem
    return await asyncio.to_thread(signed_pdf.open_signed, file[0], trust, time_trust)


async def test_renewed_twice_at_once_it_is_renewed_once(pool: Pool) -> None:
    """Whoever comes second finds another page than the one they renewed, and leaves it; so with the file."""
    room = await furnish(pool)
    await room.sign_all()
    for ending in await room.store.ending(FAR):
        kept = await room.store.file(CERTIFICATE, ending.kind)
        assert kept is not None
        renewing = room.bindery.renew if ending.kind == "pdf" else room.bindery.renew_file
        fresh = [await renewing(kept[0]) for _ in range(2)]
        assert [await room.store.renew(ending, kept[1], each) for each in fresh] == [True, False]
        assert await room.store.file(CERTIFICATE, ending.kind) == (
            fresh[0].content,
            jws.digest(fresh[0].content),
        )


@pytest.fixture
async def timed(
    pool: Pool, tmp_path: Path, aiohttp_server: Callable[[Any], Awaitable[Any]]
) -> AsyncIterator[tuple[Room, TimeServer]]:
    """A room whose time-stamps come by HTTP."""
    time, trust = TimeServer(), tmp_path / "time.pem"
    url = time.serve(await aiohttp_server(time.app))
    trust.write_text(to_pem(time.authority.root.der))
    settings = Settings(tsa_url=url, tsa_trust=str(trust))
    fetcher = Fetcher(time_authority.may_be_fetched(settings), lambda: 0.0)
    room = await furnish(pool, time=time_authority.of(settings, tmp_path, now, fetcher))
    yield room, time
    await fetcher.close()


async def test_time_by_url_with_its_lists(timed: tuple[Room, TimeServer]) -> None:
    """Signed to B-LTA; not by the authority for trials."""
    room, time = timed
    shown = await room.sign_all()
    assert (shown.level, shown.test_time) == ("B-LTA", False)
    found = await opened(room, to_pem(time.authority.root.der).encode())
    assert {each.level for each in found.signatories} == {"B-LTA"}


async def test_archives_that_end_soon_are_renewed(
    timed: tuple[Room, TimeServer], database_url: str, tmp_path: Path
) -> None:
    """Those and no others, once there is a certificate that lasts longer; the page is good with both time-stamps."""
    room, time = timed
    time.certify("Time 2", datetime.now(UTC) + timedelta(days=100))
    await room.sign_all()
    before = (await room.desk.shown(CERTIFICATE)).pdf_sha256
    url, trust = f"{time.url}/tsa", to_pem(time.authority.root.der)
    settings = replace(write_keys(tmp_path, room), tsa_url=url, tsa_trust=str(tmp_path / "time.pem"))
    assert await renewal.renew(settings, database_url, days=30) == 0
    assert await renewal.renew(settings, database_url, days=180) == 2
    assert (await room.desk.shown(CERTIFICATE)).pdf_sha256 == before
    time.certify("Time 3")
    assert await renewal.renew(settings, database_url, days=180) == 0
    assert (await room.desk.shown(CERTIFICATE)).pdf_sha256 != before
    found = await opened(room, trust.encode())
    assert len(found.archived) == 2
    assert found.level == "B-LTA"
    file = await room.store.file(CERTIFICATE, "json")
    assert file is not None
    signed = countersigned.open_file(file[0], room.made.sitting.pki.anchors(), load_anchors(trust.encode()))
    assert (signed.level, len(signed.archives)) == ("B-LTA", 2)


@dataclass
class Soon:
    """See the fixture."""

    room: Room
    settings: Settings
    database_url: str

    async def renew(self, days: int = 180) -> int:
        """How many failed."""
        return await renewal.renew(self.settings, self.database_url, days)

    async def files(self, *papers: str) -> dict[str, str]:
        """The SHA-256 of each file, as its content has it."""
        found = {}
        for paper in papers or (CERTIFICATE,):
            for kind in KINDS:
                file = await self.room.store.file(paper, kind)
                assert file is not None
                assert file[1] == jws.digest(file[0])
                found[f"{paper}.signed.{kind}"] = file[1]
        return found

    async def copy(self, paper: str) -> None:
        """The same edition once more, of another paper."""
        for table, changed in (
            ("paper", {"id": paper, "about": paper}),
            ("signed_edition", {"certificate": paper}),
        ):
            names = await self.room.pool.fetch(
                "select column_name as name from information_schema.columns"
                " where table_schema = 'signing' and table_name = $1 and is_identity = 'NO' and is_generated = 'NEVER'",
                table,
            )
            columns = [str(row["name"]) for row in names]
            values = ", ".join(f"'{changed[each]}'" if each in changed else each for each in columns)
            key = "id" if table == "paper" else "certificate"
            await self.room.pool.execute(
                f"insert into {table} ({', '.join(columns)}) select {values} from {table} where {key} = '{CERTIFICATE}'"
            )


@pytest.fixture
async def soon(timed: tuple[Room, TimeServer], database_url: str, tmp_path: Path) -> Soon:
    """A room whose edition is under an authority that ends in a hundred days; there is one that lasts longer."""
    room, time = timed
    time.certify("Time 2", datetime.now(UTC) + timedelta(days=100))
    await room.sign_all()
    time.certify("Time 3")
    settings = write_keys(tmp_path, room)
    settings = replace(settings, tsa_url=f"{time.url}/tsa", tsa_trust=str(tmp_path / "time.pem"))
    return Soon(room, settings, database_url)


@pytest.mark.parametrize(("column", "name"), [("ends_at", "pdf"), ("file_ends_at", "json")])
async def test_each_end_is_kept_by_itself(soon: Soon, database_url: str, column: str, name: str) -> None:
    """Page and file: whichever lapses is renewed, and the other is left as it is."""
    other = "file_ends_at" if column == "ends_at" else "ends_at"
    await set_column(database_url, other, FAR)
    before = await soon.files()
    assert await soon.renew() == 0
    after = await soon.files()
    assert {each for each in after if after[each] != before[each]} == {f"{CERTIFICATE}.signed.{name}"}
    assert await soon.room.store.ending(now() + 180 * renewal.DAY_MS) == []


async def test_a_file_of_before_says_itself_when_it_ends(soon: Soon, database_url: str) -> None:
    """Until now the end of the page alone was kept: it is read from the file, noted, and renewed if it is near."""
    await set_column(database_url, "file_ends_at", None)
    await set_column(database_url, "ends_at", FAR)
    before = await soon.files()
    assert await soon.renew(30) == 0
    assert await soon.files() == before
    (noted,) = await soon.room.store.ending(now() + 180 * renewal.DAY_MS)
    assert (noted.kind, noted.ends_at is None) == ("json", False)
    await set_column(database_url, "file_ends_at", None)
    assert await soon.renew() == 0
    assert (await soon.files())[f"{CERTIFICATE}.signed.json"] != before[f"{CERTIFICATE}.signed.json"]


async def test_what_fails_is_named_and_stops_nobody(
    soon: Soon, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is damaged, a fault of ours: each with its name; the others are renewed."""
    for paper in ("cn-00", "cn-02"):
        await soon.copy(paper)
    await break_page(soon, "cn-00")
    before = await soon.files("cn-00", CERTIFICATE, "cn-02")

    def faulty(content: bytes, fresh: bytes, trusts: tuple[bytes, bytes]) -> None:
        if not faults:
            faults.append(len(fresh))
            raise RuntimeError("a fault")

    faults: list[int] = []
    monkeypatch.setitem(renewal._CHECKS, "json", faulty)
    assert await soon.renew() == 2
    said = capsys.readouterr().out
    after = await soon.files("cn-00", CERTIFICATE, "cn-02")
    assert {each for each in after if after[each] == before[each]} == {
        "cn-00.signed.pdf",
        "cn-00.signed.json",
    }
    assert (
        "cn-00.signed.json: chưa được, xin báo lỗi này / failed, please report: RuntimeError a fault" in said
    )
    assert [line.split(":")[0] for line in said.splitlines() if "/ renewed" not in line] == [
        "cn-00.signed.json",
        "cn-00.signed.pdf",
    ]
    assert "4 gia hạn / renewed; 2 chưa được / failed" in said


@pytest.mark.parametrize("kept", [False, True])
async def test_killed_in_the_middle_the_next_run_goes_on(
    soon: Soon, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    """Before or after one is kept: every file is whole, renewed or not, and each is renewed once."""
    await soon.copy("cn-02")
    papers = (CERTIFICATE, "cn-02")
    before = await soon.files(*papers)
    real, done = EditionStore.renew, list[str]()

    async def dying(store: EditionStore, ending: Ending, sha256: str, fresh: SealedFile) -> bool:
        if len(done) == 2 and not kept:
            raise KilledHere
        found = await real(store, ending, sha256, fresh)
        done.append(ending.name)
        if len(done) == 3 and kept:
            raise KilledHere
        return found

    monkeypatch.setattr(EditionStore, "renew", dying)
    with pytest.raises(KilledHere):
        await soon.renew()
    monkeypatch.setattr(EditionStore, "renew", real)
    middle = await soon.files(*papers)
    assert {each for each in middle if middle[each] != before[each]} == set(done)
    assert await soon.renew() == 0
    after = await soon.files(*papers)
    assert {each for each in after if after[each] != middle[each]} == set(after) - set(done)
    for paper in papers:
        file = await soon.room.store.file(paper, "pdf")
        assert file is not None
        assert (await asyncio.to_thread(revisions.read, file[0])).acts


class KilledHere(BaseException):
    """Nothing after this is done, as if the process had been killed."""


async def set_column(database_url: str, column: str, value: int | None) -> None:
    """When the archive of all editions ends."""
    async with await open_pool(database_url, "signing", 1) as owner:
        await owner.execute(f"update signed_edition set {column} = $1", value)


async def break_page(soon: Soon, paper: str) -> None:
    """A page of which the middle is gone."""
    file = await soon.room.store.file(paper, "pdf")
    assert file is not None
    broken = file[0][:1000] + file[0][-1000:]
    await soon.room.pool.execute(
        "update signed_edition set pdf = $2, pdf_sha256 = $3 where certificate = $1",
        *(paper, broken, jws.digest(broken)),
    )


async def test_without_its_list_it_waits(timed: tuple[Room, TimeServer]) -> None:
    """Unknown is not good: the signature is kept, and finished when the list is there."""
    room, time = timed
    time.lists = False
    await room.sign("db002", "secretary")
    with pytest.raises(StamperAway):
        await room.go_on()
    assert (await room.desk.shown(CERTIFICATE)).awaited == "stamp"


def test_an_authority_that_is_not_trusted_is_refused_at_once(tmp_path: Path) -> None:
    """Settings that do not fit together are told before anybody signs."""
    fetcher = Fetcher(Allowed())
    (tmp_path / "none.pem").write_bytes(b"")
    (tmp_path / "person.pem").write_bytes(Pki().person("db001").pem)
    for wrong in (
        Settings(tsa_url="http://tsa.example.vn"),
        Settings(tsa_url="http://tsa.example.vn", tsa_trust=str(tmp_path / "nowhere.pem")),
        Settings(tsa_url="http://tsa.example.vn", tsa_trust=str(tmp_path / "none.pem")),
        Settings(tsa_url="http://tsa.example.vn", tsa_trust=str(tmp_path / "person.pem")),
        Settings(tsa_url="http://tsa.example.vn", test_tsa=True),
        Settings(test_tsa=True),
    ):
        with pytest.raises(time_authority.TimeAuthorityRefused):
            time_authority.of(wrong, tmp_path, now, fetcher)
