"""`plenary renew` beside a running house: a certificate and minutes whose authority for time ends soon: 0, 1, 2."""

import asyncio
import datetime
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.desk.paper_client import CERTIFICATES, MINUTES
from services.rules import countersigned
from services.rules.countersigned import Paper
from tests.support.chair_sitting import SECRETARY
from tests.support.desk import command, environment, running
from tests.support.minuted_sitting import AGAIN, MinutedSitting, convened
from tests.support.paper_signing import sign_both, until_sealed
from tests.support.signing_sitting import must_be_found_good
from tests.support.stores import reachable_directory
from tests.support.time_server import TimeServer
from tests.support.tools import needs

KINDS: dict[str, Paper[Any]] = {"certificate": countersigned.CERTIFICATE, "minutes": countersigned.MINUTES}
PLACES = {"certificate": CERTIFICATES, "minutes": MINUTES}


@pytest.fixture
async def signed(
    tmp_path: Path, aiohttp_server: Callable[[Any], Awaitable[Any]]
) -> AsyncIterator[tuple[MinutedSitting, TimeServer, dict[str, str]]]:
    """Certificate and minutes signed, by their kind, under an authority for time that ends in a hundred days."""
    time = TimeServer()
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=100)
    url = time.serve(await aiohttp_server(time.app), soon)
    trust = tmp_path / "time.pem"
    trust.write_bytes(time.authority.root.pem)
    with (
        reachable_directory() as data,
        running(data, SAMPLE="false", WORKERS="1", TSA_URL=url, TSA_TRUST=str(trust)) as desk,
    ):
        async with convened(desk) as found:
            sitting = await found.held()
            certificate = await sitting.client.certificate(str(AGAIN.id), await sitting.token(SECRETARY))
            papers = {"certificate": certificate, "minutes": (await sitting.minutes()).id}
            for kind, paper in papers.items():
                await sign_both(sitting, paper, KINDS[kind], PLACES[kind])
                await until_sealed(sitting, paper, PLACES[kind])
            yield sitting, time, papers


async def renew(data: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """The command's exit code, and what it says."""
    process = await asyncio.create_subprocess_exec(
        *command("renew", *arguments),
        env=environment(data, **settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def files(sitting: MinutedSitting, papers: dict[str, str]) -> dict[str, bytes]:
    """All four, as the house gives them."""
    token = await sitting.token(SECRETARY)
    return {
        f"{kind}.signed.{each}": await sitting.client.ask(
            "GET", f"{PLACES[kind]}/{paper}.signed.{each}", token=token
        )
        for kind, paper in papers.items()
        for each in ("pdf", "json")
    }


@needs("pdfsig", "certutil", "qpdf", "openssl", "jose")
async def test_what_ends_soon_is_renewed_once(
    signed: tuple[MinutedSitting, TimeServer, dict[str, str]], tmp_path: Path
) -> None:
    """Not while anything is in the way; then both at once; then nothing is left to do."""
    sitting, time, papers = signed
    asks = {"TSA_URL": f"{time.url}/tsa", "TSA_TRUST": str(tmp_path / "time.pem")}
    before = await files(sitting, papers)
    # 1. Nothing ends within so few days.
    assert (await renew(sitting.data, "--within", "30", **asks))[0] == 0
    # 2. What says that the last authority is good is not to be had; it has no certificate that lasts longer.
    time.lists = False
    code, said = await renew(sitting.data, **asks)
    assert (code, said.count("stamper_away")) == (1, 4), said
    time.lists = True
    code, said = await renew(sitting.data, **asks)
    assert (code, said.count("archive_lasts_no_longer")) == (1, 4), said
    # 3. Anchors that the time-stamps of before do not lead to: nobody would believe what came out.
    other = tmp_path / "other.pem"
    other.write_bytes(TimeServer().authority.root.pem)
    time.certify("Time 3")
    code, said = await renew(sitting.data, TSA_URL=asks["TSA_URL"], TSA_TRUST=str(other))
    assert code == 1, said
    # 4. Nobody stamps; nothing runs there.
    code, said = await renew(sitting.data)
    assert (code, "PLENARY_TSA_URL" in said) == (2, True), said
    (elsewhere := tmp_path / "elsewhere").mkdir()
    code, said = await renew(elsewhere, **asks)
    assert (code, "plenary run" in said) == (2, True), said
    assert await files(sitting, papers) == before
    # 5. Both.
    code, said = await renew(sitting.data, **asks)
    assert (code, said.count("gia hạn / renewed")) == (0, 5), said
    assert "4 gia hạn / renewed; 0 chưa được / failed" in said
    after = await files(sitting, papers)
    assert not set(after.values()) & set(before.values())
    # 6. Nothing is left to do.
    code, said = await renew(sitting.data, **asks)
    assert (code, "0 gia hạn / renewed; 0 chưa được / failed" in said) == (0, True), said
    assert await files(sitting, papers) == after
    # 7. What others find.
    for kind in papers:
        out = tmp_path / kind
        out.mkdir()
        for name, content in after.items():
            (out / name).write_bytes(content)
        anchors = tmp_path / "time.pem"
        await asyncio.to_thread(must_be_found_good, sitting.data / "keys", kind, out, anchors, 2)
