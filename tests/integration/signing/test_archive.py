"""The archive time-stamp renewed, and time from an authority by its URL, with the lists that it publishes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from services.desk import renewal
from services.kit.clock import now
from services.kit.database import Pool, open_pool
from services.kit.settings import Settings
from services.pki.fetching import Allowed, Fetcher
from services.rules import countersigned, jws
from services.rules.certified import to_pem
from services.rules.credential import load_anchors
from services.signing.countersigned import signed_pdf, time_authority
from services.signing.countersigned.pdf_errors import StamperAway
from services.signing.countersigned.signed_pdf import Opened
from tests.support.pki import Pki
from tests.support.signing_room import CERTIFICATE, Room, furnish
from tests.support.stamps import TimeAuthority, for_time, revocation_list


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Connections as signing has them."""
    async with await open_pool(database_url, "signing", 6) as opened:
        yield opened


def write_keys(directory: Path, room: Room) -> Settings:
    """The keys of this room's authorities as an installation has them; settings that name them."""
    keys, pki = directory / "keys", room.made.sitting.pki
    keys.mkdir()
    for name, keyed in {"root": pki.root, "delegates": pki.delegates, "seal": pki.seal}.items():
        (keys / f"{name}.key").write_bytes(keyed.key_pem)
        (keys / f"{name}.key").chmod(0o600)
        (keys / f"{name}.pem").write_text(to_pem(keyed.der))
    (keys / "trust.pem").write_text(to_pem(pki.root.der))
    (keys / "trial-time.key").write_bytes(msgspec.json.encode(room.authority))
    return Settings(data=directory, test_tsa=True)


async def opened(room: Room, time_trust: bytes) -> Opened:
    """The page as a stranger finds it."""
    file = await room.store.file(CERTIFICATE, "pdf")
    assert file is not None
    trust = room.made.sitting.pki.root.pem
    return await asyncio.to_thread(signed_pdf.open_signed, file[0], trust, time_trust)


async def test_archives_that_end_soon_are_renewed(pool: Pool, database_url: str, tmp_path: Path) -> None:
    """Those and no others; the page is good with both time-stamps, and ends no sooner than before."""
    room = await furnish(pool)
    await room.sign_all()
    before = (await room.desk.shown(CERTIFICATE)).pdf_sha256
    settings = write_keys(tmp_path, room)
    assert await renewal.renew(settings, database_url, days=30) == 0
    assert (await room.desk.shown(CERTIFICATE)).pdf_sha256 == before
    assert await renewal.renew(settings, database_url, days=10 * 365) == 0
    assert (await room.desk.shown(CERTIFICATE)).pdf_sha256 != before
    found = await opened(room, room.authority.trust)
    assert len(found.archived) == 2
    assert found.level == "B-LTA"
    file = await room.store.file(CERTIFICATE, "json")
    assert file is not None
    signed = countersigned.open_file(
        file[0], room.made.sitting.pki.anchors(), load_anchors(room.authority.trust)
    )
    assert (signed.level, len(signed.archives)) == ("B-LTA", 2)


async def test_renewed_twice_at_once_it_is_renewed_once(pool: Pool) -> None:
    """Whoever comes second finds another page than the one they renewed, and leaves it."""
    room = await furnish(pool)
    await room.sign_all()
    (edition,) = await room.store.ending(now() + 10 * 365 * renewal.DAY_MS)
    pages = [await room.bindery.renew(edition.pdf) for _ in range(2)]
    files = [await room.bindery.renew_file(edition.json) for _ in range(2)]
    kept = [
        await room.store.renew(edition, page.pdf, file, page.ends_at or 0)
        for page, file in zip(pages, files, strict=True)
    ]
    assert kept == [True, False]
    assert (await room.desk.shown(CERTIFICATE)).pdf_sha256 == jws.digest(pages[0].pdf)


class TimeServer:
    """An authority for time at a URL, with the list that its certificate names."""

    def __init__(self) -> None:
        """Nobody is revoked, and all of it is there."""
        self.authority = TimeAuthority()
        self.lists = True

    async def stamp(self, request: web.Request) -> web.Response:
        """RFC 3161 over HTTP."""
        answer = await asyncio.to_thread(self.authority.answer, await request.read())
        return web.Response(body=answer, content_type="application/timestamp-reply")

    async def crl(self, _: web.Request) -> web.Response:
        """The list, unless it is away."""
        if not self.lists:
            raise web.HTTPServiceUnavailable
        return web.Response(body=revocation_list(self.authority.root, now()))


@pytest.fixture
async def timed(
    pool: Pool, tmp_path: Path, aiohttp_server: Callable[[Any], Awaitable[Any]]
) -> AsyncIterator[tuple[Room, TimeServer]]:
    """A room whose time-stamps come by HTTP."""
    time, app = TimeServer(), web.Application()
    app.router.add_post("/tsa", time.stamp)
    app.router.add_get("/time.crl", time.crl)
    server = await aiohttp_server(app)
    time.authority.stamper = for_time(
        "Time 2", time.authority.root, crl=f"http://127.0.0.1:{server.port}/time.crl"
    )
    trust = tmp_path / "time.pem"
    trust.write_text(to_pem(time.authority.root.der))
    settings = Settings(tsa_url=f"http://127.0.0.1:{server.port}/tsa", tsa_trust=str(trust))
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
